#include <math.h>

#include "report/cells.h"
#include "report/sections.h"

struct worst {
	size_t measured, calibrated, capped, bound; /* cells */
	double ttft_ms, itl_ms, send_lag_ms;        /* the highest p99 */
	double core_share;                          /* the highest */
};

static struct worst worst_of(const struct summary *summary)
{
	struct worst worst = {.ttft_ms = NAN, .itl_ms = NAN, .send_lag_ms = NAN, .core_share = NAN};

	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct client_check *check = &summary->cells[i].client;

		worst.measured += summary->cells[i].ok > 0;
		worst.calibrated += check->floor.texts > 0;
		worst.capped += check->floor.capped;
		worst.bound += check->bounds != 0;
		worst.ttft_ms = fmax(worst.ttft_ms, check->floor.ttft_ms.p99);
		worst.itl_ms = fmax(worst.itl_ms, check->floor.itl_ms.p99);
		worst.send_lag_ms = fmax(worst.send_lag_ms, check->floor.send_lag_ms.p99);
		worst.core_share = fmax(worst.core_share, check->core_share);
	}
	return worst;
}

static void add_floor(const struct worst *worst, struct text *into)
{
	text_add(into, "Error floor: ");
	if (worst->calibrated == 0) {
		text_add(into, "not measured");
	} else {
		text_add(into, "llmbench's own error (p99) against a server of known truth, at the streams and the "
		               "rate of each cell: TTFT up to ");
		inline_add_number(into, worst->ttft_ms, 3);
		text_add(into, " ms, ITL up to ");
		inline_add_number(into, worst->itl_ms, 3);
		text_add(into, " ms, send lag up to ");
		inline_add_number(into, worst->send_lag_ms, 3);
		text_add(into, " ms");
	}
	if (!isnan(worst->core_share))
		text_addf(into, "; llmbench's load thread used at most %.0f %% of a core while it measured",
		          100 * worst->core_share);
	text_add(into, ".");
	if (worst->capped > 0)
		text_addf(into,
		          " %zu of %zu cells streamed faster than a calibration does, and were compared with "
		          "the fastest.",
		          worst->capped, worst->calibrated);
}

static void add_bound(const struct cell_summary *cell, const char *difference, struct text *into)
{
	struct client_figures figures = cell_summary_client_figures(cell);

	inline_add(into, cells_model(cell));
	text_add(into, difference[0] != '\0' ? ", " : "");
	inline_add(into, difference);
	text_add(into, ": ");
	client_check_add_words(&cell->client, &figures, into);
}

void report_add_error_floor(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {"model", NULL};
	struct worst worst = worst_of(summary);
	char **differences;

	if (worst.measured == 0)
		return;
	add_floor(&worst, document_item(into));
	if (worst.bound == 0)
		return;
	text_addf(document_item(into),
	          STRONG("Client-bound") ": %zu of %zu cells have a TTFT or ITL p50 below %d times the p99 of "
	                                 "llmbench's own error or of its send lag, took more than %d %% of a core for "
	                                 "its load thread, or were sent at less than %d %% of the asked rate:",
	          worst.bound, worst.measured, CLIENT_FACTOR, CLIENT_CORE_PERCENT, CLIENT_RATE_PERCENT);
	differences = cells_differences(summary, hidden);
	for (size_t i = 0; i < summary->cell_count; i++)
		if (summary->cells[i].client.bounds != 0)
			add_bound(&summary->cells[i], differences[i], document_subitem(into));
	cells_free_differences(summary, differences);
}
