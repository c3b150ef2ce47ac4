/* The anchor's repeats: the line through them, the flag, their JSON, their section of the report. */
#include "core/anchor.h"

#include <stdlib.h>

#include "base/memory.h"
#include "core/flag.h"
#include "report/report.h"
#include "tap.h"

enum { MOST = 8 };

/* Output tokens/s of repeats, NAN: one that failed. */
struct sweep {
	double minutes[MOST], figures[MOST];
	size_t count;
};

static void begin_cell(struct cell_summary *summary, double figure, const char *id)
{
	char name[] = "s";
	const struct server_settings server = {.name = name};
	struct cell cell;

	cell_reset(&cell);
	cell.server = &server;
	cell.model = "m";
	cell_summary_init(summary);
	summary->id = memory_string(id);
	summary->settings = cell_settings(&cell);
	summary->status = isnan(figure) ? CELL_FAILED : CELL_DONE;
	cell_summary_set(summary, "model_load_s", 1);
	if (isnan(figure)) {
		summary->reason = memory_string("loading the model: no");
		return;
	}
	summary->sent = summary->ok = 1;
	summary->duration_s = 12.34;
	summary->metrics[metric_find(ANCHOR_METRIC) - metrics].values = distribution_over_trials(&figure, 1);
}

static void fill(const struct sweep *sweep, struct summary *summary)
{
	*summary = (struct summary){
	    .cells = memory_new(1, sizeof(*summary->cells)),
	    .cell_count = 1,
	    .anchor_every = 2,
	    .repeats = memory_new(sweep->count, sizeof(*summary->repeats)),
	    .repeat_count = sweep->count,
	};
	begin_cell(&summary->cells[0], 5, "abc");
	for (size_t i = 0; i < sweep->count; i++) {
		char *id = text_format("abc-anchor-%zu", i + 1);

		begin_cell(&summary->repeats[i].cell, sweep->figures[i], id);
		summary->repeats[i].since_start_s = 60 * sweep->minutes[i];
		free(id);
	}
}

