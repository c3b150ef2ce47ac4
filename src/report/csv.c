#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "report/cells.h"
#include "report/formats.h"
#include "report/models.h"

/* What the columns before the metric are read from. */
struct row {
	const struct summary *summary;
	const struct cell_summary *cell;
	const struct server_facts *server; /* NULL unknown */
	const struct model_facts *model;   /* NULL unknown */
};

/* A number may begin with a sign. */
static bool is_formula(const char *field)
{
	const char *first = field + strspn(field, " ");
	double number;

	return *first != '\0' && strchr("=+-@", *first) != NULL && !units_read_real(field, &number);
}

/* Each field is followed by its comma; end_row() makes the last one a line feed. */
static void add_field(struct text *into, const char *foreign)
{
	struct text field = {0};
	bool quoted;

	if (foreign != NULL)
		text_add_masked(&field, foreign, strlen(foreign));
	quoted = strpbrk(text_string(&field), ",\"") != NULL;
	text_add(into, quoted ? "\"" : "");
	text_add(into, is_formula(text_string(&field)) ? "'" : "");
	for (const char *at = text_string(&field); *at != '\0'; at++) {
		text_add(into, *at == '"' ? "\"" : "");
		text_add_char(into, *at);
	}
	text_add(into, quoted ? "\"," : ",");
	text_release(&field);
}

static void add_number(struct text *into, double value)
{
	units_add_real(into, value);
	text_add_char(into, ',');
}

static void end_row(struct text *into)
{
	into->data[into->size - 1] = '\n';
}

/* The matrix and the start: no two runs have both. */
static void add_run(const struct row *row, struct text *into)
{
	char *run = text_format("%s/%s", row->summary->name ? row->summary->name : "",
	                        row->summary->started_utc ? row->summary->started_utc : "");

	add_field(into, run);
	free(run);
}

static void add_title(const struct row *row, struct text *into)
{
	add_field(into, row->summary->title);
}

static void add_started(const struct row *row, struct text *into)
{
	add_field(into, row->summary->started_utc);
}

static void add_tool(const struct row *row, struct text *into)
{
	add_field(into, row->summary->tool_version);
}

static void add_server(const struct row *row, struct text *into)
{
	add_field(into, json_get_string(row->cell->settings, "server"));
}

static void add_kind(const struct row *row, struct text *into)
{
	add_field(into, row->server ? row->server->kind : NULL);
}

static void add_version(const struct row *row, struct text *into)
{
	add_field(into, row->server ? row->server->version : NULL);
}

static void add_simulated(const struct row *row, struct text *into)
{
	add_field(into, row->server ? row->server->simulated : NULL);
}

static void add_model(const struct row *row, struct text *into)
{
	add_field(into, cells_model(row->cell));
}

static void add_digest(const struct row *row, struct text *into)
{
	add_field(into, row->model ? row->model->digest : NULL);
}

static void add_size(const struct row *row, struct text *into)
{
	bool known = row->model != NULL && row->model->size_bytes != JSON_UNKNOWN;

	add_number(into, known ? (double)row->model->size_bytes : NAN);
}

static void add_cell(const struct row *row, struct text *into)
{
	add_field(into, row->cell->id);
}

static void add_status(const struct row *row, struct text *into)
{
	add_field(into, cell_status_name(row->cell->status));
}

static void add_reason(const struct row *row, struct text *into)
{
	add_field(into, row->cell->reason);
}

static void add_words(const struct row *row, struct text *into)
{
	add_field(into, row->cell->server_words);
}

static void add_flags(const struct row *row, struct text *into)
{
	struct text flags = {0};

	for (size_t i = 0; i < row->cell->flag_count; i++)
		text_addf(&flags, "%s%s", i > 0 ? "; " : "", row->cell->flags[i]);
	add_field(into, text_string(&flags));
	text_release(&flags);
}

static const struct {
	const char *name;
	void (*add)(const struct row *row, struct text *into);
} columns[] = {
    {"run", add_run},       {"title", add_title},         {"started_utc", add_started},    {"tool_version", add_tool},
    {"server", add_server}, {"server_kind", add_kind},    {"server_version", add_version}, {"simulated", add_simulated},
    {"model", add_model},   {"model_digest", add_digest}, {"model_size_bytes", add_size},  {"cell", add_cell},
    {"status", add_status}, {"reason", add_reason},       {"server_words", add_words},     {"flags", add_flags},
};

/* Figures of a cell that are no metrics, by the names of their members. */
static const struct count {
	const char *name, *unit;
	size_t offset; /* of an int64_t in struct cell_summary */
} counts[] = {
    {"errors", "requests", offsetof(struct cell_summary, errors)},
    {"requests_sent", "requests", offsetof(struct cell_summary, sent)},
    {"requests_ok", "requests", offsetof(struct cell_summary, ok)},
    {"requests_failed", "requests", offsetof(struct cell_summary, failed)},
    {"memory_total_bytes", "bytes", offsetof(struct cell_summary, memory.total_bytes)},
    {"memory_baseline_bytes", "bytes", offsetof(struct cell_summary, memory.baseline_bytes)},
    {"memory_system_peak_bytes", "bytes", offsetof(struct cell_summary, memory.system_peak_bytes)},
    {"memory_system_mean_bytes", "bytes", offsetof(struct cell_summary, memory.system_mean_bytes)},
    {"memory_server_peak_bytes", "bytes", offsetof(struct cell_summary, memory.server_peak_bytes)},
    {"memory_gpu_peak_bytes", "bytes", offsetof(struct cell_summary, memory.gpu_peak_bytes)},
};

