#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "calibrate/calibrate.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "load/load.h"

/* Of streaming: at the default load some ten thousand texts. */
static const double seconds = 2;

/* Below this share of the asked rate the server itself was too slow, and the errors are those of a lower rate. */
static const double rate_reached = 0.95;

static bool read_load(const struct arguments *arguments, struct calibration *calibration, struct failure *failure)
{
	const char *streams = arguments_value(arguments, "streams", "128");
	const char *rate = arguments_value(arguments, "rate", "50");
	int64_t count;

	if (!units_read_integer(streams, &count) || count < 1 || count > CALIBRATE_STREAMS_MAX)
		return failure_set(failure, STATUS_USER_MISTAKE, "--streams %s: allowed is an integer from 1 to %d",
		                   streams, CALIBRATE_STREAMS_MAX);
	if (!units_read_real(rate, &calibration->tokens_per_s) || calibration->tokens_per_s < 1 ||
	    calibration->tokens_per_s > CALIBRATE_RATE_MAX)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--rate %s: allowed is a number of tokens a second from 1 to %d", rate,
		                   CALIBRATE_RATE_MAX);
	if ((double)count * calibration->tokens_per_s > CALIBRATE_TOTAL_MAX)
		return failure_set(
		    failure, STATUS_USER_MISTAKE,
		    "--streams %s with --rate %s: allowed are %d tokens a second of all streams together", streams,
		    rate, CALIBRATE_TOTAL_MAX);
	calibration->streams = (size_t)count;
	return load_reserve_files(2 * calibration->streams, failure);
}

static void add_errors(const struct error_floor *floor, struct text *into)
{
	text_add(into, "| Error (ms) | p50 | p95 | p99 | max | values |\n|----|----:|----:|----:|----:|----:|\n");
#define X(member, title, definition)                                                                               \
	text_addf(into, "| %s | %.3f | %.3f | %.3f | %.3f | %zu |\n", title, floor->member.p50, floor->member.p95, \
	          floor->member.p99, floor->member.max, floor->member.n);
	ERROR_KINDS(X)
#undef X
	text_add(into, "\n| Client and server | |\n|----|----:|\n");
	text_addf(into, "| Tokens/s that the server sent | %.0f |\n", floor->reached_tokens_per_s);
	text_addf(into, "| Share of one core that the client used (%%) | %.1f |\n", 100 * floor->core_share);
	text_addf(into, "| Tokens/s that one core could take (estimate) | %.0f |\n", floor->core_tokens_per_s);
	text_addf(into, "| Requests that failed | %zu |\n\n", floor->failed);
}

static void add_definitions(struct text *into)
{
#define X(member, title, definition) text_addf(into, "- **%s**: %s.\n", title, definition);
	ERROR_KINDS(X)
#undef X
	text_add(into, "- Errors are absolute values against what the server wrote down with the same clock. What "
	               "delays the server between its clock and its system call counts too: they are upper bounds.\n"
	               "- **Share of one core**: CPU time of the client's thread / wall time, connecting included.\n"
	               "- **One core could take**: tokens / CPU time of the client's thread, as if each token cost "
	               "the same at any rate. An estimate.\n\n");
}

/* Status 1 where the tool would flag a cell of this load. */
static enum status add_verdict(const struct error_floor *floor, struct text *into)
{
	struct client_check check = {.floor = *floor, .core_share = floor->core_share};
	struct client_figures figures;

	client_figures_reset(&figures);
	figures.core_share = floor->core_share;
	figures.itl_p50_ms = 1000 / floor->tokens_per_s;
	check.bounds = client_bounds_of(floor, &figures);
	text_addf(into,
	          "Verdict: %s at this load. A TTFT from %.3g ms and an ITL from %.3g ms are at least %d times "
	          "the error's p99",
	          check.bounds == 0 ? "good" : "client-bound", CLIENT_FACTOR * floor->ttft_ms.p99,
	          CLIENT_FACTOR * floor->itl_ms.p99, CLIENT_FACTOR);
	if (check.bounds != 0) {
		text_add(into, "; here: ");
		client_check_add_words(&check, &figures, into);
	}
	text_add(into, ".\n");
	if (floor->reached_tokens_per_s < rate_reached * floor->tokens_per_s * (double)floor->streams)
		text_add(into, "The server could not send at the rate that was asked: the errors are those at the rate "
		               "that it reached.\n");
	return check.bounds == 0 && floor->failed == 0 ? STATUS_DONE : STATUS_CELLS_FAILED;
}

static enum status print_floor(const struct error_floor *floor, struct failure *failure)
{
	char *engine = load_describe();
	struct text text = {0};
	enum status status;

	text_addf(&text, "# Calibration: %zu stream%s of %g tokens/s\n\n", floor->streams,
	          floor->streams == 1 ? "" : "s", floor->tokens_per_s);
	add_errors(floor, &text);
	add_definitions(&text);
	text_addf(&text, "Load engine: %s.\n", engine);
	status = add_verdict(floor, &text);
	free(engine);
	if (!print_result(text_string(&text), failure))
		status = failure->status;
	text_release(&text);
	return status;
}

enum status command_calibrate(const struct arguments *arguments, struct failure *failure)
{
	struct calibration calibration = {.seconds = seconds, .stop = signals_stop()};
	struct error_floor floor;
	bool good;

	if (!read_load(arguments, &calibration, failure) || !load_open(failure))
		return failure->status;
	signals_install();
	good = calibrate(&calibration, &floor, failure);
	load_close();
	if (good && *calibration.stop)
		good = failure_set(failure, STATUS_CANNOT_GO_ON, "interrupted");
	return good ? print_floor(&floor, failure) : failure->status;
}