static void test_drift(void)
{
	static const struct {
		struct sweep sweep;
		size_t repeats;
		double pct_per_hour, span_pct;
		const char *flag;
		const char *what;
	} cases[] = {
	    {{{0, 30, 60}, {102, 100, 98}, 3},
	     3,
	     -4,
	     -4,
	     "the anchor drifted: output tokens/s falls by 4 % per hour, by 4.0 % over its repeats",
	     "a straight fall"},
	    {{{0, 15, 60, 105, 120}, {99.0, 99.25, 100, 100.75, 101}, 5},
	     5,
	     1,
	     2,
	     "the anchor drifted: output tokens/s rises by 1 % per hour, by 2.0 % over its repeats",
	     "unequal distances"},
	    {{{0, 30, 60}, {100.4, 100, 99.6}, 3}, 3, -0.8, -0.8, "", "certain, but below 1 %"},
	    {{{0, 20, 40, 60}, {100, 90, 105, 97}, 4}, 4, 100 * 1.8 / 98, 100 * 1.8 / 98, "", "noise"},
	    {{{0, 30, 45, 60}, {102, 100, NAN, 98}, 4},
	     3,
	     -4,
	     -4,
	     "the anchor drifted: output tokens/s falls by 4 % per hour, by 4.0 % over its repeats",
	     "one that failed is left out"},
	    {{{0, 60}, {100, 90}, 2}, 2, NAN, NAN, "", "two are too few"},
	    {{{5, 5, 5}, {100, 90, 80}, 3}, 3, NAN, NAN, "", "all at one time"},
	    {{{0}, {0}, 0}, 0, NAN, NAN, "", "none"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct summary summary;
		struct anchor_drift drift;
		struct text flag = {0};

		fill(&cases[i].sweep, &summary);
		drift = anchor_drift_of(&summary);
		anchor_add_flag(&drift, &flag);
		is_int(drift.repeats, cases[i].repeats, cases[i].what);
		is_real(drift.pct_per_hour, cases[i].pct_per_hour, 1e-9, "  per hour");
		is_real(drift.span_pct, cases[i].span_pct, 1e-9, "  over all");
		is_text(text_string(&flag), cases[i].flag, "  the flag");
		text_release(&flag);
		summary_release(&summary);
	}
}

/* 100, 90, 105, 97 at 0, 20, 40, 60 min: residues 2.9, -7.7, 6.7, -1.9; variance 116.2 / 2, xx 5/9 h². */
static void test_interval(void)
{
	static const struct sweep noise = {{0, 20, 40, 60}, {100, 90, 105, 97}, 4};
	double half = 4.3026527297 * sqrt(116.2 / 2 / (5 / 9.0)) * 100 / 98;
	struct anchor_drift drift;
	struct summary summary;

	fill(&noise, &summary);
	drift = anchor_drift_of(&summary);
	is_real(drift.interval.low, drift.pct_per_hour - half, 1e-6, "low");
	is_real(drift.interval.high, drift.pct_per_hour + half, 1e-6, "high");
	ok(drift.interval.low < 0 && drift.interval.high > 0 && !drift.flagged, "0 is in it");
	is_real(anchor_change_pct(&summary, &summary.repeats[1]), -10, 1e-9, "change against the first");
	summary.repeats[0].cell.status = CELL_FAILED;
	is_real(anchor_change_pct(&summary, &summary.repeats[2]), 100 * 15 / 90.0, 1e-9,
	        "against the first that is done");
	ok(isnan(anchor_change_pct(&summary, &summary.repeats[0])), "a failed one has none");
	summary_release(&summary);
}

static char *written(struct json *json)
{
	struct text text = {0};

	json_add_to(&text, json);
	json_free(json);
	return text_take(&text);
}

static void test_json(void)
{
	static const struct sweep fall = {{0, 30, 60}, {102, 100, 98}, 3};
	struct summary before, after;
	struct json *json;
	char *first, *second;

	fill(&fall, &before);
	first = written(anchor_repeat_json(&before, 1));
	ok(text_starts_with(first, "{\"schema\":\"llmbench.anchor/1\",\"repeat\":2,\"since_start_s\":1800,"
	                           "\"id\":\"abc-anchor-2\",\"settings\":{"),
	   "a line of cells.jsonl");
	free(first);
	first = written(summary_json(&before));
	ok(strstr(first, "\"anchor\":{\"cell\":\"abc\",\"every\":2,\"metric\":\"output_tokens_per_s\",\"drift\":"
	                 "{\"repeats\":3,\"span_s\":3600,\"pct_per_hour\":-4") != NULL &&
	       strstr(first, "\"interval\":\"student_t_95\",\"span_pct\":-4") != NULL &&
	       strstr(first,
	              "\"flags\":[\"the anchor drifted: output tokens/s falls by 4 % per hour, by 4.0 % over its "
	              "repeats\"],\"repeats\":[{\"repeat\":1,\"since_start_s\":0,\"id\":\"abc-anchor-1\",") != NULL,
	   "in summary.json");
	json = json_parse(first, strlen(first));
	ok(summary_parse(json, &after), "is read back");
	is_int(after.repeat_count, 3, "with its repeats");
	second = written(summary_json(&after));
	is_text(second, first, "and written again byte for byte");
	json_free(json);
	free(first);
	free(second);
	summary_release(&after);
	before.anchor_every = 0;
	first = written(summary_json(&before));
	ok(strstr(first, "\"anchor\":null,\"cells\":[") != NULL, "no anchor is null");
	free(first);
	summary_release(&before);
}

static void set_conditions(struct summary *summary, size_t repeat, const char *json)
{
	summary->repeats[repeat].cell.conditions = json_parse(json, strlen(json));
}

static char *section_of(const struct summary *summary)
{
	struct text text = {0};
	char *from, *to, *section;

	report_sweep_markdown(summary, NULL, NULL, &text, NULL);
	from = strstr(text_string(&text), "## Anchor");
	to = from != NULL ? strstr(from, "## Flags") : NULL;
	section = to != NULL ? memory_copy(from, (size_t)(to - from)) : memory_string("");
	text_release(&text);
	return section;
}

static void test_report(void)
{
	static const struct sweep fall = {{0, 30, 62.5, 64}, {102, 100, 98, NAN}, 4};
	struct summary summary;
	char *section;

	fill(&fall, &summary);
	set_conditions(&summary, 0, "{\"worst\":{\"cpu_temperature_c\":61.4,\"thermal_state\":\"nominal\"}}");
	set_conditions(&summary, 1, "{\"worst\":{\"cpu_temperature_c\":95,\"thermal_state\":\"fair\"}}");
	cell_summary_add_flag(&summary.repeats[1].cell, "the thermal state rose from nominal to fair");
	section = section_of(&summary);
	is_text(
	    section,
	    "## Anchor\n\nThe first cell, measured again between the others (`anchor: 2`); its repeats are in no other "
	    "table.\n\n"
	    "| Repeat | Since start | Output tokens/s | Change (%) | TTFT p50 (ms) | Duration (Seconds) | CPU at most "
	    "(°C) "
	    "| Thermal state, worst | Notes |\n"
	    "|----:|----:|----:|----:|----:|----:|----:|----:|----|\n"
	    "| 1 | 0:00:00 | 102.0 | +0.0 | – | 12 | 61 | nominal |  |\n"
	    "| 2 | 0:30:00 | 100.0 | -2.0 | – | 12 | 95 | fair | the thermal state rose from nominal to fair |\n"
	    "| 3 | 1:02:30 | 98.0 | -3.9 | – | 12 | – | – |  |\n"
	    "| 4 | 1:04:00 | – | – | – | – | – | – | failed: loading the model: no |\n\n"
	    "- **Change**: of output tokens/s against the first repeat.\n"
	    "- **Drift**: output tokens/s -3.84 % per hour, 95 % confidence interval [-4.96, -2.71]: the slope of the "
	    "least-squares line through 3 repeats over 1:02:30, in % of their mean; -4.0 % over that time: see "
	    "anchor-drift under Flags.\n\n",
	    "the section");
	free(section);
	summary.servers = memory_new(1, sizeof(*summary.servers));
	summary.server_count = 1;
	summary.servers[0].name = memory_string("s");
	summary.servers[0].simulated = memory_string("m4-16g");
	section = section_of(&summary);
	ok(strstr(section, "CPU at most") == NULL, "a simulated device does not tell this machine's heat");
	free(section);
	summary_release(&summary);
}

int main(void)
{
	test_drift();
	test_interval();
	test_json();
	test_report();
	ok(flag_find("anchor-drift") != NULL, "the flag is in the help");
	return tap_done();
}
