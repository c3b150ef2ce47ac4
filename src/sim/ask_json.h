/*
 * JSON as Go's decoder sees it: what is wrong with a body, in its words.
 */
#ifndef SIM_ASK_JSON_H
#define SIM_ASK_JSON_H

#include "base/json.h"
#include "base/text.h"

enum go_kind { GO_STRING, GO_BOOL, GO_NUMBER, GO_LIST, GO_OBJECT };

enum go_kind go_kind_of(const struct json *value);
const char *go_kind_name(enum go_kind kind); /* "string", "bool", "number", "array", "object" */

/* Why these bytes are no JSON. */
void go_add_syntax_error(struct text *text, const char *bytes, size_t size);

struct go_field {
	const char *name;
	enum go_kind kind;
	const char *type; /* Go's */
};

/* Checks the members that are present; false: `error` gets Go's message. The table ends with a NULL name. */
bool go_check_fields(const struct json *object, const char *type_name, const struct go_field *fields,
                     struct text *error);

#endif
