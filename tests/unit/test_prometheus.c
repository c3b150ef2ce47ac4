/*
 * The text format of Prometheus: what is a sample, what is none, and that no
 * bytes do harm.
 */
#include "target/prometheus.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "tap.h"

/* The only sample of a line; false: the line is none. */
static bool read_one(const char *line, struct prometheus_sample *sample)
{
	struct prometheus text = {line, line + strlen(line)};

	return prometheus_next(&text, sample);
}

static void samples_are_read(void)
{
	static const struct {
		const char *line, *name;
		double value;
	} cases[] = {
	    {"up 1", "up", 1},
	    {"  up\t 1  ", "up", 1},
	    {"up 1\r\n", "up", 1},
	    {"vllm:num_requests_running{engine=\"0\",model_name=\"a/b\"} 3.0", "vllm:num_requests_running", 3},
	    {"x{} 7", "x", 7},
	    {"x{a=\"1\",} 7", "x", 7},
	    {"x{a=\"}\"} 7", "x", 7},
	    {"x{a=\"\\\"} 9\"} 7", "x", 7},
	    {"x{a=\"\\\\\"} 7", "x", 7},
	    {"x {a=\"1\"} 7", "x", 7},
	    {"x 12.47e+03 1395066363000", "x", 12470},
	    {"x 1.5 -3982045", "x", 1.5},
	    {"x_total 5 # {trace=\"a\"} 0.6", "x_total", 5},
	    {"x -4", "x", -4},
	    {"x +Inf", "x", INFINITY},
	    {"x -Inf", "x", -INFINITY},
	    {"x NaN", "x", NAN},
	    {"# HELP x a metric\n# TYPE x gauge\n\nx 2", "x", 2},
	    {"no sample\nx 3", "x", 3},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prometheus_sample sample;

		if (!ok(read_one(cases[i].line, &sample), cases[i].line))
			continue;
		ok(prometheus_is(&sample, cases[i].name), "its name");
		ok(sample.value == cases[i].value || (isnan(sample.value) && isnan(cases[i].value)), "its value");
	}
}

static void others_are_passed_over(void)
{
	static const char *const lines[] = {
	    "",
	    "#",
	    "# EOF",
	    "x",
	    "x ",
	    "x{a=\"1\"}",
	    "1x 2",
	    "x{a=\"1 2",
	    "x{a=\"1\" 2",
	    "x{a=\"1\\",
	    "x 0x10",
	    "x 1_000",
	    "x one",
	    "x 1 words",
	    "{\"x\"} 1",
	    "x-y 1",
	    "x nan(3)",
	    "x 1e",
	    "x 1.2.3",
	    "\xff 1",
	    "x{a=\"1\n\"} 2",
	    "x 00000000000000000000000000000000000000000000000000000000000000001",
	};
	struct prometheus_sample sample;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ok(!read_one(lines[i], &sample), lines[i]);
}

static void labels_are_found(void)
{
	struct prometheus_sample sample;
	struct text value = {0};

	read_one("x{a=\"1\", b = \"q\\\"\\\\\\n}\" ,c=\"\"} 1", &sample);
	ok(prometheus_label(&sample, "a", &value), "the first label");
	is_text(text_string(&value), "1", "its value");
	text_clear(&value);
	ok(prometheus_label(&sample, "b", &value), "a label among blanks");
	is_text(text_string(&value), "q\"\\\n}", "its escapes are undone");
	text_clear(&value);
	ok(prometheus_label(&sample, "c", &value), "the last label");
	is_text(text_string(&value), "", "may be empty");
	ok(!prometheus_label(&sample, "q", &value), "what is inside a value is no label");
	read_one("x 1", &sample);
	ok(!prometheus_label(&sample, "a", &value), "a sample without labels has none");
	read_one("x{a:\"1\"} 1", &sample);
	ok(!prometheus_label(&sample, "a", &value), "labels that are none are not found");
	text_release(&value);
}

/* Every beginning of a text that has everything, in memory of its size, and the text with bytes changed. */
static void any_bytes_are_survived(void)
{
	static const char text[] = "# TYPE a counter\na_total{b=\"c\\\"d\",e=\"\\\\\"} 1e3 17 # {x=\"y\"} 1\r\nq NaN\n";
	uint64_t random = 7;
	size_t read = 0;

	for (size_t round = 0; round < 20000; round++) {
		size_t size = round < sizeof(text) ? round : sizeof(text) - 1;
		char *copy = memory_new(size, 1); /* so that AddressSanitizer sees a byte too far */
		struct prometheus at = {copy, copy + size};
		struct prometheus_sample sample;
		struct text value = {0};

		memcpy(copy, text, size);
		if (round >= sizeof(text))
			for (int i = 0; i < 3; i++)
				copy[random_below(&random, size)] = (char)random_next(&random);
		while (prometheus_next(&at, &sample)) {
			read++;
			prometheus_label(&sample, "e", &value);
		}
		text_release(&value);
		free(copy);
	}
	ok(read > 20000, "damaged texts are read as far as they are whole");
}

int main(void)
{
	samples_are_read();
	others_are_passed_over();
	labels_are_found();
	any_bytes_are_survived();
	return tap_done();
}
