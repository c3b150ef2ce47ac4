/* What the models of a report take, and what of them is missing. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "report/cells.h"
#include "report/listing.h"
#include "report/models.h"
#include "report/overview.h"
#include "report/sections.h"

/* --- Storage --- */

/* A file is one digest; without digests one name on one server of one run. */
static bool is_same_file(const struct subject *a, const struct subject *b)
{
	if (a->model == NULL || b->model == NULL)
		return a->model == b->model && text_equal(a->model_name, b->model_name);
	if (a->model->digest != NULL && b->model->digest != NULL)
		return text_equal(a->model->digest, b->model->digest);
	return text_equal(a->model_name, b->model_name) && text_equal(a->server_name, b->server_name);
}

/* NULL `server`: of all servers. */
static void add_sum(const struct subjects *subjects, const char *server, struct text *into)
{
	size_t files = 0, unknown = 0;
	int64_t bytes = 0;

	for (size_t i = 0; i < subjects->count; i++) {
		const struct subject *subject = &subjects->items[i];
		bool counted = server != NULL && !text_equal(subject->server_name, server);

		for (size_t j = 0; j < i && !counted; j++)
			counted = is_same_file(subject, &subjects->items[j]) &&
			          (server == NULL || text_equal(subjects->items[j].server_name, server));
		if (counted)
			continue;
		if (subject->model == NULL || subject->model->size_bytes == JSON_UNKNOWN)
			unknown++;
		else
			bytes += subject->model->size_bytes;
		files++;
	}
	models_add_size(into, unknown < files ? bytes : JSON_UNKNOWN);
	text_addf(into, " (%zu file%s", files, files == 1 ? "" : "s");
	if (unknown > 0)
		text_addf(into, "; the size of %zu is not known, and not in it", unknown);
	text_add_char(into, ')');
}

void overview_add_storage(const struct subjects *subjects, struct document *into)
{
	struct listing servers = {0};
	struct text *total = document_item(into);

	text_add(total, "Total model storage: ");
	add_sum(subjects, NULL, total);
	for (size_t i = 0; i < subjects->count && subjects->servers_differ; i++) {
		struct text name = {0};

		text_add(&name, subjects->items[i].server_name ? subjects->items[i].server_name : "");
		listing_add(&servers, &name);
	}
	for (size_t i = 0; i < servers.count; i++) {
		struct text *item = document_item(into);

		inline_add(item, servers.items[i]);
		text_add(item, ": ");
		add_sum(subjects, servers.items[i], item);
	}
	listing_release(&servers);
}

/* --- What is missing --- */

bool overview_has_pending(const struct subjects *subjects)
{
	for (size_t i = 0; i < subjects->count; i++)
		if (subject_cells_with(&subjects->items[i], CELL_DONE) < subjects->items[i].cell_count)
			return true;
	return false;
}

static const char *reason_of(const struct cell_summary *cell)
{
	if (cell->server_words != NULL)
		return cell->server_words;
	return cell->reason != NULL ? cell->reason : "no reason is known";
}

/* "failed (parallel 128; parallel 64)" of all cells of the subject with this status and reason. */
static void add_pending(const struct subjects *subjects, const struct subject *subject, size_t first,
                        struct document *into)
{
	const struct cell_summary *cell = subject->cells[first];
	struct text *item = document_item(into);
	size_t named = 0;

	text_add(item, STRONG_ON);
	subject_add_name(subjects, subject, item);
	text_addf(item, STRONG_OFF ": %s", cell_status_name(cell->status));
	for (size_t i = first; i < subject->cell_count; i++) {
		const char *words = subject_cell_words(subject, subject->cells[i]);

		if (subject->cells[i]->status != cell->status || *words == '\0' ||
		    !text_equal(reason_of(subject->cells[i]), reason_of(cell)))
			continue;
		text_add(item, named++ == 0 ? " (" : "; ");
		inline_add(item, words);
	}
	text_add(item, named > 0 ? "): " : ": ");
	inline_add(item, reason_of(cell));
}

