/*
 * The text of a knob becomes a value of the type of its row, is held against
 * the row's range, and becomes text again.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "core/cell_value.h"
#include "core/lengths.h"
#include "core/slo.h"

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

static bool read_limits(const char *string, const char **value)
{
	struct slo slo;

	*value = string;
	return slo_read(string, &slo);
}

static bool read_lengths(const struct cell_field *field, const char *string, struct value *value)
{
	struct lengths lengths;

	if (!lengths_read(string, (int64_t)field->minimum, (int64_t)field->maximum, &lengths))
		return false;
	value->integer = lengths_typical(&lengths);
	value->text = lengths.shape == LENGTHS_FIXED ? NULL : string;
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
	case CELL_PERCENT:
		return units_read_percent(string, &value->real) && in_range(field, value->real);
	case CELL_LIMITS:
		return read_limits(string, &value->text);
	case CELL_LENGTHS:
		return read_lengths(field, string, value);
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
	struct value read = cell_value_unset;

	if (!read_value(field, value, &read)) {
		cell_field_add_allowed(field, problem);
		return false;
	}
	cell_value_store(field, cell, read);
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

static void add_limits(const char *limits, struct text *text)
{
	struct slo slo;

	if (slo_read(limits, &slo))
		slo_add(&slo, text);
}

static struct lengths lengths_of(const struct cell_field *field, const char *map)
{
	struct lengths lengths = {0};

	lengths_read(map, (int64_t)field->minimum, (int64_t)field->maximum, &lengths);
	return lengths;
}

static void add_lengths(const struct cell_field *field, struct value value, struct text *text)
{
	struct lengths lengths;

	if (value.text == NULL) {
		text_addf(text, "%" PRId64, value.integer);
		return;
	}
	lengths = lengths_of(field, value.text);
	lengths_add(&lengths, text);
}

static void add_value(const struct cell_field *field, struct value value, struct text *text)
{
	switch (field->type) {
	case CELL_LENGTHS:
		add_lengths(field, value, text);
		break;
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
	case CELL_PERCENT:
		add_real(text, value.real);
		text_add_char(text, '%');
		break;
	case CELL_LIMITS:
		add_limits(value.text, text);
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
		add_value(field, cell_value_load(field, cell), text);
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
	case CELL_PERCENT:
		add_range(field, "a share such as 5%,", text);
		break;
	case CELL_LIMITS:
		text_add(text, "a map of limits such as {ttft_ms: 500, tpot_ms: 50}, of ttft_ms, itl_ms, tpot_ms and "
		               "e2e_ms, each above 0");
		break;
	case CELL_LENGTHS:
		add_range(field, "an integer", text);
		text_add(text, ", or a map such as {mean: 512, spread: 128}, {min: 100, max: 900} or "
		               "{median: 512, sigma: 0.6}");
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
	if (field->type == CELL_PERCENT)
		return "_pct";
	return field->type == CELL_SIZE ? "_bytes" : "";
}

static struct json *limits_json(const char *limits)
{
	struct slo slo;

	return slo_read(limits, &slo) ? slo_json(&slo) : NULL;
}

static void set_lengths(const struct cell_field *field, struct value value, const char *key, struct json *object)
{
	struct lengths lengths;

	if (value.text == NULL) {
		json_set_integer(object, key, value.integer);
		return;
	}
	lengths = lengths_of(field, value.text);
	json_set(object, key, lengths_json(&lengths));
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
	case CELL_PERCENT:
		json_set_number(object, key, value.real);
		break;
	case CELL_LIMITS:
		json_set(object, key, limits_json(value.text));
		break;
	case CELL_LENGTHS:
		set_lengths(field, value, key, object);
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

char *cell_field_key(const struct cell_field *field)
{
	return text_format("%s%s", field->name, json_suffix(field));
}

const char *cell_field_unit(const struct cell_field *field)
{
	if (field->type == CELL_DURATION)
		return "s";
	return field->type == CELL_PERCENT ? "%" : "";
}

void cell_field_add_json(const struct cell_field *field, const struct cell *cell, struct json *object)
{
	char *key = cell_field_key(field);

	if (cell_field_is_set(field, cell))
		set_json(field, cell_value_load(field, cell), key, object);
	else
		json_set(object, key, NULL);
	free(key);
}
