#include "report/points.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/cells.h"
#include "report/hosts.h"
#include "report/models.h"

void point_add_machine(const struct point *point, struct text *into)
{
	models_add_machine(point->summary, point->cell, point->memory_bytes, into);
}

bool point_is_simulated(const struct point *point)
{
	const struct server_facts *server = models_server(point->summary, point->cell);

	return server != NULL && server->simulated != NULL;
}

const char *point_reason(const struct point *point)
{
	const struct cell_summary *cell = point->cell;

	if (cell->server_words != NULL)
		return cell->server_words;
	return cell->reason != NULL ? cell->reason : "no reason is known";
}

static void add_title(const struct point *point, struct text *into)
{
	text_add(into, point->summary->title ? point->summary->title : "");
}

static void add_run(const struct point *point, struct text *into)
{
	const struct summary *summary = point->summary;

	text_addf(into, "%s %s", summary->name ? summary->name : "run",
	          summary->started_utc ? summary->started_utc : "");
}

const struct point_word point_words[] = {
    {"machine", "CPU GPU", point_add_machine},
    {"title", "Title", add_title},
    {"run", "Run", add_run},
    {NULL, NULL, NULL},
};

static const struct point_word *find_word(const char *name)
{
	for (const struct point_word *word = point_words; word->name != NULL; word++)
		if (text_equal(word->name, name))
			return word;
	return NULL;
}

/* Settings have the unit in their key: timeout_s. */
static void add_knob(const struct point *point, const struct cell_field *knob, struct text *into)
{
	char *key = cell_field_key(knob);
	size_t before = into->size;

	cells_add_setting(point->cell, key, into);
	if (into->size > before)
		text_add(into, cell_field_unit(knob));
	free(key);
}

void point_add_field(const struct point *point, const char *field, struct text *into)
{
	const struct point_word *word = find_word(field);
	const struct cell_field *knob = cell_field_find(field);

	if (word != NULL)
		word->add(point, into);
	else if (knob != NULL)
		add_knob(point, knob, into);
	else
		cells_add_setting(point->cell, field, into);
}

char *point_field(const struct point *point, const char *field)
{
	struct text text = {0};

	point_add_field(point, field, &text);
	return text_take(&text);
}

bool points_agree(const struct point *a, const struct point *b, const char *field)
{
	char *left = point_field(a, field), *right = point_field(b, field);
	bool agree = text_equal(left, right);

	free(left);
	free(right);
	return agree;
}

bool points_vary(const struct points *points, const char *field)
{
	for (size_t i = 1; i < points->count; i++)
		if (!points_agree(&points->items[0], &points->items[i], field))
			return true;
	return false;
}

/* --- Collecting --- */

/* What is unset is left out, so that a knob of a later version does not tell old cells apart. */
char *point_identity_without(const struct point *point, const char *field)
{
	const struct cell_field *left_out = field != NULL ? cell_field_find(field) : NULL;
	char *key = left_out != NULL ? cell_field_key(left_out) : memory_string(field);
	struct text text = {0};

	if (!text_equal(field, "machine"))
		point_add_machine(point, &text);
	for (const struct json *knob = json_first(point->cell->settings); knob != NULL; knob = json_next(knob)) {
		struct text value = {0};

		if (text_equal(json_key(knob), key))
			continue;
		cells_add_setting(point->cell, json_key(knob), &value);
		if (value.size > 0)
			text_addf(&text, "\n%s=%s", json_key(knob), text_string(&value));
		text_release(&value);
	}
	free(key);
	return text_take(&text);
}

static char *identity_of(const struct point *point, const struct fields *apart)
{
	char *alone = point_identity_without(point, NULL);
	struct text text = {0};

	text_add(&text, alone);
	for (size_t i = 0; i < apart->count; i++) {
		text_add_char(&text, '\n');
		point_add_field(point, apart->names[i], &text);
	}
	free(alone);
	return text_take(&text);
}

static bool is_ended(const struct point *point)
{
	return point->cell->status == CELL_DONE || point->cell->status == CELL_FAILED;
}

/* Times are of one form, so their order is that of their bytes. An unknown one is the oldest. */
static bool replaces(const struct point *newer, const struct point *older)
{
	const char *began = newer->summary->started_utc, *before = older->summary->started_utc;

	if (is_ended(newer) != is_ended(older))
		return is_ended(newer);
	return began != NULL && (before == NULL || strcmp(began, before) > 0);
}

static void add_point(struct points *points, struct point point)
{
	for (size_t i = 0; i < points->count; i++) {
		struct point *same = &points->items[i];

		if (!text_equal(same->identity, point.identity))
			continue;
		points->superseded++;
		if (replaces(&point, same)) {
			free(same->identity);
			*same = point;
		} else {
			free(point.identity);
		}
		return;
	}
	points->items[points->count++] = point;
}

