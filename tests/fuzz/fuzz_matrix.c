/*
 * Matrix files, with what --set and --only say of them. A mistake has its
 * place and its words; a plan that is accepted has valid cells, each of which
 * reads back from its own values, in an order that has every cell once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "plan/plan.h"

enum { SIZE_MAX_BYTES = 1 << 13, OPTIONS_MAX = 4 };

/* A knob's text gives the value that it was made of. */
static void check_field(const struct cell_field *field, const struct cell *cell)
{
	struct text value = {0}, again = {0}, problem = {0};
	struct cell copy = *cell;

	if (!cell_field_is_set(field, cell) || field->type == CELL_LIMITS || field->type == CELL_LENGTHS)
		return;
	cell_field_add_value(field, cell, &value);
	must(cell_field_read(field, &copy, text_string(&value), &problem), "a knob's value is allowed");
	cell_field_add_value(field, &copy, &again);
	must_equal(text_string(&value), text_string(&again), "a knob's value reads back the same");
	text_release(&problem);
	text_release(&value);
	text_release(&again);
}

static void check_cell(const struct plan *plan, const struct cell *cell)
{
	struct text id = {0};
	char *settings = fuzz_line(cell_settings(cell));
	struct json *json = json_parse(settings, strlen(settings));

	must(json_is_object(json), "settings are an object");
	must(cell->model != NULL && cell->server != NULL && cell->requests > 0,
	     "a cell has a server, model and requests");
	must((cell->server->url != NULL) != (cell->server->start != NULL), "a server runs or is started");
	for (size_t i = 0; i < cell_field_count; i++)
		check_field(&cell_fields[i], cell);
	cell_add_id(cell, &id);
	must(id.size == 12, "a cell has an id");
	plan_dataset(plan, cell);
	plan_image(plan, cell);
	plan_audio(plan, cell);
	json_free(json);
	free(settings);
	text_release(&id);
}

static void check_order(const struct plan *plan)
{
	bool *seen = memory_new(plan->cell_count, sizeof(*seen));

	for (size_t i = 0; i < plan->cell_count; i++) {
		must(plan->sequence[i] < plan->cell_count && !seen[plan->sequence[i]], "each cell is run once");
		seen[plan->sequence[i]] = true;
	}
	for (size_t i = 0; i < plan->cell_count; i += plan_group(plan, i))
		must(plan_group(plan, i) >= 1 && plan_group(plan, i) <= plan->cell_count - i, "groups are of cells");
	free(seen);
}

static void check_plan(const struct plan *plan)
{
	must(plan->cell_count > 0 && plan->server_count > 0, "a plan has cells and servers");
	for (size_t i = 0; i < plan->cell_count && i < 8; i++)
		check_cell(plan, &plan->cells[i]);
	check_order(plan);
	for (size_t i = 0; i < plan->warning_count; i++)
		must(fuzz_is_shown_safely(plan->warnings[i], false), "a warning is safe to show");
	json_free(plan_datasets_json(plan));
	json_free(plan_profiles_json(plan));
	must(plan_starts(plan) > 0 || plan->servers[0].start == NULL || plan->server_count > 1, "a server is started");
	must((plan->anchor > 0) == (plan_repeats(plan) > 0), "an anchor is repeated, and nothing else");
}

/* Of lines "set=KEY=VALUE" and "only=KEY=VALUE" before the matrix, ended by the mark. */
static size_t take_options(char *lines, const char *kind, const char *options[OPTIONS_MAX])
{
	size_t count = 0;

	for (char *line = lines; *line != '\0' && count < OPTIONS_MAX; line += strlen(line) + 1)
		if (text_starts_with(line, kind))
			options[count++] = line + strlen(kind);
	return count;
}

static void try_matrix(const char *path, const struct plan_options *options)
{
	struct plan plan;
	struct failure failure = {0};

	if (plan_load(path, options, &plan, &failure)) {
		check_plan(&plan);
		plan_release(&plan);
	} else {
		must(failure.status == STATUS_USER_MISTAKE, "a matrix that is refused is the user's mistake");
		must(text_starts_with(failure.message, path) || text_starts_with(failure.message, "--") ||
		         text_starts_with(failure.message, "no cell is left"),
		     "a mistake has its place");
	}
	failure_release(&failure);
}

/* The lines, each ended by a NUL, and one more behind the last. */
static char *lines_of(const struct feed *feed)
{
	char *lines = memory_new(feed->size + 2, 1);

	for (size_t i = 0; i < feed->size; i++)
		lines[i] = feed->bytes[i] == '\n' ? '\0' : feed->bytes[i];
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *set[OPTIONS_MAX], *only[OPTIONS_MAX];
	struct feed feed = feed_of(bytes, size), matrix = feed, head = feed_part(&feed, "=====");
	struct plan_options options = {.set = set, .only = only};
	char *lines;

	if (size > SIZE_MAX_BYTES)
		return 0;
	if (head.size < matrix.size)
		matrix = feed;
	else
		head.size = 0;
	lines = lines_of(&head);
	options.set_count = take_options(lines, "set=", set);
	options.only_count = take_options(lines, "only=", only);
	try_matrix(fuzz_file(&matrix), &options);
	free(lines);
	return 0;
}
