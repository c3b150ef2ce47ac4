/* CSV and JUnit: what programs read of runs, whatever names they have. */
#include "report/formats.h"

#include "made_run.h"
#include "tap.h"

#define NASTY "=cmd|'/c calc'!A1,\"x\"\n<b>&amp;\033[2J\xff\xef\xbf\xbf"

static const struct made_cell cells[] = {
    {"m", 1, CELL_DONE, 3, {10, 11, 12.25}, 20},
    {NASTY, 2, CELL_FAILED, 0, {0}, 0},
    {"m", 4, CELL_UNFINISHED, 0, {0}, 0},
    {"m", 8, CELL_SKIPPED, 0, {0}, 0},
};

static struct summary nasty_run(void)
{
	struct summary summary = made_run(cells, 4);
	struct cell_summary *failed = &summary.cells[1];

	summary.servers = memory_new(1, sizeof(*summary.servers));
	summary.server_count = 1;
	summary.servers[0].name = memory_string("s");
	summary.servers[0].version = memory_string("+1");
	summary.cells[0].sent = summary.cells[0].ok = 8;
	summary.cells[0].errors = 0;
	summary.cells[0].duration_s = 12.5;
	summary.cells[0].memory.total_bytes = 17179869184;
	failed->reason = memory_string(NASTY);
	failed->server_words = memory_string("a \"b\" ]]> c");
	failed->sent = failed->failed = failed->errors = 3;
	failed->outcomes[OUTCOME_BUSY] = 1;
	failed->outcomes[OUTCOME_TIMEOUT] = 2;
	summary.cells[3].reason = memory_string("does not fit");
	cell_summary_add_flag(&summary.cells[0], "drift <1>");
	return summary;
}

static char *written(bool (*format)(const struct report_input *, const struct report_style *, struct text *,
                                    struct failure *),
                     const struct summary *summary, size_t times)
{
	const struct report_run runs[] = {{summary, NULL}, {summary, NULL}};
	const struct report_input input = {.runs = runs, .count = times};
	struct failure failure = {0};
	struct text text = {0};

	format(&input, NULL, &text, &failure);
	return text_take(&text);
}

/* Fields of a line of CSV, quotes obeyed. */
static size_t count_fields(const char *line, size_t length)
{
	size_t fields = 1;
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		quoted ^= line[i] == '"';
		fields += line[i] == ',' && !quoted;
	}
	return fields;
}

static size_t count_rows(const char *csv)
{
	size_t rows = 0, fields = count_fields(csv, strcspn(csv, "\n"));
	bool even = true;

	for (const char *at = csv; *at != '\0'; at += strcspn(at, "\n") + 1, rows++)
		even = even && count_fields(at, strcspn(at, "\n")) == fields;
	ok(even, "every row has the header's fields");
	return rows;
}

