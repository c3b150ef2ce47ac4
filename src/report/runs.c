#include "report/runs.h"

#include <stdlib.h>
#include <string.h>

#include "report/cells.h"
#include "report/hosts.h"
#include "report/models.h"

static void add_servers(const struct summary *summary, struct text *into)
{
	for (size_t i = 0; i < summary->server_count; i++) {
		const struct server_facts *server = &summary->servers[i];

		text_add(into, i > 0 ? ", " : "; ");
		inline_add(into, server->name != NULL ? server->name : "unknown server");
		if (server->version != NULL) {
			text_add_char(into, ' ');
			inline_add(into, server->version);
		}
	}
	for (size_t i = 0; i < summary->server_count; i++) {
		if (summary->servers[i].simulated == NULL)
			continue;
		text_add(into, "; " STRONG("simulated") ", so these are figures of a model of a machine: ");
		inline_add(into, summary->servers[i].simulated);
	}
}

static void add_run(const struct summary *summary, int64_t memory_bytes, struct text *into)
{
	const struct point point = {.summary = summary,
	                            .cell = summary->cell_count > 0 ? &summary->cells[0] : NULL,
	                            .memory_bytes = memory_bytes};
	struct text machine = {0};

	if (point.cell != NULL)
		point_add_machine(&point, &machine);
	text_add(into, STRONG_ON);
	inline_add(into, machine.size > 0 ? text_string(&machine) : "No cells");
	text_add(into, STRONG_OFF ", run ");
	text_release(&machine);
	inline_add(into, summary->name != NULL ? summary->name : "without a name");
	text_add(into, ": from ");
	inline_add(into, summary->started_utc != NULL ? summary->started_utc : "unknown");
	text_add(into, " to ");
	inline_add(into, summary->finished_utc != NULL ? summary->finished_utc : "(not finished)");
	text_add(into, "; llmbench ");
	inline_add(into, summary->tool_version != NULL ? summary->tool_version : "of an unknown version");
	add_servers(summary, into);
	text_add_char(into, '.');
}

void runs_add(const struct report_input *input, struct document *into)
{
	int64_t *memory = hosts_memory(input);

	for (size_t i = 0; i < input->count; i++)
		add_run(input->runs[i].summary, memory[i], document_item(into));
	free(memory);
}

static const char *digest_of(const struct point *point)
{
	const struct model_facts *model = models_of_cell(point->summary, point->cell);

	return model != NULL ? model->digest : NULL;
}

static bool same_model(const struct point *a, const struct point *b)
{
	return text_equal(cells_model(a->cell), cells_model(b->cell));
}

/* The first point with another file of the model; NULL: there is none, or it is not known. */
static const struct point *find_other(const struct points *points, const struct point *first)
{
	for (size_t i = 0; i < points->count; i++) {
		const char *digest = digest_of(&points->items[i]);

		if (same_model(&points->items[i], first) && digest != NULL && digest_of(first) != NULL &&
		    !text_equal(digest, digest_of(first)))
			return &points->items[i];
	}
	return NULL;
}

static bool is_first(const struct points *points, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (same_model(&points->items[i], &points->items[place]))
			return false;
	return true;
}

/* Twelve digits tell files apart, as `ollama list` has them. */
static void add_file(const struct point *point, struct text *into)
{
	struct text machine = {0}, digest = {0};

	point_add_machine(point, &machine);
	text_add_bytes(&digest, digest_of(point), strnlen(digest_of(point), 12));
	inline_add(into, text_string(&machine));
	text_add(into, " has ");
	inline_add(into, text_string(&digest));
	text_release(&machine);
	text_release(&digest);
}

void runs_add_files(const struct points *points, struct document *into)
{
	for (size_t i = 0; i < points->count; i++) {
		const struct point *first = &points->items[i], *other = NULL;
		struct text *item;

		if (is_first(points, i))
			other = find_other(points, first);
		if (other == NULL)
			continue;
		item = document_item(into);
		text_add(item, STRONG_ON);
		inline_add(item, cells_model(first->cell));
		text_add(item, STRONG_OFF " is not the same file everywhere: ");
		add_file(first, item);
		text_add(item, ", ");
		add_file(other, item);
		text_add_char(item, '.');
	}
}
