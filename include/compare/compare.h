/*
 * Two runs → what changed between them, and whether that can be told. Pure: the
 * same summaries and options give the same verdicts and the same bytes.
 *
 * Cells are matched by all of their settings but those of measuring (how many
 * trials, timeouts). What makes two runs not comparable is a difference of one
 * of the parts below; a part that is allowed to differ is told, and no more.
 *
 * Figures are compared over trials (core/comparison.h). Of the 5 % of
 * comparisons that may call anything better or worse where nothing changed,
 * the main figures have COMPARE_MAIN_LEVEL: those that relative rules name, or
 * else the speed of each cell. All others have what is left, or 5 % too once a
 * main figure did change. Within each of both families p is corrected by
 * comparison_correct(). So a few figures are found easily, whatever else is
 * looked at, and the many seldom cry wolf.
 */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include "base/failure.h"
#include "compare/rule.h"
#include "core/comparison.h"
#include "core/summary.h"

struct document;

/* X(symbol, word of --allow, what may differ then) */
#define COMPARE_PARTS(X)                                                                                           \
	X(COMPARE_MACHINE, "machine", "the machine, its GPU, or the device that is simulated")                     \
	X(COMPARE_MODEL, "model", "the model's name, or its digest")                                               \
	X(COMPARE_SERVER, "server", "the server, its version, and with another adapter who counts the tokens")     \
	X(COMPARE_PROMPT, "prompt", "what requests say")                                                           \
	X(COMPARE_SETTINGS, "settings", "knobs that have one value in each of both runs, and what a profile sets") \
	X(COMPARE_TOOL, "tool", "who stamps what was received: the kernel, or llmbench when it wakes")

enum compare_part {
#define X(symbol, word, meaning) symbol,
	COMPARE_PARTS(X)
#undef X
};
enum { COMPARE_PART_COUNT = COMPARE_TOOL + 1 };

const char *compare_part_word(enum compare_part part);
const char *compare_part_meaning(enum compare_part part);

#define COMPARE_LEVEL      0.05  /* of false alarms, in a comparison */
#define COMPARE_MAIN_LEVEL 0.048 /* of it, for the main figures */
#define COMPARE_MARGIN_PCT 5.0   /* the default of margin_pct */

struct compare_options {
	bool allowed[COMPARE_PART_COUNT];
	double margin_pct;                /* "the same": the interval of the change lies within ± this */
	const struct compare_rule *rules; /* borrowed */
	size_t rule_count;
	bool all; /* compare_document() has every figure, also those that did not change */
};

struct compare_difference {
	enum compare_part part;
	bool allowed;
	char *what, *base, *now; /* owned; foreign text */
};

struct compare_pair {
	const struct cell_summary *base, *now;
	char *name;       /* owned: what tells it from the others, "parallel 4"; foreign text */
	bool failed;      /* it was done in BASE, and fails now */
	bool more_errors; /* it is done in both, but more of its requests failed; a rule on `errors` takes its place */
	bool unfinished;  /* it was done in BASE, and was not measured to its end now */
	size_t first_figure, figure_count;
};

/* X(symbol, word in JSON and tables) */
#define COMPARE_VERDICTS(X)                                                                             \
	X(VERDICT_BETTER, "better")          /* established, and of COMPARISON_SMALL_PCT at least */    \
	X(VERDICT_WORSE, "worse")            /* likewise */                                             \
	X(VERDICT_CHANGED, "changed")        /* likewise, of a figure of which neither way is better */ \
	X(VERDICT_SAME, "same within noise") /* the interval lies within ± margin */                   \
	X(VERDICT_CANNOT_TELL, "cannot tell")

enum compare_verdict {
#define X(symbol, word) symbol,
	COMPARE_VERDICTS(X)
#undef X
};

const char *compare_verdict_word(enum compare_verdict verdict);

struct compare_figure {
	size_t pair;
	const struct metric *metric;
	const struct distribution_statistic
	    *statistic; /* of requests; NULL: the metric has one value per trial or cell */
	bool main;
	struct comparison comparison; /* of METRIC_CELL: one value each, and no interval */
	double corrected_p;           /* NAN unknown */
	bool established;             /* corrected_p is within the level of its family */
	enum compare_verdict verdict;
	const char *reason; /* why it cannot be told; NULL */
};

/* X(symbol, word) */
#define GATE_STATES(X)             \
	X(GATE_PASSED, "passed")   \
	X(GATE_TRIPPED, "tripped") \
	X(GATE_CANNOT_TELL, "cannot tell")

enum gate_state {
#define X(symbol, word) symbol,
	GATE_STATES(X)
#undef X
};

const char *gate_state_word(enum gate_state state);

/* One rule in one cell. */
struct compare_gate {
	const struct compare_rule *rule;
	size_t pair;
	enum gate_state state;
	double value;             /* what is held against the limit: the change in %, or the figure */
	struct interval interval; /* of it, 95 %; unknown of one value */
};

struct compare_result {
	const struct summary *base, *now; /* borrowed */
	struct compare_options options;
	enum status status; /* of `llmbench compare` */
	struct compare_difference *differences;
	size_t difference_count;
	struct compare_pair *pairs; /* in BASE's order */
	size_t pair_count;
	struct compare_lonely { /* cells of one run only */
		const struct cell_summary *cell;
		char *name; /* owned */
		bool of_base;
	} * lonely;
	size_t lonely_count;
	struct compare_figure *figures; /* by pair, then in the order of metrics[]; none when not comparable */
	size_t figure_count;
	struct compare_gate *gates; /* by rule, then by pair */
	size_t gate_count;
	char **warnings; /* what to know before trusting it; foreign text */
	size_t warning_count;
};

/* Both summaries and the options' rules must outlive the result. */
void compare_runs(const struct summary *base, const struct summary *now, const struct compare_options *options,
                  struct compare_result *result);
void compare_release(struct compare_result *result);

/* Whether a part differs that is not allowed to. */
bool compare_is_refused(const struct compare_result *result);

/* "worse", "not comparable" …: the status in words. */
const char *compare_outcome(const struct compare_result *result);

void compare_document(const struct compare_result *result, struct document *into);

/* llmbench.comparison/1 */
struct json *compare_json(const struct compare_result *result);

#endif
