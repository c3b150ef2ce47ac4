#include <stdlib.h>

#include "report/closing.h"
#include "report/formats.h"
#include "report/styles.h"

enum { WIDTH_DEFAULT = 80 };

const struct report_style report_styles[] = {
    {"sweep", "a table for each model, a row for each cell; then figures, conditions and how it was measured",
     style_sweep},
    {"tasks", "a table for each task: text, vision, speech, embeddings; key findings", style_tasks},
    {"grid", "machines × models, or any two knobs, of one metric", style_grid},
    {"full", "summary, findings, best performers, each model, recommendations, system, methodology", style_full},
    {"guide", "profiles and machines: speed, memory, CPU, improvement over a baseline, load times", style_guide},
    {NULL, NULL, NULL},
};

static bool write_built(const struct report_input *input, const struct report_style *style,
                        void (*write)(const struct document *, struct text *), struct text *into,
                        struct failure *failure)
{
	struct document document = {.chart_stem = input->options.chart_stem};
	bool good = style->build(input, &document, failure);

	if (good)
		write(&document, into);
	document_release(&document);
	return good;
}

/* The document, and in one sentence each what a person looks for first. */
static bool write_terminal(const struct report_input *input, const struct report_style *style, struct text *into,
                           struct failure *failure)
{
	const struct report_options *options = &input->options;
	struct document document = {0};
	bool good = style->build(input, &document, failure);

	if (good) {
		report_add_closing(input, &document);
		document_write_terminal(&document, options->width > 0 ? options->width : WIDTH_DEFAULT, options->colour,
		                        into);
	}
	document_release(&document);
	return good;
}

static bool write_markdown(const struct report_input *input, const struct report_style *style, struct text *into,
                           struct failure *failure)
{
	return write_built(input, style, document_write_markdown, into, failure);
}

static bool write_html(const struct report_input *input, const struct report_style *style, struct text *into,
                       struct failure *failure)
{
	return write_built(input, style, document_write_html, into, failure);
}

/* One document for each run. */
static bool write_json(const struct report_input *input, const struct report_style *style, struct text *into,
                       struct failure *failure)
{
	(void)style, (void)failure;
	for (size_t i = 0; i < input->count; i++) {
		struct json *json = summary_json(input->runs[i].summary);

		json_add_indented(into, json);
		text_add_char(into, '\n');
		json_free(json);
	}
	return true;
}

const struct report_format report_formats[] = {
    {"md", "Markdown: tables to read, to commit and to compare", write_markdown, REPORT_CHARTS_BESIDE},
    {"term", "fitted to the terminal's width, then the best cell and the cliff; what a terminal is shown",
     write_terminal, REPORT_NO_CHARTS},
    {"json", "summary.json: everything, for programs; of several runs one document after the other", write_json,
     REPORT_NO_CHARTS},
    {"csv", "one tidy row for each cell and metric", format_csv, REPORT_NO_CHARTS},
    {"html", "one page that loads nothing: tables that sort and filter, charts with values", write_html,
     REPORT_CHARTS_INSIDE},
    {"junit", "cells as test cases, for CI", format_junit, REPORT_NO_CHARTS},
    {NULL, NULL, NULL, REPORT_NO_CHARTS},
};

const struct report_format *const report_terminal_format = &report_formats[1];

static void add_files(const struct document *document, struct files *into)
{
	const struct block *chart;

	for (size_t i = 0; (chart = document_chart_at(document, i)) != NULL; i++)
		plot_add_svg(chart->plot, files_add(into, chart->file));
}

bool report_add_chart_files(const struct report_input *input, const struct report_style *style, struct files *into,
                            struct failure *failure)
{
	struct document document = {.chart_stem = input->options.chart_stem};
	bool good = style->build(input, &document, failure);

	if (good)
		add_files(&document, into);
	document_release(&document);
	return good;
}

void report_sweep_markdown(const struct summary *summary, const struct trace *trace, const char *chart_stem,
                           struct text *into, struct files *files)
{
	const struct report_run run = {summary, trace};
	const struct report_input input = {.runs = &run, .count = 1, .options.chart_stem = chart_stem};
	struct document document = {.chart_stem = chart_stem};

	if (style_sweep(&input, &document, NULL)) {
		document_write_markdown(&document, into);
		add_files(&document, files);
	}
	document_release(&document);
}
