#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/cells.h"
#include "report/figure.h"
#include "report/formats.h"
#include "report/models.h"

struct tally {
	size_t tests, failures, errors, skipped;
	double time_s; /* of the cells that know theirs; NAN: none does */
};

static void add_to(struct tally *tally, const struct cell_summary *cell)
{
	tally->tests++;
	tally->failures += cell->status == CELL_FAILED;
	tally->errors += cell->status == CELL_UNFINISHED;
	tally->skipped += cell->status == CELL_SKIPPED;
	if (!isnan(cell->duration_s))
		tally->time_s = cell->duration_s + (isnan(tally->time_s) ? 0 : tally->time_s);
}

static void add_time(double time_s, struct text *into)
{
	if (!isnan(time_s))
		text_addf(into, " time=\"%.3f\"", time_s);
}

static void add_tally(const struct tally *tally, struct text *into)
{
	text_addf(into, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", tally->tests, tally->failures,
	          tally->errors, tally->skipped);
	add_time(tally->time_s, into);
}

/* NULL adds nothing. */
static void add_foreign(const char *foreign, struct text *into)
{
	if (foreign != NULL)
		text_add_escaped(into, foreign, strlen(foreign));
}

static void add_attribute(const char *name, const char *foreign, struct text *into)
{
	text_addf(into, " %s=\"", name);
	add_foreign(foreign, into);
	text_add_char(into, '"');
}

/* Nothing when it is unknown. */
static void add_property(const char *name, const char *foreign, struct text *into)
{
	if (foreign == NULL)
		return;
	text_add(into, "\t\t\t<property");
	add_attribute("name", name, into);
	add_attribute("value", foreign, into);
	text_add(into, "/>\n");
}

/* Where the server is another one in each cell, the first one's. */
static void add_properties(const struct summary *summary, const struct cell_summary *cell, struct text *into)
{
	const struct server_facts *server = models_server(summary, cell);
	const struct model_facts *model = models_of_cell(summary, cell);

	text_add(into, "\t\t<properties>\n");
	add_property("matrix", summary->name, into);
	add_property("tool_version", summary->tool_version, into);
	add_property("machine", json_get_string(summary->host, "title"), into);
	add_property("server", server ? server->name : NULL, into);
	add_property("server_version", server ? server->version : NULL, into);
	add_property("simulated", server ? server->simulated : NULL, into);
	add_property("model_digest", model ? model->digest : NULL, into);
	text_add(into, "\t\t</properties>\n");
}

/* How most of its failed requests failed. */
static const char *failure_type(const struct cell_summary *cell)
{
	int most = OUTCOME_OK;

	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (i != OUTCOME_OK && cell->outcomes[i] > (most == OUTCOME_OK ? 0 : cell->outcomes[most]))
			most = i;
	return most != OUTCOME_OK ? outcome_name((enum outcome)most) : cell->sent > 0 ? "failed" : "not_started";
}

static void add_problem(const char *element, const char *type, const struct cell_summary *cell, struct text *into)
{
	text_addf(into, "\t\t\t<%s", element);
	if (type != NULL)
		add_attribute("type", type, into);
	add_attribute("message", cell->reason ? cell->reason : cell_status_name(cell->status), into);
	text_add_char(into, '>');
	add_foreign(cell->server_words, into);
	text_addf(into, "</%s>\n", element);
}

static void add_status(const struct cell_summary *cell, struct text *into)
{
	switch (cell->status) {
	case CELL_DONE:
		break;
	case CELL_FAILED:
		add_problem("failure", failure_type(cell), cell, into);
		break;
	case CELL_SKIPPED:
		add_problem("skipped", NULL, cell, into);
		break;
	case CELL_UNFINISHED:
		add_problem("error", "unfinished", cell, into);
		break;
	}
}

/* Each metric's median and the cell's flags, for who looks at the case. */
static void add_figures(const struct cell_summary *cell, struct text *into)
{
	struct text lines = {0};

	for (size_t i = 0; i < metric_count; i++) {
		const struct metric_summary *metric = &cell->metrics[i];

		if (metric->values.n == 0)
			continue;
		text_addf(&lines, "%s p50 ", metrics[i].name);
		figure_add(&lines, metric->values.p50, &metric->interval, 3);
		text_addf(&lines, " %s\n", metrics[i].unit);
	}
	if (lines.size == 0 && cell->flag_count == 0)
		return;
	text_addf(into, "\t\t\t<system-out>%s", text_string(&lines));
	for (size_t i = 0; i < cell->flag_count; i++) {
		text_add(into, "flag: ");
		add_foreign(cell->flags[i], into);
		text_add_char(into, '\n');
	}
	text_add(into, "</system-out>\n");
	text_release(&lines);
}

static void add_case(const struct summary *summary, const struct cell_summary *cell, const char *difference,
                     struct text *into)
{
	char *class = text_format("%s.%s", summary->name ? summary->name : "llmbench", cells_model(cell));

	text_add(into, "\t\t<testcase");
	add_attribute("classname", class, into);
	add_attribute("name", difference[0] != '\0' ? difference : cell->id, into);
	add_time(cell->duration_s, into);
	text_add(into, ">\n");
	add_status(cell, into);
	add_figures(cell, into);
	text_add(into, "\t\t</testcase>\n");
	free(class);
}

static bool same_model(const struct summary *summary, size_t a, size_t b)
{
	return text_equal(cells_model(&summary->cells[a]), cells_model(&summary->cells[b]));
}

static void add_suite(const struct summary *summary, char **differences, size_t first, struct text *into)
{
	char *name = text_format("%s: %s", summary->title ? summary->title : "", cells_model(&summary->cells[first]));
	struct tally tally = {.time_s = NAN};

	for (size_t i = first; i < summary->cell_count; i++)
		if (same_model(summary, i, first))
			add_to(&tally, &summary->cells[i]);
	text_add(into, "\t<testsuite");
	add_attribute("name", name, into);
	add_tally(&tally, into);
	if (summary->started_utc != NULL) {
		char *without_zone = text_format("%.*s", (int)strcspn(summary->started_utc, "Z"), summary->started_utc);

		add_attribute("timestamp", without_zone, into);
		free(without_zone);
	}
	text_add(into, ">\n");
	add_properties(summary, &summary->cells[first], into);
	for (size_t i = first; i < summary->cell_count; i++)
		if (same_model(summary, i, first))
			add_case(summary, &summary->cells[i], differences[i], into);
	text_add(into, "\t</testsuite>\n");
	free(name);
}

static bool is_first(const struct summary *summary, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (same_model(summary, i, cell))
			return false;
	return true;
}

bool format_junit(const struct report_input *input, const struct report_style *style, struct text *into,
                  struct failure *failure)
{
	static const char *const hidden[] = {"model", NULL};
	struct tally tally = {.time_s = NAN};

	(void)style, (void)failure;
	for (size_t run = 0; run < input->count; run++)
		for (size_t i = 0; i < input->runs[run].summary->cell_count; i++)
			add_to(&tally, &input->runs[run].summary->cells[i]);
	text_add(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"llmbench\"");
	add_tally(&tally, into);
	text_add(into, ">\n");
	for (size_t run = 0; run < input->count; run++) {
		const struct summary *summary = input->runs[run].summary;
		char **differences = cells_differences(summary, hidden);

		for (size_t i = 0; i < summary->cell_count; i++)
			if (is_first(summary, i))
				add_suite(summary, differences, i, into);
		cells_free_differences(summary, differences);
	}
	text_add(into, "</testsuites>\n");
	return true;
}
