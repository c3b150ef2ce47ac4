/* `budget` and `give_up_after`: when a run, or the cells of a server, come to their end before their time. */
#include "base/clock.h"
#include "base/units.h"
#include "plan/draft.h"

enum { USUAL_FAILURES = 3 };

static bool read_budget(struct draft *draft)
{
	static const char allowed[] = "a duration such as 90s or 8h, from 1s on";
	const struct setting *setting = draft_find(draft, "budget");
	const char *text;
	int64_t ns;

	if (setting == NULL)
		return true;
	text = draft_scalar(draft, setting->source, setting->node, "budget", allowed);
	if (text == NULL)
		return false;
	if (!units_read_duration(text, &ns) || ns < NS_PER_S)
		return draft_fail(draft, setting->source, setting->node, "budget cannot be %s; it is %s",
		                  draft_quote(draft, text), allowed);
	draft->plan->budget_ns = ns;
	return true;
}

bool draft_read_limits(struct draft *draft)
{
	draft->plan->give_up_after = USUAL_FAILURES;
	return read_budget(draft) && draft_whole_number(draft, "give_up_after", 1, &draft->plan->give_up_after);
}
