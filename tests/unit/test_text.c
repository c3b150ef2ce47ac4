/* base: text, failure, clock, memory. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/memory.h"
#include "base/text.h"
#include "tap.h"

static void test_growth(void)
{
	struct text text = {0};

	is_text(text_string(&text), "", "the empty text is a string");
	for (int i = 0; i < 1000; i++)
		text_addf(&text, "%d,", i % 10);
	is_int(text.size, 2000, "a thousand additions");
	is_int(text.data[text.size], 0, "NUL after the bytes");
	text_clear(&text);
	is_text(text_string(&text), "", "cleared");
	text_add(&text, "a");
	text_add_bytes(&text, "\0b", 2);
	is_int(text.size, 3, "bytes may hold a NUL");
	text_release(&text);
	text_release(&text);
	ok(text.data == NULL && text.size == 0, "released twice");

	char *taken = text_take(&text);
	is_text(taken, "", "taking nothing gives the empty string");
	free(taken);
	taken = text_format("%s-%05d", "x", 42);
	is_text(taken, "x-00042", "text_format");
	free(taken);
}

static void test_masking(void)
{
	static const struct {
		const char *bytes, *want;
	} cases[] = {
	    {"plain", "plain"},
	    {"two\nlines\tand a tab", "two lines and a tab"},
	    {"\033[2J\r\b\177", "?[2J???"},
	    {"caf\303\251 \346\227\245", "caf\303\251 \346\227\245"},
	    {"C1 \302\233m", "C1 ?m"},
	    {"raw \233m", "raw ?m"},
	    {"cut \346\227", "cut ??"},
	    {"overlong \300\257", "overlong ??"},
	    {"right to left \u202egpj.exe\u202c, \u2066x\u2069, \u200f, \u061c", "right to left ?gpj.exe?, ?x?, ?, ?"},
	    {"zero width a\u200bb\u2060c\ufeff\u00ad", "zero width a?b?c??"},
	    {"lines\u2028and\u2029paragraphs", "lines?and?paragraphs"},
	    {"tags \U000e0041\U000e007f", "tags ??"},
	    {"joiners a\u200db \u200c", "joiners a?b ?"},
	    {"joiners of what is masked \346\227\u200dx \u202e\u200c \355\240\200\u200d a\u200d\u200d",
	     "joiners of what is masked ???x ?? ???? a??"},
	    {"joined \u0646\u200c\u0647 \U0001f469\u200d\U0001f4bb",
	     "joined \u0646\u200c\u0647 \U0001f469\u200d\U0001f4bb"},
	    {"\u05d0\u0627 \u2764\ufe0f", "\u05d0\u0627 \u2764\ufe0f"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text text = {0};

		text_add_masked(&text, cases[i].bytes, strlen(cases[i].bytes));
		is_text(text_string(&text), cases[i].want, cases[i].want);
		text_release(&text);
	}
}

static void test_escaping(void)
{
	static const char bytes[] = "<a b=\"c\"> & é\n\033\xff\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd";
	struct text text = {0};

	text_add_escaped(&text, bytes, strlen(bytes));
	is_text(text_string(&text), "&lt;a b=&quot;c&quot;&gt; &amp; é ????\xef\xbf\xbd",
	        "what XML reads otherwise is escaped, what it does not allow is masked");
	text_release(&text);
}

static void test_hiding(void)
{
	static const struct {
		const char *bytes, *want;
	} cases[] = {
	    {"sk/1+2=", "*******"},
	    {"a sk/1+2=sk/1+2=b", "a **************b"},
	    {"sk/1+2 sk/1+2", "sk/1+2 sk/1+2"},
	    {"ssk/1+2=", "s*******"},
	    {"{\"e\":\"sk\\/1+2=\"}", "{\"e\":\"********\"}"},
	    {"\\u0073k\\u002F1\\u002b2\\u003d", "***************************"},
	    {"\"{\\\"e\\\": \\\"sk\\\\\\/1\\\\u002B2=\\\"}\"", "\"{\\\"e\\\": \\\"****************\\\"}\""},
	    {"http://h/?key=sk%2F1%2b2%3D&a=1", "http://h/?key=*************&a=1"},
	    {"http://h/?next=sk%252F1%252B2%3d&a", "http://h/?next=*****************&a"},
	    {"sk%2G1+2=, sk%2", "sk%2G1+2=, sk%2"},
	    {"sk\\", "sk\\"},
	    {"sk\\/1\\u002", "sk\\/1\\u002"},
	    {"sk%", "sk%"},
	    {"sk%25", "sk%25"},
	};
	char none[] = "none";

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *bytes = text_format("%s", cases[i].bytes);

		ok(text_hide(bytes, strlen(bytes), "sk/1+2=") == (strcmp(cases[i].bytes, cases[i].want) != 0), bytes);
		is_text(bytes, cases[i].want, "a secret is hidden, escaped or not");
		free(bytes);
	}
	ok(!text_hide(none, 4, ""), "an empty secret is none");
}

static void test_comparing(void)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} cases[] = {
	    {"", "", 0},           {"", "abc", 3},           {"abc", "", 3},   {"model", "modle", 1},
	    {"model", "Model", 0}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"paralel", "parallel", 1},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		is_int(text_distance(cases[i].a, cases[i].b), cases[i].want, cases[i].b);
	ok(text_equal(NULL, NULL) && !text_equal(NULL, "") && !text_equal("", NULL) && text_equal("a", "a"),
	   "NULL equals only NULL");
	ok(text_starts_with("abc", "ab") && !text_starts_with("a", "ab") && text_starts_with("a", ""), "prefixes");
}

static void test_width(void)
{
	is_int(text_width("abc"), 3, "ASCII");
	is_int(text_width("caf\303\251"), 4, "two bytes, one column");
	is_int(text_width("cafe\314\201"), 4, "a combining accent takes no column");
	is_int(text_width("\346\227\245\346\234\254"), 4, "East-Asian wide takes two");
	is_int(text_width("\360\237\230\200"), 2, "so does an emoji");
	is_int(text_width("\377\376"), 2, "malformed bytes count one each");
	is_int(text_width("\342\200\223"), 1, "the dash for unknown");
}

static void test_failure(void)
{
	struct failure failure = {0};

	ok(!failure_is_set(&failure), "nothing failed yet");
	ok(!failure_set(&failure, STATUS_USER_MISTAKE, "no %s", "disk"), "failure_set returns false");
	failure_set(&failure, STATUS_CANNOT_GO_ON, "a consequence");
	is_text(failure.message, "no disk", "the first failure is kept");
	is_int(failure.status, STATUS_USER_MISTAKE, "with its status");
	failure_release(&failure);
	ok(!failure_is_set(&failure), "released");
}

static void test_clock(void)
{
	static const struct {
		int64_t ns;
		const char *utc, *name;
	} cases[] = {
	    {0, "1970-01-01T00:00:00Z", "19700101T000000Z"},
	    {INT64_C(1795241940) * NS_PER_S + 999999999, "2026-11-21T06:19:00Z", "20261121T061900Z"},
	    {-1, "1969-12-31T23:59:59Z", "19691231T235959Z"},
	    {INT64_C(951782400) * NS_PER_S, "2000-02-29T00:00:00Z", "20000229T000000Z"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text utc = {0}, name = {0};

		clock_add_utc(&utc, cases[i].ns);
		clock_add_utc_name(&name, cases[i].ns);
		is_text(utc.data, cases[i].utc, cases[i].utc);
		is_text(name.data, cases[i].name, cases[i].name);
		text_release(&utc);
		text_release(&name);
	}

	int64_t before_ns = clock_now_ns();

	clock_sleep_until(before_ns - NS_PER_S);
	clock_sleep_until(before_ns + 3 * NS_PER_MS);
	ok(clock_now_ns() - before_ns >= 3 * NS_PER_MS, "never wakes early");
	ok(clock_wall_ns() > INT64_C(1700000000) * NS_PER_S, "the wall clock is in this century");
}

static void test_memory(void)
{
	int *items = NULL;
	size_t capacity = 0;

	for (size_t count = 0; count < 100; count++) {
		items = memory_grow(items, &capacity, count, sizeof *items);
		items[count] = (int)count;
	}
	ok(capacity >= 100 && capacity < 400, "grows by doubling");
	ok(items[0] == 0 && items[99] == 99, "and keeps what is in it");
	free(items);

	char *copy = memory_string(NULL);
	ok(copy == NULL, "NULL stays NULL");
	copy = memory_new(0, 8);
	ok(copy != NULL, "memory for nothing is not NULL");
	free(copy);
}

int main(void)
{
	test_growth();
	test_masking();
	test_escaping();
	test_hiding();
	test_comparing();
	test_width();
	test_failure();
	test_clock();
	test_memory();
	return tap_done();
}
