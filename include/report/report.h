/*
 * Summaries → text, in two steps that know nothing of each other: a style says
 * what the report says (a document), a format how that is written down. A new
 * style or format is one file and one row. Pure: the same runs and options give
 * the same bytes, in every locale and time zone, whatever the order of lines in
 * the files of a run. Runs are told in the order in which they are given, and
 * what a style takes from the first of them it takes from the first given; else
 * the order changes where something stands, never a figure.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/failure.h"
#include "base/files.h"
#include "core/summary.h"
#include "core/trace.h"

struct document;

struct report_run {
	const struct summary *summary;
	const struct trace *trace; /* NULL: not loaded; charts of what happened over time are left out */
};

enum report_best { REPORT_BEST_NONE, REPORT_BEST_ROW, REPORT_BEST_COLUMN, REPORT_BEST_BOTH };

/* NULL, false and 0: the style's own choice. */
struct report_options {
	const char *rows;           /* --rows: knobs or the words that `help report` lists, with commas between */
	const char *columns;        /* --columns: likewise */
	const char *metric;         /* --metric: one of metrics[] */
	const char *baseline;       /* --baseline: FIELD=VALUE, what improvements are counted from */
	enum report_best mark_best; /* --mark-best: the best of each row, each column, or either is bold */
	bool intervals;             /* --intervals: figures with theirs */
	size_t width;               /* columns of the terminal, for the format term; 0: 80 */
	bool colour;                /* likewise: with escapes for bold and colours */
	/*
	 * What names of the charts' files begin with, beside the report: "m4"
	 * for "m4-tokens-by-parallel.svg". NULL: the report has no charts.
	 */
	const char *chart_stem;
};

/* Everything is borrowed. At least one run. */
struct report_input {
	const struct report_run *runs;
	size_t count;
	struct report_options options;
};

struct report_style {
	const char *name; /* of --style */
	const char *help;
	/* False: an option means nothing here; status 2. */
	bool (*build)(const struct report_input *input, struct document *into, struct failure *failure);
};

extern const struct report_style report_styles[]; /* the first is the default; ended by a NULL name */

enum report_charts { REPORT_NO_CHARTS, REPORT_CHARTS_BESIDE, REPORT_CHARTS_INSIDE };

struct report_format {
	const char *name; /* of --format */
	const char *help;
	bool (*write)(const struct report_input *input, const struct report_style *style, struct text *into,
	              struct failure *failure);
	enum report_charts charts; /* beside: files that it links, see report_add_chart_files() */
};

extern const struct report_format report_formats[]; /* the first is the default; ended by a NULL name */

/* What a terminal is shown where no other format is asked for. */
extern const struct report_format *const report_terminal_format;

/* The files of the charts that Markdown of this style links. */
bool report_add_chart_files(const struct report_input *input, const struct report_style *style, struct files *into,
                            struct failure *failure);

/*
 * What a run writes as report.md and results/<matrix>.md: the first style in
 * the first format. The files of its charts come into `files` when it has any:
 * their names begin with the stem; NULL: no charts. The trace may be NULL.
 */
void report_sweep_markdown(const struct summary *summary, const struct trace *trace, const char *chart_stem,
                           struct text *into, struct files *files);

#endif
