/*
 * One knob of one cell: its text becomes a value of the type of its row, is
 * held against the row's range, and becomes text again.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "core/cell.h"

enum storage { AS_INTEGER, AS_REAL, AS_TEXT };

/* One of the three, by the row's storage. */
struct value {
	int64_t integer;
	double real;
	const char *text;
};

static const struct value unset = {.integer = CELL_UNSET, .real = CELL_UNSET_REAL, .text = NULL};

static enum storage storage_of(const struct cell_field *field)
{
	switch (field->type) {
	case CELL_REAL:
	case CELL_RATE:
		return AS_REAL;
	case CELL_TEXT:
		return AS_TEXT;
	case CELL_INTEGER:
	case CELL_DURATION:
	case CELL_SIZE:
	case CELL_CHOICE:
	case CELL_SWITCH:
		break;
	}
	return AS_INTEGER;
}

static struct value load(const struct cell_field *field, const struct cell *cell)
{
	const void *member = (const char *)cell + field->offset;
	struct value value = unset;

	assert(!field->planned);
	switch (storage_of(field)) {
	case AS_INTEGER:
		value.integer = *(const int64_t *)member;
		break;
	case AS_REAL:
		value.real = *(const double *)member;
		break;
	case AS_TEXT:
		value.text = *(const char *const *)member;
		break;
	}
	return value;
}

static void store(const struct cell_field *field, struct cell *cell, struct value value)
{
	void *member = (char *)cell + field->offset;

	assert(!field->planned);
	switch (storage_of(field)) {
	case AS_INTEGER:
		*(int64_t *)member = value.integer;
		break;
	case AS_REAL:
		*(double *)member = value.real;
		break;
	case AS_TEXT:
		*(const char **)member = value.text;
		break;
	}
}

bool cell_field_is_set(const struct cell_field *field, const struct cell *cell)
{
	struct value value;

	if (field->planned)
		return false;
	value = load(field, cell);
	return value.integer != unset.integer || value.real != unset.real || value.text != unset.text;
}

void cell_field_unset(const struct cell_field *field, struct cell *cell)
{
	store(field, cell, unset);
}

static bool in_range(const struct cell_field *field, double value)
{
	bool above = field->type == CELL_RATE ? value > field->minimum : value >= field->minimum;

	return above && value <= field->maximum;
}

/* Where off and on are among the choices, every word for false and true means them. */
static bool read_choice(const struct cell_field *field, const char *string, int64_t *index)
{
	bool on;

	assert(field->choices[0] != NULL);
	for (size_t i = 0; field->choices[i] != NULL; i++) {
		if (strcmp(field->choices[i], string) == 0) {
			*index = (int64_t)i;
			return true;
		}
	}
	if (!units_read_bool(string, &on) || strcmp(field->choices[CELL_OFF], "off") != 0)
		return false;
	*index = on ? CELL_ON : CELL_OFF;
	return true;
}

static bool read_switch(const char *string, int64_t *value)
{
	bool on;

	if (!units_read_bool(string, &on))
		return false;
	*value = on ? CELL_ON : CELL_OFF;
	return true;
}

static bool read_value(const struct cell_field *field, const char *string, struct value *value)
{
	switch (field->type) {
	case CELL_INTEGER:
		return units_read_integer(string, &value->integer) && in_range(field, (double)value->integer);
	case CELL_DURATION:
		return units_read_duration(string, &value->integer) && in_range(field, (double)value->integer);
	case CELL_SIZE:
		return units_read_size(string, &value->integer) && in_range(field, (double)value->integer);
	case CELL_REAL:
		return units_read_real(string, &value->real) && in_range(field, value->real);
	case CELL_RATE:
		return units_read_rate(string, &value->real) && in_range(field, value->real);
	case CELL_TEXT:
		value->text = string;
		return *string != '\0';
	case CELL_CHOICE:
		return read_choice(field, string, &value->integer);
	case CELL_SWITCH:
		return read_switch(string, &value->integer);
	}
	return false;
}

bool cell_field_read(const struct cell_field *field, struct cell *cell, const char *value, struct text *problem)
{
	struct value read = unset;

	if (field->planned || !read_value(field, value, &read)) {
		cell_field_add_allowed(field, problem);
		return false;
	}
	store(field, cell, read);
	return true;
}

