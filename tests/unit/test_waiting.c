/*
 * How many wait at a time, on pictures whose answer can be seen, and on the
 * instants of a real llama-server with 12 requests on 4 slots.
 */
#include "core/waiting.h"

#include <math.h>

#include "tap.h"

enum { MOST = 12 };

static struct record make(double sent_ms, double header_ms, double done_ms)
{
	return (struct record){
	    .sent_ns = isnan(sent_ms) ? TIME_UNKNOWN : (int64_t)(sent_ms * 1e6),
	    .header_ns = isnan(header_ms) ? TIME_UNKNOWN : (int64_t)(header_ms * 1e6),
	    .done_ns = (int64_t)(done_ms * 1e6),
	};
}

/* A line for each request, a letter a millisecond: w it waits, then x it is worked on. */
static const struct picture {
	const char *lines[MOST];
	const char *levels; /* a digit a millisecond */
	double mean;
	const char *what;
} pictures[] = {
    {{NULL}, "000", 0, "nothing"},
    {{"wwxx"}, "1100", 0.5, "one"},
    {{"xxxx"}, "0000", 0, "one that does not wait"},
    {{"xx", "wwxx", "wwwwxx", "wwwwwwxx"}, "33221100", 1.5, "four on one place"},
    {{"wwww"}, "1111", 1, "one that never got a header waits to its end"},
    {{"wwxx", "  wwxx", "    wwxx"}, "11111100", 0.75, "one begins to wait where the other ends: one"},
};

static void pictures_are_seen(void)
{
	for (size_t p = 0; p < sizeof(pictures) / sizeof(pictures[0]); p++) {
		const struct picture *picture = &pictures[p];
		size_t length = strlen(picture->levels), count = 0, highest = 0;
		struct record records[MOST];
		struct waiting waiting;

		for (; picture->lines[count] != NULL; count++) {
			const char *line = picture->lines[count];
			size_t sent = strspn(line, " "), header = sent + strspn(line + sent, "w");

			records[count] =
			    make((double)sent, line[header] == 'x' ? (double)header : NAN, (double)strlen(line));
		}
		waiting = waiting_of(records, count);
		for (size_t ms = 0; ms < length; ms++) {
			size_t level = (size_t)(picture->levels[ms] - '0'), least, most;

			highest = level > highest ? level : highest;
			waiting_between(&waiting, (int64_t)ms * NS_PER_MS, (int64_t)ms * NS_PER_MS + NS_PER_MS - 1,
			                &least, &most);
			is_int(least, level, picture->what);
			is_int(most, level, picture->what);
		}
		is_int(waiting.most, highest, picture->what);
		is_real(waiting_mean(&waiting, 0, (int64_t)length * NS_PER_MS), picture->mean, 1e-12, picture->what);
		waiting_release(&waiting);
	}
}

static void edges(void)
{
	struct record records[] = {make(NAN, NAN, 9), make(2, 6, 8), make(4, 6, 9)};
	struct waiting waiting = waiting_of(records, 3);
	size_t least, most;

	is_int(waiting.count, 3, "one step for each instant, none for what was never sent");
	waiting_between(&waiting, 0, 3 * NS_PER_MS, &least, &most);
	is_int(least, 0, "before the first none waits");
	is_int(most, 1, "a step on the way");
	waiting_between(&waiting, 3 * NS_PER_MS, 6 * NS_PER_MS, &least, &most);
	is_int(least, 0, "the end belongs to the time");
	is_int(most, 2, "and what is between");
	ok(isnan(waiting_mean(&waiting, 5, 5)), "no time, no mean");
	is_real(waiting_mean(&waiting, 3 * NS_PER_MS, 5 * NS_PER_MS), 1.5, 1e-12, "the mean of a part");
	waiting_release(&waiting);
}

/* Sent and header of each request, and what the server told of its deferred ones at some instants, in ms. */
static void as_a_real_server_counts(void)
{
	static const double times[][2] = {
	    {3.6, 9.5},    {4.0, 9.4},    {6.3, 9.4},    {10.9, 49.2},  {15.9, 227.9}, {20.0, 228.6},
	    {23.9, 227.9}, {27.9, 246.1}, {30.1, 424.3}, {33.6, 425.0}, {35.9, 424.3}, {39.9, 444.6},
	};
	static const struct {
		double at_ms;
		size_t deferred;
	} polls[] = {{57.4, 8},  {80.2, 8},  {193, 8},   {230.4, 5}, {252.5, 4},
	             {300.1, 4}, {370.2, 4}, {447.5, 0}, {640.8, 0}};
	struct record records[12];
	struct waiting waiting;

	for (size_t i = 0; i < 12; i++)
		records[i] = make(times[i][0], times[i][1], 650);
	waiting = waiting_of(records, 12);
	is_int(waiting.most, 9, "the most: eight, and one whose place was just made");
	for (size_t i = 0; i < sizeof(polls) / sizeof(polls[0]); i++) {
		size_t least, most;
		int64_t at_ns = (int64_t)(polls[i].at_ms * 1e6);

		waiting_between(&waiting, at_ns, at_ns, &least, &most);
		is_int(most, polls[i].deferred, "what a real llama-server said at that time");
	}
	waiting_release(&waiting);
}

int main(void)
{
	pictures_are_seen();
	edges();
	as_a_real_server_counts();
	return tap_done();
}
