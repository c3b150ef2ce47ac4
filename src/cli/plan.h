/*
 * What `llmbench plan` prints: the plan with a forecast for each of its cells.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "plan/forecast.h"
#include "plan/plan.h"

struct plan_view {
	const struct plan *plan;
	const struct forecast *forecasts; /* one for each cell */
	struct memory_machine machine;
	bool described;      /* by --memory or --gpu: it is not this one */
	const char *earlier; /* folder of the run that times are from; NULL: none */
	char **remarks;      /* what could not be asked or used */
	size_t remark_count;
};

/* Of all cells, the repeats of the anchor among them. */
struct plan_time {
	double seconds; /* of those whose time is known */
	size_t unknown; /* cells and repeats that are not in it */
	size_t cells;   /* earlier ones that it rests on */
};
struct plan_time plan_view_time(const struct plan_view *view);

/* Of one visit, by the cell's forecast; NAN: not known. */
double plan_view_seconds(const struct plan_view *view, const struct plan_visit *visit);

/* How far the budget reaches, by these times, with the mean of the known ones for those that are not. */
struct plan_budget {
	bool known;              /* there is a budget, and a time */
	size_t cells;            /* that are begun */
	size_t whole;            /* those of them that have all their trials */
	const struct cell *last; /* the visit in which it ends, or the last one */
	size_t row;              /* of that visit, from 1 */
};
struct plan_budget plan_view_budget(const struct plan_view *view);
void plan_add_budget(const struct plan_view *view, struct text *into);

/* Whether a cell will fit, in a few words: "in part: 9 layers spill to the CPU". */
void plan_add_fits(const struct forecast *forecast, struct text *into);

/* plan_markdown.c, plan_json.c */
void plan_add_remarks(const struct plan_view *view, struct text *into); /* a list */
void plan_add_markdown(const struct plan_view *view, struct text *into);
void plan_add_json(const struct plan_view *view, struct text *into);

#endif
