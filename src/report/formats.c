#include <stdlib.h>

#include "report/closing.h"
#include "report/formats.h"
#include "report/styles.h"

enum { WIDTH_DEFAULT = 80 };

const struct report_style report_styles[] = {
    {"sweep", "a table for each model, a row for each cell; then figures, conditions and how it was measured",
     style_sweep},
    {"tasks", "a table for each task: text, vision, speech, embeddings; key findings", NULL},
    {"grid", "machines × models, or any two knobs, of one metric", style_grid},
    {"full", "summary, findings, best performers, each model, recommendations, system, methodology", NULL},
    {"guide", "profiles and machines: speed, memory, CPU, improvement over a baseline, load times", style_guide},
    {NULL, NULL, NULL},
};

static bool write_built(const struct report_input *input, const struct report_style *style,
                        void (*write)(const struct document *, struct text *), struct text *into,
                        struct failure *failure)
{
	struct document document = {0};
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
    {"md", "Markdown: tables to read, to commit and to compare", write_markdown},
    {"term", "fitted to the terminal's width, then the best cell and the cliff; what a terminal is shown",
     write_terminal},
    {"json", "summary.json: everything, for programs", write_json},
    {"csv", "one tidy row for each cell and metric", format_csv},
    {"html", "one page that loads nothing: tables that sort and filter, charts with values", write_html},
    {"junit", "cells as test cases, for CI", format_junit},
    {NULL, NULL, NULL},
};

const struct report_format *const report_terminal_format = &report_formats[1];

void report_sweep_markdown(const struct summary *summary, struct text *into)
{
	const struct report_run run = {summary};
	const struct report_input input = {.runs = &run, .count = 1};
	struct document document = {0};

	if (style_sweep(&input, &document, NULL))
		document_write_markdown(&document, into);
	document_release(&document);
}
