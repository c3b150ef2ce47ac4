#include "cli/matrix.h"

bool matrix_load(const struct arguments *arguments, struct plan *plan, struct failure *failure)
{
	const char *set[ARGUMENTS_MAX], *only[ARGUMENTS_MAX];
	const struct plan_options options = {
	    .set = set,
	    .set_count = arguments_values(arguments, "set", set),
	    .only = only,
	    .only_count = arguments_values(arguments, "only", only),
	};
	const char *path = arguments_value(arguments, "matrix", NULL);

	if (path == NULL)
		return failure_set(failure, STATUS_USER_MISTAKE, "no matrix: --matrix FILE names it");
	if (!plan_load(path, &options, plan, failure))
		return false;
	for (size_t i = 0; i < plan->warning_count; i++)
		print_message(plan->warnings[i]);
	return true;
}