static const char *const statistics[] = {"n", "mean", "min", "p50", "p90", "p95", "p99", "max", "low", "high"};

/* Server and model have their columns already. */
static bool is_knob_column(const char *knob)
{
	return !text_equal(knob, "server") && !text_equal(knob, "model");
}

static void add_header(const struct json *knobs, struct text *into)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		add_field(into, columns[i].name);
	for (const struct json *knob = json_first(knobs); knob != NULL; knob = json_next(knob))
		if (is_knob_column(json_key(knob)))
			add_field(into, json_key(knob));
	add_field(into, "metric");
	add_field(into, "unit");
	for (size_t i = 0; i < sizeof(statistics) / sizeof(statistics[0]); i++)
		add_field(into, statistics[i]);
	end_row(into);
}

/* Everything before the metric, the same in all rows of the cell. */
static void add_identity(const struct row *row, const struct json *knobs, struct text *into)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		columns[i].add(row, into);
	for (const struct json *knob = json_first(knobs); knob != NULL; knob = json_next(knob)) {
		struct text value = {0};

		if (!is_knob_column(json_key(knob)))
			continue;
		cells_add_setting(row->cell, json_key(knob), &value);
		add_field(into, text_string(&value));
		text_release(&value);
	}
}

/* What summary.json has of a metric, so that a run just measured and one that was loaded give the same row. */
static struct distribution values_of(const struct metric_summary *metric)
{
	struct distribution values = {metric->values.n, NAN, NAN, metric->values.p50, NAN, NAN, NAN, NAN};

	if (metric->metric->scope == METRIC_REQUEST)
		return metric->values;
	if (metric->trials != NULL && values.n > 0) {
		double *trials = memory_new(values.n, sizeof(*trials));
		struct distribution over;

		memcpy(trials, metric->trials, values.n * sizeof(*trials));
		over = distribution_over_trials(trials, values.n);
		values.mean = over.mean;
		values.min = over.min;
		values.max = over.max;
		free(trials);
	}
	return values;
}

static void add_metric(const char *name, const char *unit, const struct distribution *values,
                       const struct interval *interval, struct text *into)
{
	const double figures[] = {values->mean, values->min, values->p50,   values->p90,   values->p95,
	                          values->p99,  values->max, interval->low, interval->high};

	add_field(into, name);
	add_field(into, unit);
	text_addf(into, "%zu,", values->n);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		add_number(into, values->n > 0 ? figures[i] : NAN);
	end_row(into);
}

static void add_metrics(const struct cell_summary *cell, const char *identity, const bool known[], struct text *into)
{
	for (size_t i = 0; i < metric_count; i++) {
		struct distribution values = values_of(&cell->metrics[i]);

		if (!known[i])
			continue;
		text_add(into, identity);
		add_metric(metrics[i].name, metrics[i].unit, &values, &cell->metrics[i].interval, into);
	}
}

static void add_counts(const struct cell_summary *cell, const char *identity, struct text *into)
{
	const struct interval none = {NAN, NAN};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		int64_t count;
		struct distribution values;

		memcpy(&count, (const char *)cell + counts[i].offset, sizeof(count));
		values = (struct distribution){count != JSON_UNKNOWN, NAN, NAN, (double)count, NAN, NAN, NAN, NAN};
		text_add(into, identity);
		add_metric(counts[i].name, counts[i].unit, &values, &none, into);
	}
}

/* Of each metric whether a cell of the runs knows it. */
static bool *known_metrics(const struct report_input *input)
{
	bool *known = memory_new(metric_count, sizeof(*known));

	for (size_t run = 0; run < input->count; run++)
		for (size_t cell = 0; cell < input->runs[run].summary->cell_count; cell++)
			for (size_t i = 0; i < metric_count; i++)
				known[i] |= input->runs[run].summary->cells[cell].metrics[i].values.n > 0;
	return known;
}

bool format_csv(const struct report_input *input, const struct report_style *style, struct text *into,
                struct failure *failure)
{
	bool *known = known_metrics(input);
	struct json *knobs;
	struct cell cell;

	(void)style, (void)failure;
	cell_reset(&cell);
	knobs = cell_settings(&cell);
	add_header(knobs, into);
	for (size_t run = 0; run < input->count; run++) {
		const struct summary *summary = input->runs[run].summary;

		for (size_t i = 0; i < summary->cell_count; i++) {
			const struct cell_summary *of = &summary->cells[i];
			const struct row row = {summary, of, models_server(summary, of), models_of_cell(summary, of)};
			struct text identity = {0};

			add_identity(&row, knobs, &identity);
			add_metrics(of, text_string(&identity), known, into);
			add_counts(of, text_string(&identity), into);
			text_release(&identity);
		}
	}
	json_free(knobs);
	free(known);
	return true;
}