static bool is_told(const struct subject *subject, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (subject->cells[i]->status == subject->cells[at]->status &&
		    text_equal(reason_of(subject->cells[i]), reason_of(subject->cells[at])))
			return true;
	return false;
}

void overview_add_pending_of(const struct subjects *subjects, const struct subject *subject, struct document *into)
{
	for (size_t i = 0; i < subject->cell_count; i++)
		if (subject->cells[i]->status != CELL_DONE && !is_told(subject, i))
			add_pending(subjects, subject, i, into);
}

void overview_add_pending(const struct subjects *subjects, struct document *into)
{
	for (size_t i = 0; i < subjects->count; i++)
		overview_add_pending_of(subjects, &subjects->items[i], into);
}

/* --- Notes --- */

/* "parallel 1 to 8": the values of a knob that varies over the subject's cells, the lowest and the highest of numbers.
 */
static void note_knob(const struct subject *subject, const char *knob, struct listing *notes)
{
	struct listing values = {0};
	struct text note = {0};
	double low = 0, high = 0;
	bool numbers = true;

	for (size_t i = 0; i < subject->cell_count; i++) {
		struct text value = {0};
		double number = 0;

		cells_add_setting(subject->cells[i], knob, &value);
		numbers = units_read_real(text_string(&value), &number) && numbers;
		low = i == 0 || number < low ? number : low;
		high = i == 0 || number > high ? number : high;
		listing_add(&values, &value);
	}
	if (values.count > 1) {
		inline_add(&note, knob);
		if (numbers)
			text_addf(&note, " %g to %g", low, high);
		else
			text_addf(&note, ": %zu values", values.count);
	}
	listing_release(&values);
	listing_add(notes, &note);
}

static void note_failures(const struct subject *subject, struct listing *notes)
{
	size_t missing = subject->cell_count - subject_cells_with(subject, CELL_DONE);
	struct text note = {0};

	for (size_t i = 0; i < subject->cell_count && missing > 0 && note.size == 0; i++) {
		const struct cell_summary *cell = subject->cells[i];

		if (cell->status == CELL_DONE)
			continue;
		if (subject->cell_count > 1)
			text_addf(&note, "%zu of %zu cells ", missing, subject->cell_count);
		text_addf(&note, "%s: ", cell_status_name(cell->status));
		inline_add(&note, reason_of(cell));
	}
	listing_add(notes, &note);
}

/* Of cells that are done all the same. */
static void note_failed_requests(const struct subject *subject, struct listing *notes)
{
	struct text note = {0};
	int64_t failed = 0, sent = 0;

	for (size_t i = 0; i < subject->cell_count; i++) {
		failed += subject->cells[i]->status == CELL_DONE ? subject->cells[i]->failed : 0;
		sent += subject->cells[i]->status == CELL_DONE ? subject->cells[i]->sent : 0;
	}
	if (failed > 0)
		text_addf(&note, "%lld of %lld requests failed", (long long)failed, (long long)sent);
	listing_add(notes, &note);
}

static void note_flags(const struct subject *subject, struct listing *notes)
{
	for (size_t i = 0; i < subject->cell_count; i++)
		for (size_t f = 0; f < subject->cells[i]->flag_count; f++) {
			struct text note = {0};

			if (report_is_noted(subject->cells[i]->flags[f]))
				inline_add(&note, subject->cells[i]->flags[f]);
			listing_add(notes, &note);
		}
}

void overview_add_notes(const struct subject *subject, struct text *into)
{
	struct listing notes = {0};

	for (const struct json *knob = json_first(subject->cells[0]->settings); knob != NULL; knob = json_next(knob))
		note_knob(subject, json_key(knob), &notes);
	note_failures(subject, &notes);
	note_failed_requests(subject, &notes);
	note_flags(subject, &notes);
	listing_join(&notes, "; ", "", into);
	listing_release(&notes);
}
