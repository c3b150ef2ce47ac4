#include "errors.h"

#include <math.h>

static double ms_between(int64_t from_ns, int64_t to_ns)
{
	return fabs((double)(to_ns - from_ns)) / (double)NS_PER_MS;
}

void errors_add(struct errors *errors, const struct exchange *exchange, size_t request, size_t lines,
                const struct truth_stamps *truth)
{
	const int64_t *sent_ns = &truth->sent_ns[request * lines];
	int64_t read_ns = truth->read_ns[request], before_ns = 0;

	if (exchange->transport != TRANSPORT_COMPLETE || exchange->body_size != lines * TRUTH_LINE_BYTES) {
		errors->failed++;
		return;
	}
	series_add(&errors->send_stamp_ms, ms_between(exchange->sent_ns, read_ns));
	series_add(&errors->send_lag_ms, ms_between(exchange->due_ns, exchange->sent_ns));
	for (size_t line = 0, chunk = 0; line < lines; line++) {
		int64_t at_ns;

		/* A line is here when its last byte is. */
		while (exchange->chunks[chunk].end < (line + 1) * TRUTH_LINE_BYTES)
			chunk++;
		at_ns = exchange->chunks[chunk].at_ns;
		series_add(&errors->lateness_ms, ms_between(sent_ns[line], at_ns));
		if (line == 0)
			series_add(&errors->ttft_ms, ms_between(sent_ns[0] - read_ns, at_ns - exchange->due_ns));
		else
			series_add(&errors->itl_ms, ms_between(sent_ns[line] - sent_ns[line - 1], at_ns - before_ns));
		before_ns = at_ns;
	}
	errors->texts += lines;
	errors->gaps += (double)(lines - 1);
	errors->gaps_ns += (double)(sent_ns[lines - 1] - sent_ns[0]);
}

void errors_sum_up(struct errors *errors, size_t streams, struct error_floor *floor)
{
#define X(member, title, definition) floor->member = error_quantiles_of(errors->member.values, errors->member.count);
	ERROR_KINDS(X)
#undef X
	floor->texts = errors->texts;
	floor->failed = errors->failed;
	if (errors->gaps_ns > 0)
		floor->reached_tokens_per_s = (double)streams * errors->gaps * (double)NS_PER_S / errors->gaps_ns;
}

void errors_release(struct errors *errors)
{
#define X(member, title, definition) series_release(&errors->member);
	ERROR_KINDS(X)
#undef X
	*errors = (struct errors){0};
}