static void csv_is_tidy(void)
{
	struct summary summary = nasty_run();
	char *csv = written(format_csv, &summary, 1), *twice = written(format_csv, &summary, 2);
	const char *end = strchr(csv, '\n');

	ok(strncmp(csv, "run,title,started_utc,tool_version,server,server_kind,server_version,simulated,model,",
	           strlen("run,title,started_utc,tool_version,server,server_kind,server_version,simulated,model,")) ==
	       0,
	   "columns of the run come first");
	ok(strstr(csv, ",profile,queue_size,context_size,parallel,requests,") != NULL, "then those of every knob");
	ok(strncmp(end - strlen(",metric,unit,n,mean,min,p50,p90,p95,p99,max,low,high"),
	           ",metric,unit,n,mean,min,p50,p90,p95,p99,max,low,high",
	           strlen(",metric,unit,n,mean,min,p50,p90,p95,p99,max,low,high")) == 0,
	   "then those of the figure");
	/* tpot_ms, output_tokens_per_s, and ten counts */
	is_int(count_rows(csv), 1 + 4 * 12, "a row for each cell and metric that a cell knows");
	is_int(count_rows(twice), 1 + 2 * 4 * 12, "of all runs, under one header");
	ok(strstr(csv, ",tpot_ms,ms,1,20,20,20,20,20,20,20,,\n") != NULL, "statistics over requests");
	ok(strstr(csv, ",output_tokens_per_s,tokens/s,3,11.0833333333333") != NULL &&
	       strstr(csv, ",10,11,,,,12.25,8.2") != NULL,
	   "statistics over trials, with their interval");
	ok(strstr(csv, ",output_tokens_per_s,tokens/s,0,,,,,,,,,\n") != NULL, "what is unknown is empty");
	ok(strstr(csv, ",memory_total_bytes,bytes,1,,,17179869184,,,,,,\n") != NULL, "counts to the last digit");
	ok(strstr(csv, ",errors,requests,0,,,,,,,,,\n") != NULL, "an unknown count is not 0");
	ok(strstr(csv, ",\"'=cmd|'/c calc'!A1,\"\"x\"\" <b>&amp;?[2J?") != NULL,
	   "a name is quoted, masked, and no formula");
	ok(strstr(csv, "?[2J?\xef\xbf\xbf\",\"a \"\"b\"\" ]]> c\",") != NULL, "reason and the server's words");
	ok(strstr(csv, ",s,,+1,,") != NULL, "a number with a sign is none either");
	free(csv);
	free(twice);
	summary_release(&summary);
}

static void formulas_are_text(void)
{
	static const char *const rows[][2] = {
	    {"-1", ",-1,"},         {"+1.5e3", ",+1.5e3,"}, {"-1+1", ",'-1+1,"}, {"@SUM(1)", ",'@SUM(1),"},
	    {"\t=1+1", ",' =1+1,"}, {"\r=1", ",?=1,"},      {"a=b", ",a=b,"},    {"-", ",'-,"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_cell cell = {rows[i][0], 1, CELL_DONE, 0, {0}, 0};
		struct summary summary = made_run(&cell, 1);
		char *csv = written(format_csv, &summary, 1);

		ok(strstr(csv, rows[i][1]) != NULL, rows[i][1]);
		free(csv);
		summary_release(&summary);
	}
}

static void junit_has_cases(void)
{
	struct summary summary = nasty_run();
	char *xml = written(format_junit, &summary, 1);

	ok(strstr(xml, "<testsuites name=\"llmbench\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" "
	               "time=\"12.500\">") != NULL,
	   "all of them are counted");
	ok(strstr(xml,
	          "<testsuite name=\"Made: m\" tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"1\" time=\"12.500\" "
	          "timestamp=\"2026-11-21T06:19:00\">") != NULL,
	   "a suite for each model");
	ok(strstr(xml, "<testcase classname=\"made.m\" name=\"parallel 1\" time=\"12.500\">\n") != NULL,
	   "a case for each cell");
	ok(strstr(xml, "name=\"parallel 4\">\n\t\t\t<error type=\"unfinished\" message=\"unfinished\"></error>") !=
	       NULL,
	   "an unknown time is left out; what was not finished is an error");
	ok(strstr(xml, "<skipped message=\"does not fit\"></skipped>") != NULL, "what was skipped says why");
	ok(strstr(xml, "<failure type=\"timeout\" message=\"=cmd|'/c calc'!A1,&quot;x&quot; &lt;b&gt;&amp;amp;?[2J??\">"
	               "a &quot;b&quot; ]]&gt; c</failure>") != NULL,
	   "a failure says how most requests failed, why, and what the server said");
	ok(strstr(xml, "<system-out>tpot_ms p50 20.000 ms\noutput_tokens_per_s p50 11.0 [8.3, 13.9] tokens/s\n"
	               "flag: drift &lt;1&gt;\n</system-out>") != NULL,
	   "figures and flags");
	ok(strstr(xml, "<property name=\"server_version\" value=\"+1\"/>") != NULL, "properties of the suite");
	free(xml);
	summary_release(&summary);
}

int main(void)
{
	csv_is_tidy();
	formulas_are_text();
	junit_has_cases();
	return tap_done();
}
