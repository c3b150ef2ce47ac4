/*
 * Requests at once, on small examples whose answer can be seen.
 */
#include "core/overlap.h"

#include "tap.h"

enum { MOST = 8 };

/* Records that decode from first to last, a letter a millisecond: "aabb" with a second line "..cc". */
struct picture {
	const char *lines[MOST];
	size_t most, sustained, intervals;
	const char *what;
};

static const struct picture pictures[] = {
    {{NULL}, 0, 0, 0, "nothing"},
    {{"x"}, 0, 0, 0, "a single event has no length"},
    {{"xxxx"}, 1, 1, 1, "one"},
    {{"xxxx", "   xxxx"}, 1, 1, 2, "one that begins where the other ends: one"},
    {{"xxxx", "  xxxx"}, 2, 2, 2, "two"},
    {{"xxxx", "xxxx", "xxxx"}, 3, 3, 3, "three of the same time"},
    {{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "                                       xxxxxxxxxxxxxxxxxxxxxx"},
     2,
     1,
     2,
     "two during a sixtieth of the time"},
    {{"xxxxxxxxxxx", "xxxxxxxxxxx", "          x"}, 2, 2, 2, "a third without a length"},
    {{"xxxxx        xxxxx", "xxxxx"}, 2, 2, 2, "from the first to the last"},
};

static struct overlap of_picture(const struct picture *picture, bool in_flight)
{
	int64_t events[MOST][2];
	struct record records[MOST] = {0};
	size_t count = 0;

	for (; picture->lines[count] != NULL; count++) {
		const char *first = strchr(picture->lines[count], 'x'), *last = strrchr(picture->lines[count], 'x');

		events[count][0] = (first - picture->lines[count]) * NS_PER_MS;
		events[count][1] = (last - picture->lines[count]) * NS_PER_MS;
		records[count].event_ns = events[count];
		records[count].event_count = first == last ? 1 : 2;
		records[count].sent_ns = events[count][0];
		records[count].done_ns = events[count][1];
	}
	return in_flight ? overlap_in_flight(records, count) : overlap_decoding(records, count);
}

/* Two that were read for 10 ms, from 0 and from 4: as the server says, they decoded for so long. */
static size_t surely(int64_t first_ns, int64_t second_ns)
{
	int64_t events[2][2] = {{0, 10 * NS_PER_MS}, {4 * NS_PER_MS, 14 * NS_PER_MS}};
	struct record records[2] = {
	    {.event_ns = events[0], .event_count = 2, .server_decode_ns = first_ns},
	    {.event_ns = events[1], .event_count = 2, .server_decode_ns = second_ns},
	};

	return overlap_decoding_surely(records, 2).most;
}

static void test_surely(void)
{
	is_int(surely(JSON_UNKNOWN, JSON_UNKNOWN), 2, "the server does not tell: as it was read");
	is_int(surely(20 * NS_PER_MS, 20 * NS_PER_MS), 2, "it tells more: as it was read");
	is_int(surely(4 * NS_PER_MS, 10 * NS_PER_MS), 1, "it tells less: no longer than that");
	is_int(surely(5 * NS_PER_MS, 10 * NS_PER_MS), 2, "less, but not by enough");
}

int main(void)
{
	struct record never = {.sent_ns = TIME_UNKNOWN, .done_ns = 5};

	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
		for (int in_flight = 0; in_flight < 2; in_flight++) {
			struct overlap got = of_picture(&pictures[i], in_flight);

			is_int(got.most, pictures[i].most, pictures[i].what);
			is_int(got.sustained, pictures[i].sustained, pictures[i].what);
			is_int(got.intervals, pictures[i].intervals, pictures[i].what);
		}
	test_surely();
	is_int(overlap_in_flight(&never, 1).intervals, 0, "one that was never sent is not in flight");
	return tap_done();
}
