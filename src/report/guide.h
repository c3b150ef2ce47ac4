/*
 * Parts of the style `guide` (guide.c).
 */
#ifndef REPORT_GUIDE_H
#define REPORT_GUIDE_H

#include "core/comparison.h"
#include "document/document.h"
#include "report/points.h"

#define GUIDE_METRIC "output_tokens_per_s"

struct guide {
	const struct report_options *options;
	struct points points;
	/* What improvements are counted from: the cell that differs in `field` alone and has `value` there. */
	const char *field;          /* NULL: there is nothing to compare */
	char *value;                /* owned */
	const struct point **bases; /* one for each point; NULL: none, or the point itself */
	struct fields others;       /* that tell rows apart, beside the model, the machine and the profile */
	bool has_profiles;          /* more than one, or one with a name */
};

/* False: --baseline names nothing. Release it either way. */
bool guide_make(const struct report_input *input, struct guide *into, struct failure *failure);
void guide_release(struct guide *guide);

/* How much better `now` is than `base`, over the trials of GUIDE_METRIC; all unknown when one was not measured. */
struct comparison guide_compare(const struct point *base, const struct point *now);

/* "m4-16g", in bold, then what else tells the row apart: "m4-16g, fast, parallel 4". */
void guide_add_label(const struct guide *guide, const struct point *point, struct text *into);

/* "+40.2% [+35.1, +45.4]" */
void guide_add_change(const struct comparison *comparison, struct text *into);

/* Sections, each in its file. */
void guide_add_performance(const struct guide *guide, struct document *into); /* guide_performance.c */
void guide_add_loads(const struct guide *guide, struct document *into);       /* guide_loads.c */
void guide_add_profiles(const struct guide *guide, struct document *into);    /* guide_profiles.c */
void guide_add_health(const struct guide *guide, struct document *into);      /* guide_health.c */
void guide_add_troubles(const struct guide *guide, struct document *into);    /* guide_health.c */

#endif
