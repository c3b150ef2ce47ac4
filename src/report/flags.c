#include <stdlib.h>

#include "core/anchor.h"
#include "core/flag.h"
#include "report/cells.h"
#include "report/sections.h"

bool report_is_noted(const char *flag)
{
	const struct flag *row = flag_of_text(flag);

	return row == NULL || row->place == FLAG_IN_NOTES;
}

/* The cell's text of a flag; NULL: it does not have it. */
static const char *text_of(const struct cell_summary *cell, const struct flag *flag)
{
	for (size_t i = 0; i < cell->flag_count; i++)
		if (flag_of_text(cell->flags[i]) == flag)
			return cell->flags[i];
	return NULL;
}

static size_t count_cells(const struct summary *summary, const struct flag *flag, const char *text)
{
	size_t count = 0;

	for (size_t i = 0; i < summary->cell_count; i++) {
		const char *has = text_of(&summary->cells[i], flag);

		count += has != NULL && (text == NULL || text_equal(has, text));
	}
	return count;
}

static size_t count_measured(const struct summary *summary)
{
	size_t count = 0;

	for (size_t i = 0; i < summary->cell_count; i++)
		count += summary->cells[i].sent > 0;
	return count;
}

/* "text: all cells", or which ones. */
static void add_cells(const struct summary *summary, char **differences, const struct flag *flag, const char *text,
                      struct text *into)
{
	const char *separator = "";

	inline_add(into, text);
	text_add(into, ": ");
	if (count_cells(summary, flag, text) == count_measured(summary)) {
		text_add(into, "all cells.");
		return;
	}
	for (size_t i = 0; i < summary->cell_count; i++) {
		const char *has = text_of(&summary->cells[i], flag);

		if (has == NULL || !text_equal(has, text))
			continue;
		text_add(into, separator);
		inline_add(into, differences[i]);
		separator = "; ";
	}
	text_add_char(into, '.');
}

/* Each different text of the flag once, with its cells. */
static void add_texts(const struct summary *summary, char **differences, const struct flag *flag, struct document *into)
{
	for (size_t i = 0; i < summary->cell_count; i++) {
		const char *text = text_of(&summary->cells[i], flag);
		bool first = text != NULL;

		for (size_t j = 0; first && j < i; j++) {
			const char *earlier = text_of(&summary->cells[j], flag);

			first = earlier == NULL || !text_equal(earlier, text);
		}
		if (first)
			add_cells(summary, differences, flag, text, document_subitem(into));
	}
}

/* The flag of the anchor is one of the sweep, not of a cell: its text, empty when it is not raised. */
static void add_anchor_text(const struct summary *summary, struct text *into)
{
	struct anchor_drift drift = anchor_drift_of(summary);

	anchor_add_flag(&drift, into);
}

static void add_flag(const struct flag *flag, struct text *into)
{
	text_addf(into, STRONG("%s") ": ", flag->name);
	inline_add_sentence(into, flag->meaning);
	text_add(into, " Cure: ");
	inline_add_sentence(into, flag->cure);
}

void report_add_flags(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {NULL};
	char **differences = cells_differences(summary, hidden);
	struct text anchor = {0};
	bool any = false;

	add_anchor_text(summary, &anchor);
	for (size_t i = 0; i < flag_count; i++) {
		bool of_sweep = anchor.size > 0 && flag_of_text(text_string(&anchor)) == &flags[i];

		if (!of_sweep && count_cells(summary, &flags[i], NULL) == 0)
			continue;
		if (!any)
			text_add(document_heading(into, 2), "Flags");
		any = true;
		add_flag(&flags[i], document_item(into));
		if (flags[i].place == FLAG_UNDER)
			add_texts(summary, differences, &flags[i], into);
		if (of_sweep)
			text_addf(document_subitem(into), "%s.", text_string(&anchor));
	}
	text_release(&anchor);
	cells_free_differences(summary, differences);
}
