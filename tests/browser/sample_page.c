/*
 * usage: sample_page >page.html
 * A page with everything that tests/browser/check.py looks at: figures in no order, equal and unknown ones, a table
 * wider than a phone, names that try to be tags.
 */
#include <math.h>
#include <stdio.h>

#include "document/document.h"

static const struct row {
	const char *model;
	double size_bytes;
	double output_tokens_per_s, ttft_ms, itl_ms;
	int64_t parallel;
	const char *notes;
} rows[] = {
    {"llama3.2", 2.0e9, 84.31, 73.7, 11.04, 4, "Memory Usage: 3.477Gi/16.000Gi"},
    {"mistral", 4.1e9, 41.7, 146.6, 23.4, 4, "Memory Usage: 9.894Gi/16.000Gi; trials drift by 4 % from first to last"},
    {"deepseek-r1:1.5b", 1.1e9, 141.9, 39, 6.9, 4, "Memory Usage: 1.823Gi/16.000Gi"},
    {"<img src=x onerror=alert(1)>", NAN, NAN, NAN, NAN, 128, "failed to allocate Metal buffer of size 8891928576"},
    {"qwen3-vl:8b", 6.1e9, 23.05, 412.9, 43.1, 1,
     "asked parallel 4, got 1 (the architecture qwen3vl is forced to 1); Memory Usage: 11.020Gi/16.000Gi"},
    {"phi4-mini", 2.5e9, 84.31, 81.2, 11.6, 4, "Memory Usage: 4.120Gi/16.000Gi"},
    {"gemma3:270m", 0.29e9, 1012.4, 9.5, 0.97, 16, "Memory Usage: 1.102Gi/16.000Gi"},
};

static void add_prose(struct document *document)
{
	text_add(document_heading(document, 1), "Sample, a simulated Apple M4");
	text_add(
	    document_paragraph(document),
	    "Seven models on one machine, four requests at once. What was not measured is unknown, and never ranked.");
	text_add(document_heading(document, 2), "Key findings");
	text_add(document_item(document),
	         STRONG("Fastest: gemma3:270m") " with 1012 tokens/s, 7.1 times the next one.");
	text_add(document_item(document), STRONG("Best of those over 2 GB: phi4-mini") ", level with llama3.2.");
	text_add(document_item(document),
	         "qwen3-vl:8b runs one request at a time, whatever " CODE("OLLAMA_NUM_PARALLEL") " says.");
}

static void add_figures(struct document *document)
{
	struct table *table;

	text_add(document_heading(document, 2), "Latency and throughput");
	table = document_table(document);
	table_column(table, "Model");
	table_number_column(table, "Size");
	table_number_column(table, "Parallel");
	table_number_column(table, "Output tokens/s");
	table_number_column(table, "TTFT p50 (ms)");
	table_number_column(table, "ITL p50 (ms)");
	table_column(table, "Notes");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		table_row(table);
		table_cell_text(table, row->model);
		inline_add_number(table_cell(table, row->size_bytes), row->size_bytes / 1e9, 1);
		table_cell_number(table, (double)row->parallel, 0);
		table_cell_number(table, row->output_tokens_per_s, 1);
		table_cell_number(table, row->ttft_ms, 1);
		table_cell_number(table, row->itl_ms, 2);
		table_cell_text(table, row->notes);
	}
}

static void add_charts(struct document *document)
{
	static const double parallel[] = {1, 2, 4, 8, 16, 32};
	static const double speeds[2][6] = {{31.2, 58.9, 84.3, 131.5, NAN, 160.2},
	                                    {22.4, 34.1, 41.7, 49.9, 51.3, 50.8}};
	static const char *const names[] = {"llama3.2", "<b>mistral</b>"};
	struct plot *plot = plot_new("tokens-by-parallel", "Output tokens/s by parallel");

	plot_set_axis(&plot->x, "parallel", NULL, PLOT_LOG2);
	plot_set_axis(&plot->y, "output tokens/s", "tokens/s", PLOT_LINEAR);
	for (size_t i = 0; i < 2; i++) {
		struct plot_series *series = plot_add_series(plot, PLOT_LINE, names[i]);

		for (size_t at = 0; at < 6; at++) {
			double speed = speeds[i][at];

			plot_add_point(series, parallel[at], speed, &(struct interval){speed * 0.96, speed * 1.04});
		}
	}
	document_chart(document, plot);
	plot = plot_new("context-by-parallel", "Output tokens/s by context and parallel");
	plot_set_axis(&plot->x, "parallel", NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, "context", "tokens", PLOT_LINEAR);
	for (size_t i = 0; i < 4; i++) {
		plot_category(&plot->x, (const char *[]){"1", "2", "4", "8"}[i]);
		plot_category(&plot->y, (const char *[]){"2048", "4096", "8192", "16384"}[i]);
	}
	plot_make_heat(plot, "output tokens/s", "tokens/s");
	for (size_t x = 0; x < 4; x++)
		for (size_t y = 0; y + x < 6; y++)
			plot_set_heat(plot, x, y < 4 ? y : 3, (double)(20 + 30 * x) / (double)(1 + y));
	document_chart(document, plot);
}

static void add_conditions(struct document *document)
{
	static const char *const conditions[][3] = {
	    {"power source", "AC", "AC"}, {"thermal state", "nominal", "fair"}, {"swap used", "0", "1.2Gi"}};
	struct table *table;

	text_add(document_heading(document, 2), "Conditions");
	text_add(document_heading(document, 3), "At the start and the end");
	table = document_table(document);
	table_column(table, "What");
	table_column(table, "Start");
	table_column(table, "End");
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		table_row(table);
		for (size_t column = 0; column < 3; column++)
			table_cell_text(table, conditions[i][column]);
	}
	text_add(document_heading(document, 3), "The model");
	text_add(document_code(document), "  Model\n    architecture        llama\n    parameters          3.2B\n"
	                                  "    context length      131072\n\n  License\n    LLAMA 3.2 COMMUNITY "
	                                  "LICENSE AGREEMENT, and a line that is longer than a phone is wide\n");
	text_add(document_heading(document, 2), "How it was measured");
	text_add(document_step(document), STRONG("TTFT") ": from when the request was due to the first text.");
	text_add(document_step(document), STRONG("ITL") ": gap between successive pieces of text.");
}

int main(void)
{
	struct document document = {0};
	struct text page = {0};
	bool written;

	add_prose(&document);
	add_figures(&document);
	add_charts(&document);
	add_conditions(&document);
	document_write_html(&document, &page);
	written = fwrite(page.data, 1, page.size, stdout) == page.size && fflush(stdout) == 0;
	text_release(&page);
	document_release(&document);
	return written ? 0 : 1;
}
