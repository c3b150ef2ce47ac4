/* The Notes column of the sweep table: memory, or why there is none, and what a reader must know. */
#include "base/units.h"
#include "core/memory_account.h"
#include "report/cells.h"
#include "report/sections.h"

static void separate(struct text *notes)
{
	if (notes->size > 0)
		text_add(notes, "; ");
}

static void add_change(const struct cell_summary *cell, struct text *notes)
{
	int64_t change = memory_growth_bytes(cell);

	if (change == JSON_UNKNOWN)
		return;
	separate(notes);
	text_addf(notes, "Change from Idle: %s", change < 0 ? "-" : "+");
	units_add_gi(notes, change < 0 ? -change : change);
}

/* "Title: peak" or "Title: peak/total"; nothing without a peak. */
static void add_peak(const char *title, int64_t peak_bytes, int64_t total_bytes, struct text *notes)
{
	if (peak_bytes == JSON_UNKNOWN)
		return;
	separate(notes);
	text_addf(notes, "%s: ", title);
	units_add_gi(notes, peak_bytes);
	if (total_bytes == JSON_UNKNOWN)
		return;
	text_add_char(notes, '/');
	units_add_gi(notes, total_bytes);
}

/* What there is of it does not change while a cell runs. */
static int64_t gpu_total_bytes(const struct cell_summary *cell)
{
	const struct json *phases = json_get(cell->machine, "phases");
	int64_t total = JSON_UNKNOWN;

	for (int phase = 0; phase < PHASE_COUNT && total == JSON_UNKNOWN; phase++)
		total = json_get_integer(json_get(json_get(phases, phase_name((enum phase)phase)), "gpu_total_bytes"),
		                         "peak");
	return total;
}

static void add_gpu(const struct cell_summary *cell, struct text *notes)
{
	add_peak("GPU Memory", cell->memory.gpu_peak_bytes, gpu_total_bytes(cell), notes);
}

static void add_server(const struct cell_summary *cell, struct text *notes)
{
	add_peak("Server Memory", cell->memory.server_peak_bytes, JSON_UNKNOWN, notes);
}

/* `notes` of the matrix. */
static const struct {
	const char *name;
	void (*add)(const struct cell_summary *cell, struct text *notes);
} further[] = {
    {"change", add_change},
    {"gpu", add_gpu},
    {"server", add_server},
};

static void add_memory(const struct summary *summary, const struct cell_summary *cell, struct text *notes)
{
	const struct memory_summary *memory = &cell->memory;

	if (memory->total_bytes != JSON_UNKNOWN)
		add_peak("Memory Usage", memory->system_peak_bytes, memory->total_bytes, notes);
	for (size_t i = 0; i < summary->note_count; i++)
		for (size_t f = 0; f < sizeof(further) / sizeof(further[0]); f++)
			if (text_equal(summary->notes[i], further[f].name))
				further[f].add(cell, notes);
}

static void add_runners(const struct cell_summary *cell, struct text *notes)
{
	int64_t runners = json_get_integer(cell->settings, "parallel");

	if (runners == JSON_UNKNOWN)
		text_add(notes, "Could not run.");
	else
		text_addf(notes, "Could not run %lld runner%s.", (long long)runners, runners == 1 ? "" : "s");
}

void report_add_notes(const struct summary *summary, const struct cell_summary *cell, struct table *table)
{
	struct text notes = {0};

	switch (cell->status) {
	case CELL_DONE:
		add_memory(summary, cell, &notes);
		break;
	case CELL_FAILED:
		/* The seed's words for one server; of several, which one cannot be had and why is the result. */
		if (cell->server_words == NULL && cell->sent <= 0 && !cells_vary(summary, "server"))
			add_runners(cell, &notes);
		else if (cell->server_words == NULL && cell->reason != NULL)
			text_add(&notes, cell->reason);
		break;
	case CELL_SKIPPED:
		text_add(&notes, cell->reason ? cell->reason : "skipped");
		break;
	case CELL_UNFINISHED:
		/* It has figures, which are of a part. */
		if (cell->sent > 0 && cell->reason != NULL)
			text_addf(&notes, "unfinished: %s", cell->reason);
		break;
	}
	if (cell->server_words != NULL) {
		separate(&notes);
		text_add(&notes, cell->server_words);
	}
	for (size_t i = 0; i < cell->flag_count; i++) {
		if (!report_is_noted(cell->flags[i]))
			continue;
		separate(&notes);
		text_add(&notes, cell->flags[i]);
	}
	table_cell_text(table, text_string(&notes));
	text_release(&notes);
}