void points_collect(const struct report_input *input, const struct fields *apart, struct points *into)
{
	int64_t *memory = hosts_memory(input);
	size_t most = 0;

	*into = (struct points){0};
	for (size_t i = 0; i < input->count; i++)
		most += input->runs[i].summary->cell_count;
	into->items = memory_new(most, sizeof(*into->items));
	for (size_t i = 0; i < input->count; i++) {
		const struct summary *summary = input->runs[i].summary;

		for (size_t j = 0; j < summary->cell_count; j++) {
			struct point point = {
			    .summary = summary, .cell = &summary->cells[j], .memory_bytes = memory[i]};

			point.identity = identity_of(&point, apart);
			add_point(into, point);
		}
	}
	free(memory);
}

void points_release(struct points *points)
{
	for (size_t i = 0; i < points->count; i++)
		free(points->items[i].identity);
	free(points->items);
	*points = (struct points){0};
}

/* --- Fields --- */

bool fields_have(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (text_equal(fields->names[i], name))
			return true;
	return false;
}

void fields_add(struct fields *fields, const char *name)
{
	if (fields->count < FIELDS_MAX && !fields_have(fields, name))
		fields->names[fields->count++] = name;
}

/* The two settings that are no knobs; everything else is a row of cell_fields[]. */
static const char *const other_settings[] = {"server", "profile"};
enum { OTHER_COUNT = sizeof(other_settings) / sizeof(other_settings[0]) };

/* The table's own string; NULL: no such field. */
static const char *find_field(const char *name)
{
	const struct point_word *word = find_word(name);
	const struct cell_field *knob = cell_field_find(name);

	for (size_t i = 0; i < OTHER_COUNT; i++)
		if (text_equal(name, other_settings[i]))
			return other_settings[i];
	if (word != NULL)
		return word->name;
	return knob != NULL ? knob->name : NULL;
}

static bool no_such_field(const char *option, const char *name, struct failure *failure)
{
	struct text_guess guess = {.word = name};
	struct text nearest = {0};

	cell_field_guess(&guess);
	for (const struct point_word *word = point_words; word->name != NULL; word++)
		text_guess_offer(&guess, word->name, word->name);
	for (size_t i = 0; i < OTHER_COUNT; i++)
		text_guess_offer(&guess, other_settings[i], other_settings[i]);
	if (guess.nearest != NULL)
		text_addf(&nearest, " (did you mean \"%s\"?)", guess.nearest);
	failure_set(failure, STATUS_USER_MISTAKE,
	            "%s: \"%s\" is none of machine, title, run, server, profile and the knobs%s", option, name,
	            nearest.size > 0 ? text_string(&nearest) : " (`llmbench help` lists them)");
	text_release(&nearest);
	return false;
}

static bool read_field(const char *option, const char *name, struct fields *into, struct failure *failure)
{
	const char *field = find_field(name);

	if (field == NULL)
		return no_such_field(option, name, failure);
	if (fields_have(into, field))
		return failure_set(failure, STATUS_USER_MISTAKE, "%s: %s is named twice", option, field);
	if (into->count == FIELDS_MAX)
		return failure_set(failure, STATUS_USER_MISTAKE, "%s: more than %d names", option, FIELDS_MAX);
	fields_add(into, field);
	return true;
}

bool fields_read(const char *option, const char *list, struct fields *into, struct failure *failure)
{
	bool good = true;

	*into = (struct fields){0};
	for (const char *at = list; good; at++) {
		size_t size = strcspn(at, ",");
		char *name = memory_copy(at, size);

		good = read_field(option, name, into, failure);
		free(name);
		at += size;
		if (*at == '\0')
			break;
	}
	return good;
}

/* Knobs in the table's order; a setting of a later version has no row and tells nothing here. */
void points_add_differences(const struct point *a, const struct point *b, struct fields *into)
{
	if (text_equal(a->identity, b->identity))
		return;
	if (!points_agree(a, b, "machine"))
		fields_add(into, "machine");
	for (size_t i = 0; i < OTHER_COUNT; i++)
		if (!points_agree(a, b, other_settings[i]))
			fields_add(into, other_settings[i]);
	for (size_t i = 0; i < cell_field_count; i++)
		if (!points_agree(a, b, cell_fields[i].name))
			fields_add(into, cell_fields[i].name);
}

void fields_add_names(const struct fields *fields, struct text *into)
{
	for (size_t i = 0; i < fields->count; i++)
		text_addf(into, "%s%s", i > 0 ? ", " : "", fields->names[i]);
}

void fields_add_values(const struct fields *fields, const struct point *point, struct text *into)
{
	for (size_t i = 0; i < fields->count; i++) {
		struct text value = {0};

		point_add_field(point, fields->names[i], &value);
		text_addf(into, "%s%s", i > 0 ? ", " : "", value.size > 0 ? text_string(&value) : "unset");
		text_release(&value);
	}
}
