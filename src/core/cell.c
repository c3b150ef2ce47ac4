/*
 * A cell as a whole, and its knobs by name: done by walking the table, so that a
 * new knob changes nothing here.
 */
#include "core/cell.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct cell_field *cell_field_find(const char *name)
{
	for (size_t i = 0; i < cell_field_count; i++) {
		const struct cell_field *field = &cell_fields[i];

		if (strcmp(field->name, name) == 0)
			return field;
		for (size_t a = 0; a < CELL_FIELD_ALIASES && field->aliases[a] != NULL; a++)
			if (strcmp(field->aliases[a], name) == 0)
				return field;
	}
	return NULL;
}

void cell_field_guess(struct text_guess *guess)
{
	for (size_t i = 0; i < cell_field_count; i++) {
		const struct cell_field *field = &cell_fields[i];

		text_guess_offer(guess, field->name, field->name);
		for (size_t a = 0; a < CELL_FIELD_ALIASES && field->aliases[a] != NULL; a++)
			text_guess_offer(guess, field->aliases[a], field->name);
	}
}

static void reset_field(const struct cell_field *field, struct cell *cell)
{
	struct text problem = {0};

	cell_field_unset(field, cell);
	if (field->fallback != NULL) {
		bool good = cell_field_read(field, cell, field->fallback, &problem);

		assert(good);
		(void)good;
	}
	text_release(&problem);
}

void cell_reset(struct cell *cell)
{
	*cell = (struct cell){0};
	for (size_t i = 0; i < cell_field_count; i++)
		reset_field(&cell_fields[i], cell);
}

static const char *server_name(const struct cell *cell)
{
	return cell->server != NULL ? cell->server->name : NULL;
}

struct json *cell_settings(const struct cell *cell)
{
	struct json *settings = json_new_object();

	json_set_string(settings, "server", server_name(cell));
	json_set_string(settings, "profile", cell->profile_name);
	for (size_t i = 0; i < cell_field_count; i++)
		cell_field_add_json(&cell_fields[i], cell, settings);
	return settings;
}

/* Each with a NUL behind it, which no value contains, so that no two cells have the same bytes. */
static void add_setting(struct text *text, const char *name, const char *value)
{
	text_addf(text, "%s=%s", name, value);
	text_add_char(text, '\0');
}

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash_of(const struct text *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text->size; i++)
		hash = (hash ^ (unsigned char)text->data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

void cell_add_id(const struct cell *cell, struct text *text)
{
	struct text settings = {0}, value = {0};
	uint64_t hash;

	if (server_name(cell) != NULL)
		add_setting(&settings, "server", server_name(cell));
	if (cell->profile_name != NULL)
		add_setting(&settings, "profile", cell->profile_name);
	for (size_t i = 0; i < cell_field_count; i++) {
		if (!cell_field_is_set(&cell_fields[i], cell))
			continue;
		text_clear(&value);
		cell_field_add_value(&cell_fields[i], cell, &value);
		add_setting(&settings, cell_fields[i].name, text_string(&value));
	}
	hash = hash_of(&settings);
	/* The upper 16 bits are folded into the lower 48, as the hash's authors advise. */
	text_addf(text, "%012" PRIx64, (hash >> 48) ^ (hash & UINT64_C(0xffffffffffff)));
	text_release(&value);
	text_release(&settings);
}

static bool same_value(const struct cell_field *field, const struct cell *a, const struct cell *b)
{
	struct text left = {0}, right = {0};
	bool same;

	cell_field_add_value(field, a, &left);
	cell_field_add_value(field, b, &right);
	same = text_equal(text_string(&left), text_string(&right));
	text_release(&left);
	text_release(&right);
	return same;
}

static bool has_placeholder(const struct environment *environment, const char *placeholder)
{
	for (size_t i = 0; environment != NULL && i < environment->count; i++)
		if (strstr(environment->variables[i].value, placeholder) != NULL)
			return true;
	return false;
}

bool cell_start_mentions(const struct cell *cell, const char *name)
{
	const struct server_settings *server = cell->server;
	char *placeholder = text_format("{%s}", name);
	bool mentions = has_placeholder(cell->profile, placeholder);

	if (server != NULL && !mentions)
		mentions = has_placeholder(&server->environment, placeholder) ||
		           (server->start != NULL && strstr(server->start, placeholder) != NULL);
	free(placeholder);
	return mentions;
}

/* Whether a managed server sees this knob only when it starts. */
static bool is_of_start(const struct cell_field *field, const struct cell *cell)
{
	if (field->restarts || cell_start_mentions(cell, field->name))
		return true;
	return strcmp(field->name, "context_size") == 0 && cell_start_mentions(cell, "context_total");
}

bool cell_same_start(const struct cell *a, const struct cell *b)
{
	if (a->server != b->server || a->profile != b->profile)
		return false;
	for (size_t i = 0; i < cell_field_count; i++)
		if (is_of_start(&cell_fields[i], a) && !same_value(&cell_fields[i], a, b))
			return false;
	return true;
}

bool cell_takes_more(const struct cell *cell, const struct cell *than, enum cell_more what)
{
	if (cell->server != than->server || cell->profile != than->profile || !text_equal(cell->model, than->model))
		return false;
	for (size_t i = 0; i < cell_field_count; i++) {
		const struct cell_field *field = &cell_fields[i];
		bool no_less = cell_field_number(field, cell) >= cell_field_number(field, than); /* not by NAN */

		if (what == CELL_MORE_MEMORY && field->part == CELL_PART_MEASURING)
			continue;
		if (!((field->more & what) != 0 && no_less) && !same_value(field, cell, than))
			return false;
	}
	return true;
}

enum cell_task cell_task(const struct cell *cell)
{
	return cell->task == CELL_UNSET ? CELL_TASK_TEXT : (enum cell_task)cell->task;
}

const char *cell_server_model(const struct cell *cell)
{
	const char *name = cell->server != NULL ? environment_get(&cell->server->models, cell->model) : NULL;

	return name != NULL ? name : cell->model;
}

bool cell_is_open_loop(const struct cell *cell)
{
	return cell->rate_rps != CELL_UNSET_REAL || cell->trace != NULL;
}

size_t cell_in_flight(const struct cell *cell)
{
	if (cell->concurrency != CELL_UNSET)
		return (size_t)cell->concurrency;
	return cell_is_open_loop(cell) ? 0 : (size_t)cell->requests;
}