/* The shortest decimal that reads back equal. */
static void add_real(struct text *text, double value)
{
	char digits[32];

	for (int precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	text_add(text, digits);
}

static void add_value(const struct cell_field *field, struct value value, struct text *text)
{
	switch (field->type) {
	case CELL_INTEGER:
		text_addf(text, "%" PRId64, value.integer);
		break;
	case CELL_DURATION:
		units_add_duration(text, value.integer);
		break;
	case CELL_SIZE:
		units_add_size(text, value.integer);
		break;
	case CELL_REAL:
		add_real(text, value.real);
		break;
	case CELL_RATE:
		add_real(text, value.real);
		text_add(text, "/s");
		break;
	case CELL_TEXT:
		text_add(text, value.text);
		break;
	case CELL_CHOICE:
		text_add(text, field->choices[value.integer]);
		break;
	case CELL_SWITCH:
		text_add(text, value.integer == CELL_ON ? "true" : "false");
		break;
	}
}

void cell_field_add_value(const struct cell_field *field, const struct cell *cell, struct text *text)
{
	if (cell_field_is_set(field, cell))
		add_value(field, load(field, cell), text);
}

static void add_range(const struct cell_field *field, const char *kind, struct text *text)
{
	struct value low = {.integer = (int64_t)field->minimum, .real = field->minimum};
	struct value high = {.integer = (int64_t)field->maximum, .real = field->maximum};

	text_addf(text, "%s %s ", kind, field->type == CELL_RATE ? "above" : "from");
	add_value(field, low, text);
	text_add(text, field->type == CELL_RATE ? " and at most " : " to ");
	add_value(field, high, text);
}

static void add_choices(const struct cell_field *field, struct text *text)
{
	for (size_t i = 0; field->choices[i] != NULL; i++)
		text_addf(text, "%s%s", i == 0 ? "one of " : ", ", field->choices[i]);
}

void cell_field_add_allowed(const struct cell_field *field, struct text *text)
{
	if (field->planned) {
		text_add(text, "nothing yet: this version does not have it");
		return;
	}
	switch (field->type) {
	case CELL_INTEGER:
		add_range(field, "an integer", text);
		break;
	case CELL_REAL:
		add_range(field, "a number", text);
		break;
	case CELL_RATE:
		add_range(field, "a rate such as 4/s or 90/min,", text);
		break;
	case CELL_DURATION:
		add_range(field, "a duration such as 90s or 10m,", text);
		break;
	case CELL_SIZE:
		add_range(field, "a size such as 500MB or 4GiB,", text);
		break;
	case CELL_TEXT:
		text_add(text, "text that is not empty");
		break;
	case CELL_CHOICE:
		add_choices(field, text);
		break;
	case CELL_SWITCH:
		text_add(text, "true or false");
		break;
	}
}

/* Units stand in the key, as everywhere in JSON. */
static const char *json_suffix(const struct cell_field *field)
{
	if (field->type == CELL_DURATION)
		return "_s";
	return field->type == CELL_SIZE ? "_bytes" : "";
}

static void set_json(const struct cell_field *field, struct value value, const char *key, struct json *object)
{
	switch (field->type) {
	case CELL_INTEGER:
	case CELL_SIZE:
		json_set_integer(object, key, value.integer);
		break;
	case CELL_DURATION:
		json_set_number(object, key, (double)value.integer / (double)NS_PER_S);
		break;
	case CELL_REAL:
	case CELL_RATE:
		json_set_number(object, key, value.real);
		break;
	case CELL_TEXT:
		json_set_string(object, key, value.text);
		break;
	case CELL_CHOICE:
		json_set_string(object, key, field->choices[value.integer]);
		break;
	case CELL_SWITCH:
		json_set_bool(object, key, value.integer == CELL_ON);
		break;
	}
}

void cell_field_add_json(const struct cell_field *field, const struct cell *cell, struct json *object)
{
	char *key = text_format("%s%s", field->name, json_suffix(field));

	if (cell_field_is_set(field, cell))
		set_json(field, load(field, cell), key, object);
	else
		json_set(object, key, NULL);
	free(key);
}
