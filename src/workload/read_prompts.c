/* Prompts and conversations: a line, an object or a row each. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reading.h"

/* Where a prompt is when nobody says it; the last is a list of messages. */
static const char *const usual_fields[] = {"prompt", "text", "messages"};

enum { USUAL_FIELDS = sizeof(usual_fields) / sizeof(usual_fields[0]), USUAL_COLUMNS = USUAL_FIELDS - 1 };

static bool add_prompt(struct reading *reading, const char *bytes, size_t size)
{
	if (reading_add_sample(reading) == NULL)
		return false;
	reading_add_message(reading, TURN_USER, memory_copy(bytes, size));
	return true;
}

bool read_prompts_txt(struct reading *reading, const struct text *bytes)
{
	return reading_lines(reading, bytes, add_prompt);
}

/* The field of all samples so far; it is forgotten where they differ. */
static void note_field(struct dataset *dataset, const char *field)
{
	if (dataset->count == 1)
		dataset->field = memory_string(field);
	if (text_equal(dataset->field, field))
		return;
	free(dataset->field);
	dataset->field = NULL;
}

static bool find_role(const char *name, enum turn_role *role)
{
	static const char *const names[] = {
	    [TURN_SYSTEM] = "system", [TURN_USER] = "user", [TURN_ASSISTANT] = "assistant"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_equal(names[i], name)) {
			*role = (enum turn_role)i;
			return true;
		}
	return false;
}

static bool add_messages(struct reading *reading, const char *field, const struct json *list)
{
	bool asks = false;
	size_t index = 0;

	if (reading_add_sample(reading) == NULL)
		return false;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item), index++) {
		const char *role_name = json_get_string(item, "role"), *content = json_get_string(item, "content");
		enum turn_role role;

		if (!find_role(role_name, &role))
			return reading_fail(reading, "%s[%zu] has no role that is one of system, user, assistant",
			                    field, index);
		if (content == NULL || (role == TURN_USER && *content == '\0'))
			return reading_fail(reading, "%s[%zu] has no content that is text", field, index);
		asks = asks || role == TURN_USER;
		reading_add_message(reading, role, memory_string(content));
	}
	return asks || reading_fail(reading, "no message in %s whose role is user", field);
}

static bool no_field(struct reading *reading)
{
	if (reading->options->field != NULL)
		return reading_fail(reading, "no member \"%s\" with text or messages in it", reading->options->field);
	return reading_fail(reading, "no member \"prompt\" or \"text\" with text in it, nor \"messages\"");
}

static bool read_member(struct reading *reading, const char *name, const struct json *value)
{
	const char *prompt = json_as_string(value);
	bool good;

	if (json_is_list(value))
		good = add_messages(reading, name, value);
	else if (prompt != NULL && *prompt != '\0')
		good = add_prompt(reading, prompt, strlen(prompt));
	else
		return no_field(reading);
	if (good)
		note_field(reading->dataset, name);
	return good;
}

static bool read_object(struct reading *reading, const struct json *object)
{
	const char *only = reading->options->field;

	if (only != NULL)
		return read_member(reading, only, json_get(object, only));
	for (size_t i = 0; i < USUAL_FIELDS; i++) {
		const struct json *value = json_get(object, usual_fields[i]);

		if (value != NULL)
			return read_member(reading, usual_fields[i], value);
	}
	return no_field(reading);
}

static bool read_jsonl_line(struct reading *reading, const char *line, size_t size)
{
	struct json *json = json_parse(line, size);
	bool good = json != NULL ? read_object(reading, json) : reading_fail(reading, "this is not JSON");

	json_free(json);
	return good;
}

bool read_prompts_jsonl(struct reading *reading, const struct text *bytes)
{
	return reading_lines(reading, bytes, read_jsonl_line);
}

struct prompt_column {
	size_t index;
	const char *name;
};

static bool read_head(struct reading *reading, void *context, const struct csv_record *head)
{
	const char *only = reading->options->field;
	struct prompt_column *column = context;

	for (size_t i = 0; i < (only != NULL ? 1 : USUAL_COLUMNS); i++) {
		column->name = only != NULL ? only : usual_fields[i];
		column->index = reading_column(head, column->name);
		if (column->index != SIZE_MAX)
			return true;
	}
	if (only != NULL)
		return reading_fail(reading, "no column \"%s\"", only);
	return reading_fail(reading, "no column \"prompt\" or \"text\"");
}

static bool read_row(struct reading *reading, void *context, const struct csv_record *record)
{
	const struct prompt_column *column = context;
	const struct text *field = column->index < record->count ? &record->fields[column->index] : NULL;

	if (field == NULL || field->size == 0)
		return reading_fail(reading, "no text in the column of the prompt");
	if (!add_prompt(reading, text_string(field), field->size))
		return false;
	note_field(reading->dataset, column->name);
	return true;
}

bool read_prompts_csv(struct reading *reading, const struct text *bytes)
{
	/* Without a row there is no column. */
	struct prompt_column column = {SIZE_MAX, NULL};

	return reading_rows(reading, bytes, read_head, read_row, &column);
}
