/*
 * Server-sent events: every way to end a line, fields, comments, several data
 * lines, ends without an empty line; and how the same bytes read when cut.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"
#include "target/sse.h"

/* All events as "data@last!" joined, '!' where the body ended within it; the caller frees it. */
static char *events_of(const char *bytes, size_t size)
{
	/* No byte beyond the body may be read. */
	char *exact = memory_copy(bytes, size);
	struct sse sse = {.bytes = exact, .size = size};
	struct sse_event event;
	struct text all = {0};

	while (sse_next(&sse, &event)) {
		text_add(&all, all.size > 0 ? " " : "");
		text_add_masked(&all, event.data, event.size);
		text_addf(&all, "@%zu%s", event.last, event.ended ? "" : "!");
	}
	sse_release(&sse);
	free(exact);
	return text_take(&all);
}

static void is_events(const char *bytes, size_t size, const char *want)
{
	char *got = events_of(bytes, size), *what = text_format("events: %s", want);

	is_text(got, want, what);
	free(what);
	free(got);
}

#define EVENTS(bytes, want) is_events(bytes, sizeof(bytes) - 1, want)

static void test_events(void)
{
	EVENTS("", "");
	EVENTS("\n\n\r\n", "");
	EVENTS("data: a\n\n", "a@7");
	EVENTS("data:a\n\ndata: b\n\n", "a@6 b@15");
	EVENTS("data:  a\n\n", " a@8");
	EVENTS("data: a\r\n\r\ndata: b\r\n\r\n", "a@7 b@18");
	EVENTS("data: a\r\rdata: b\r\r", "a@7 b@16");
	EVENTS("data: a\n\n\n\ndata: b\n\n", "a@7 b@18");
	EVENTS(": ping\n\ndata: a\n\n:\n\n:\n", "a@15");
	EVENTS("event: x\nid: 1\ndata: a\nretry: 9\n\n", "a@22");
	EVENTS("data: a\ndata: b\ndata\n\n", "a b @20");
	EVENTS("data: a\n:\ndata: b\n\n", "a b@17");
	EVENTS("\xef\xbb\xbf"
	       "data: a\n\n",
	       "a@10");
	EVENTS("database: a\n\ndata : b\n\n", "");
	EVENTS("data\n\n", "@4");
	EVENTS("data: a\0b\n\n", "a?b@9");
}

static void test_ends(void)
{
	EVENTS("data: a", "a@6!");
	EVENTS("data: a\n", "a@7");
	EVENTS("data: a\r", "a@7");
	EVENTS("data: a\r\n", "a@7");
	EVENTS("data: a\r\n\r", "a@7");
	EVENTS("data: a\n\ndata: [DONE]", "a@7 [DONE]@20!");
	EVENTS("data: a\n\ndat", "a@7");
	EVENTS("data: a\n: ping", "a@7");
	EVENTS("data:", "@4!");
}

/* What was read of a beginning is what was read of the whole, as far as it goes. */
static void test_beginnings(void)
{
	static const char bytes[] = ": c\r\ndata: one\r\n\r\nevent: e\ndata:two\ndata: three\n\n\ndata: four";
	char *whole = events_of(bytes, sizeof(bytes) - 1);
	size_t different = 0;

	for (size_t size = 0; size < sizeof(bytes); size++) {
		char *got = events_of(bytes, size), *space = strrchr(got, ' ');

		/* The last event may have been cut off; all before it are as they were. */
		if (space != NULL)
			different += strncmp(got, whole, (size_t)(space - got) - (space[-1] == '!')) != 0;
		free(got);
	}
	is_int(different, 0, "a body that was cut off has the same events before its last");
	free(whole);
}

int main(void)
{
	test_events();
	test_ends();
	test_beginnings();
	return tap_done();
}
