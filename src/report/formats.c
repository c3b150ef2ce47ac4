#include "report/report.h"

const struct report_format report_formats[] = {
    {"md", "Markdown: the sweep table of each model, figures per cell, definitions", report_sweep_markdown},
    {"json", "summary.json: everything, for programs", report_json},
    {"csv", "one tidy row for each cell and metric", NULL},
    {"html", "one file with sortable tables and charts", NULL},
    {"junit", "cells as test cases, for CI", NULL},
    {NULL, NULL, NULL},
};

void report_json(const struct summary *summary, struct text *into)
{
	struct json *json = summary_json(summary);

	json_add_indented(into, json);
	text_add_char(into, '\n');
	json_free(json);
}
