#include "cli/progress.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "cli/terminal.h"

void progress_init(struct progress *progress, const struct plan *plan, bool quiet)
{
	*progress = (struct progress){
	    .quiet = quiet,
	    .terminal = isatty(STDERR_FILENO),
	    .terminal_in = isatty(STDIN_FILENO),
	    .plan = plan,
	};
}

/* "cell 3/40 llama3.2, parallel 16" or "anchor 2 llama3.2, parallel 1": the model, and the other knobs that vary. */
static void add_cell(const struct progress *progress, const struct sweep_progress *now, struct text *line)
{
	if (now->anchor > 0)
		text_addf(line, "anchor %zu ", now->anchor);
	else
		text_addf(line, "cell %zu/%zu ", now->cell, now->cell_count);
	text_add(line, now->settings->model);
	for (size_t i = 0; i < progress->plan->axis_count; i++) {
		const struct cell_field *field = cell_field_find(progress->plan->axes[i]);

		if (field == NULL || text_equal(field->name, "model"))
			continue;
		text_addf(line, ", %s ", field->name);
		cell_field_add_value(field, now->settings, line);
	}
	if (progress->plan->server_count > 1)
		text_addf(line, ", server %s", now->settings->server->name);
	if (now->settings->profile_name != NULL)
		text_addf(line, ", profile %s", now->settings->profile_name);
}

static void add_left(const struct sweep_progress *now, struct text *line)
{
	if (isnan(now->seconds_left))
		return;
	if (now->seconds_left < 90)
		text_addf(line, ", about %.0f s left", now->seconds_left);
	else if (now->seconds_left < 5400)
		text_addf(line, ", about %.0f min left", now->seconds_left / 60);
	else
		text_addf(line, ", about %.1f h left", now->seconds_left / 3600);
}

static void add_now(const struct sweep_progress *now, struct text *line)
{
	text_addf(line, ": %s", sweep_step_word(now->step));
	if (now->step == SWEEP_MEASURING && now->settings->trials > 1)
		text_addf(line, " %d/%lld", now->trial, (long long)now->settings->trials);
	if (now->step == SWEEP_MEASURING) {
		text_addf(line, ", %zu/%zu requests", now->load.done, now->load.count);
		if (!isnan(now->tokens_per_s))
			text_addf(line, ", %.0f tokens/s", now->tokens_per_s);
	}
	if (now->memory_used_bytes != JSON_UNKNOWN) {
		text_add(line, ", ");
		units_add_gi(line, now->memory_used_bytes);
		text_add(line, "B used");
	}
	add_left(now, line);
}

static void add_ended(const struct cell_summary *ended, struct text *line)
{
	text_addf(line, ": %s", cell_status_name(ended->status));
	if (!isnan(ended->duration_s))
		text_addf(line, ", %.1f s", ended->duration_s);
	if (ended->sent > 0)
		text_addf(line, ", %lld of %lld requests ok", (long long)ended->ok, (long long)ended->sent);
	if (ended->sent > 0 && ended->memory.system_peak_bytes != JSON_UNKNOWN) {
		text_add(line, ", ");
		units_add_gi(line, ended->memory.system_peak_bytes);
		text_add(line, "B used at most");
	}
	if (ended->reason != NULL)
		text_addf(line, " (%s)", ended->reason);
}

/* A closed terminal is an error of I/O, and so is a pipe without a reader; a full disk is none that ends a sweep. */
static void heed_errors(const struct progress *progress)
{
	struct pollfd in = {.fd = STDIN_FILENO};

	if (ferror(stderr) && (errno == EIO || errno == EPIPE))
		signals_hang_up();
	clearerr(stderr);
	if (progress->terminal_in && poll(&in, 1, 0) > 0 && in.revents & POLLHUP)
		signals_hang_up();
}

/* False while a person holds the output (Ctrl-S): a write would wait, and the load with it. */
static bool takes_output(void)
{
	struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&out, 1, 0) != 0;
}

/* A line longer than the terminal would wrap and could not be rewritten. */
static void rewrite(struct progress *progress, const char *line)
{
	size_t columns = terminal_columns(STDERR_FILENO) - 1;
	size_t bytes = strlen(line);

	if (!takes_output())
		return;
	while (bytes > columns || (bytes > 0 && ((unsigned char)line[bytes] & 0xc0) == 0x80))
		bytes--;
	fprintf(stderr, "\r%.*s\033[K", (int)bytes, line);
	fflush(stderr);
	progress->line_open = true;
}

void progress_end(struct progress *progress)
{
	if (progress->line_open)
		fputs("\r\033[K", stderr);
	progress->line_open = false;
}

void progress_show(void *context, const struct sweep_progress *now)
{
	struct progress *progress = context;
	struct text line = {0}, masked = {0};

	if (progress->quiet || (!progress->terminal && now->step != SWEEP_ENDED)) {
		heed_errors(progress);
		return;
	}
	add_cell(progress, now, &line);
	if (now->step == SWEEP_ENDED)
		add_ended(now->ended, &line);
	else
		add_now(now, &line);
	text_add_masked(&masked, text_string(&line), line.size);
	if (now->step == SWEEP_ENDED) {
		progress_end(progress);
		fprintf(stderr, "%s\n", text_string(&masked));
	} else {
		rewrite(progress, text_string(&masked));
	}
	heed_errors(progress);
	text_release(&line);
	text_release(&masked);
}

void progress_warn(void *context, const char *message)
{
	struct progress *progress = context;

	progress_end(progress);
	print_message(message);
	heed_errors(progress);
}
