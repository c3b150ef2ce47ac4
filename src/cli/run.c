#include <stdlib.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/matrix.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "report/report.h"
#include "run/earlier.h"
#include "run/sweep.h"
#include "store/store.h"

static const char *out_of(const struct arguments *arguments)
{
	return arguments_value(arguments, "out", "results");
}

/* The report on stdout is the result; where it is kept goes to stderr. */
static enum status show(enum status status, const struct summary *summary, const char *folder, bool quiet,
                        struct failure *failure)
{
	const struct report_run run = {summary, NULL};
	struct report_input input = {.runs = &run, .count = 1};

	if (folder == NULL)
		return status;
	if (!print_report(&input, &report_styles[0], NULL, failure))
		status = failure->status;
	if (!quiet) {
		char *message = text_format("results are in %s", folder);

		print_message(message);
		free(message);
	}
	return status;
}

/* resume: the run directory that is continued; NULL: a new one. */
static enum status run_plan(const struct plan *plan, const struct arguments *arguments, const char *resume,
                            struct failure *failure)
{
	bool quiet = arguments_has(arguments, "quiet");
	struct progress progress;
	struct summary summary = {0};
	char *folder = NULL;
	enum status status;
	const struct sweep_options options = {
	    .out = out_of(arguments),
	    .resume = resume,
	    .version = llmbench_version,
	    .sample = !arguments_has(arguments, "no-sample"),
	    .prune = !arguments_has(arguments, "no-prune"),
	    .stop = signals_stop(),
	    .report = report_sweep_markdown,
	    .on_progress = progress_show,
	    .on_warning = progress_warn,
	    .context = &progress,
	};

	progress_init(&progress, plan, quiet);
	signals_install();
	status = sweep_run(plan, &options, &summary, &folder, failure);
	progress_end(&progress);
	status = show(status, &summary, folder, quiet, failure);
	summary_release(&summary);
	free(folder);
	return status;
}

/* Nothing of it is measured: its status is what it was. */
static enum status tell_finished(const char *folder, struct failure *failure)
{
	struct summary summary = {0};
	enum status status = store_load(folder, &summary, failure) ? sweep_status(&summary) : failure->status;

	if (!failure_is_set(failure)) {
		char *message = text_format(
		    "%s is finished: nothing of it is left to measure (without --resume a new run begins)", folder);

		print_message(message);
		free(message);
	}
	summary_release(&summary);
	return status;
}

/* The run to be continued, when there is something left to do in it. */
static enum status resume_plan(const struct plan *plan, const struct arguments *arguments, struct failure *failure)
{
	const char *run = arguments_value(arguments, "resume", NULL);
	enum status status;
	bool finished;
	char *folder = store_find_unfinished(out_of(arguments), plan->name, run, &finished, failure);

	if (folder == NULL) {
		status = failure->status;
	} else if (finished) {
		status = tell_finished(folder, failure);
	} else {
		status = run_plan(plan, arguments, folder, failure);
	}
	free(folder);
	return status;
}

enum status command_run(const struct arguments *arguments, struct failure *failure)
{
	struct plan plan = {0};
	enum status status;

	if (matrix_load(arguments, &plan, failure) && load_open(failure)) {
		earlier_order(&plan, out_of(arguments));
		status = arguments_has(arguments, "resume") ? resume_plan(&plan, arguments, failure)
		                                            : run_plan(&plan, arguments, NULL, failure);
		load_close();
	} else {
		status = failure->status;
	}
	plan_release(&plan);
	return status;
}
