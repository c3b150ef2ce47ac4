#include "run/prune.h"

#include <stdlib.h>

#include "base/memory.h"
#include "target/out_of_memory.h"

static bool ran_out_of_memory(const struct failure_signs *signs)
{
	if (words_tell_out_of_memory(signs->words) || words_tell_out_of_memory(signs->reason))
		return true;
	/* Who else sends signal 9 is not known; that the system did is. */
	return signs->oom_kills > 0 && (words_tell_a_kill(signs->words) || words_tell_a_kill(signs->reason));
}

enum cell_cause prune_cause(const struct failure_signs *signs)
{
	bool failed = signs->none_ok || signs->server_failed;

	if (failed && ran_out_of_memory(signs))
		return CAUSE_MEMORY;
	if (signs->over_time)
		return CAUSE_CELL_TIMEOUT;
	return signs->server_failed ? CAUSE_SERVER : CAUSE_NONE;
}

/* " with parallel 64, context_size 4096": what it has otherwise than the other cell. */
static void add_difference(const struct plan *plan, const struct cell *cell, const struct cell *other,
                           struct text *into)
{
	const char *before = " with";

	for (size_t i = 0; i < plan->axis_count; i++) {
		const struct cell_field *field = cell_field_find(plan->axes[i]);
		struct text value = {0}, others = {0};

		if (field == NULL)
			continue;
		cell_field_add_value(field, cell, &value);
		cell_field_add_value(field, other, &others);
		if (!text_equal(text_string(&value), text_string(&others))) {
			text_addf(into, "%s %s %s", before, field->name, text_string(&value));
			before = ",";
		}
		text_release(&value);
		text_release(&others);
	}
}

static const struct {
	enum cell_cause cause;
	enum cell_more what;
	const char *words;
} judgements[] = {
    {CAUSE_MEMORY, CELL_MORE_MEMORY, "not run: it ran out of memory"},
    {CAUSE_CELL_TIMEOUT, CELL_MORE_TIME, "not run: it took longer than its cell_timeout"},
};

char *prune_reason(const struct plan *plan, const struct cell_summary *cells, size_t cell)
{
	for (size_t i = 0; i < plan->cell_count; i++) {
		for (size_t j = 0; j < sizeof(judgements) / sizeof(judgements[0]); j++) {
			struct text reason = {0};

			if (i == cell || cells[i].cause != judgements[j].cause ||
			    !cell_takes_more(&plan->cells[cell], &plan->cells[i], judgements[j].what))
				continue;
			text_add(&reason, judgements[j].words);
			add_difference(plan, &plan->cells[i], &plan->cells[cell], &reason);
			return text_take(&reason);
		}
	}
	return NULL;
}

bool prune_shares_fate(const struct cell *a, const struct cell *b)
{
	return a->server == b->server && (!cell_start_mentions(a, "model") || text_equal(a->model, b->model));
}

static struct failure_row *row_of(const struct failure_rows *rows, const struct cell *cell)
{
	for (size_t i = 0; i < rows->count; i++)
		if (prune_shares_fate(rows->rows[i].cell, cell))
			return &rows->rows[i];
	return NULL;
}

/* That its time was up before the first success says the same of it as that it does not answer. */
static bool is_failure(const struct cell_summary *cell)
{
	return cell->cause == CAUSE_SERVER || (cell->cause == CAUSE_CELL_TIMEOUT && cell->ok == 0);
}

void failure_rows_note(struct failure_rows *rows, const struct cell *cell, const struct cell_summary *ended)
{
	struct failure_row *row = row_of(rows, cell);

	if (ended->status == CELL_SKIPPED || ended->status == CELL_UNFINISHED)
		return;
	if (row == NULL) {
		rows->rows = memory_resize(rows->rows, rows->count + 1, sizeof(*rows->rows));
		row = &rows->rows[rows->count++];
		*row = (struct failure_row){.cell = cell};
	}
	row->count = is_failure(ended) ? row->count + 1 : 0;
	free(row->last);
	row->last = memory_string(ended->reason);
}

bool failure_rows_has(const struct failure_rows *rows, const struct cell *cell, int64_t limit)
{
	const struct failure_row *row = row_of(rows, cell);

	return row != NULL && row->count >= limit;
}

char *failure_rows_reason(const struct failure_rows *rows, const struct cell *cell, int64_t limit)
{
	const struct failure_row *row = row_of(rows, cell);

	if (!failure_rows_has(rows, cell, limit))
		return NULL;
	return text_format("not run: %s failed %lld cell%s in a row (give_up_after), the last: %s", cell->server->name,
	                   (long long)row->count, row->count == 1 ? "" : "s",
	                   row->last != NULL ? row->last : "no reason is known");
}

void failure_rows_release(struct failure_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->rows[i].last);
	free(rows->rows);
	*rows = (struct failure_rows){0};
}
