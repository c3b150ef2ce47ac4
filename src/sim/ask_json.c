#include "sim/ask_json.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum go_kind go_kind_of(const struct json *value)
{
	if (json_as_string(value) != NULL)
		return GO_STRING;
	if (json_is_object(value))
		return GO_OBJECT;
	if (json_is_list(value))
		return GO_LIST;
	return isnan(json_as_number(value)) ? GO_BOOL : GO_NUMBER;
}

const char *go_kind_name(enum go_kind kind)
{
	switch (kind) {
	case GO_STRING:
		return "string";
	case GO_BOOL:
		return "bool";
	case GO_NUMBER:
		return "number";
	case GO_LIST:
		return "array";
	case GO_OBJECT:
		return "object";
	}
	return "";
}

static size_t skip_blanks(const char *bytes, size_t size, size_t at)
{
	while (at < size && isspace((unsigned char)bytes[at]))
		at++;
	return at;
}

/* The two mistakes at the beginning that can be told without a parser of our own; everything else is called cut off. */
void go_add_syntax_error(struct text *text, const char *bytes, size_t size)
{
	size_t first = skip_blanks(bytes, size, 0);
	size_t second = skip_blanks(bytes, size, first + 1);

	if (first < size && strchr("{[\"tfn-0123456789", bytes[first]) == NULL)
		text_addf(text, "invalid character '%c' looking for beginning of value", bytes[first]);
	else if (first < size && bytes[first] == '{' && second < size && strchr("\"}", bytes[second]) == NULL)
		text_addf(text, "invalid character '%c' looking for beginning of object key string", bytes[second]);
	else
		text_add(text, "unexpected EOF");
}

bool go_check_fields(const struct json *object, const char *type_name, const struct go_field *fields,
                     struct text *error)
{
	if (!json_is_object(object)) {
		text_addf(error, "json: cannot unmarshal %s into Go value of type api.%s",
		          go_kind_name(go_kind_of(object)), type_name);
		return false;
	}
	for (; fields->name != NULL; fields++) {
		const struct json *value = json_get(object, fields->name);

		if (value == NULL || go_kind_of(value) == fields->kind)
			continue;
		text_addf(error, "json: cannot unmarshal %s into Go struct field %s.%s of type %s",
		          go_kind_name(go_kind_of(value)), type_name, fields->name, fields->type);
		return false;
	}
	return true;
}
