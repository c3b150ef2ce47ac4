#include <math.h>

#include "cli/planning.h"
#include "core/until.h"
#include "load/load.h"

static void add_times(const struct plan_view *view, size_t cell, size_t times, struct plan_time *sum)
{
	const struct forecast_time *time = &view->forecasts[cell].time;

	sum->cells += time->cells;
	if (isnan(time->seconds))
		sum->unknown += times;
	else
		sum->seconds += time->seconds * (double)times;
}

struct plan_time plan_view_time(const struct plan_view *view)
{
	struct plan_time sum = {0};

	for (size_t i = 0; i < view->plan->cell_count; i++)
		add_times(view, i, i == 0 ? 1 + plan_repeats(view->plan) : 1, &sum);
	return sum;
}

double plan_view_seconds(const struct plan_view *view, const struct plan_visit *visit)
{
	return view->forecasts[visit->cell->index].time.seconds * (double)visit->trials /
	       (double)cell_trials_most(visit->cell);
}

typedef void (*plan_writer)(const struct plan_view *view, struct text *into);

static plan_writer find_writer(const char *format, struct failure *failure)
{
	if (text_equal(format, "md"))
		return plan_add_markdown;
	if (text_equal(format, "json"))
		return plan_add_json;
	failure_set(failure, STATUS_USER_MISTAKE, "no such format \"%s\" of a plan: md or json", format);
	return NULL;
}

enum status command_plan(const struct arguments *arguments, struct failure *failure)
{
	plan_writer write = find_writer(arguments_value(arguments, "format", "md"), failure);
	struct planning planning = {0};
	struct text text = {0};

	if (write != NULL && planning_read(arguments, &planning, failure) && load_open(failure)) {
		planning_forecast(arguments, &planning);
		write(&planning.view, &text);
		load_close();
		print_result(text_string(&text), failure);
	}
	text_release(&text);
	planning_release(&planning);
	return failure_is_set(failure) ? failure->status : STATUS_DONE;
}
