/* Lengths of prompts and answers: how they are written, and what is drawn from them. */
#include "core/lengths.h"

#include <stdlib.h>

#include "tap.h"

enum { DRAWS = 20000 };

static void test_read(void)
{
	static const struct {
		const char *string, *want; /* NULL: refused */
		int64_t typical;
	} cases[] = {
	    {"512", "512", 512},
	    {" 1_000 ", "1000", 1000},
	    {"{mean: 512, spread: 128}", "{mean: 512, spread: 128}", 512},
	    {"{spread:128,mean:512.5,max:600}", "{mean: 512.5, spread: 128, max: 600}", 513},
	    {"{min: 100, max: 900}", "{min: 100, max: 900}", 500},
	    {"{ median: 64, sigma: 0.6, min: 2, max: 99 }", "{median: 64, sigma: 0.6, min: 2, max: 99}", 64},
	    {"0", NULL, 0},
	    {"1001", NULL, 0},
	    {"1.5", NULL, 0},
	    {"", NULL, 0},
	    {"{}", NULL, 0},
	    {"{mean: 5}", NULL, 0},
	    {"{mean: 5, sigma: 1}", NULL, 0},
	    {"{mean: 5, spread: 1, median: 5}", NULL, 0},
	    {"{mean: 5, spread: 0}", NULL, 0},
	    {"{mean: 5, spread: 1, spread: 2}", NULL, 0},
	    {"{mean: 5, spread: 1, min: 6}", NULL, 0},
	    {"{mean: 2000, spread: 1}", NULL, 0},
	    {"{min: 9, max: 8}", NULL, 0},
	    {"{min: 1.5, max: 8}", NULL, 0},
	    {"{min: 1, max: 1001}", NULL, 0},
	    {"{min: 1, max: 8} x", NULL, 0},
	    {"{min: 1, max: 8", NULL, 0},
	    {"{min: 1, max: 8, mode: 3}", NULL, 0},
	    {"{min 1, max: 8}", NULL, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lengths lengths;
		struct text text = {0};
		bool good = lengths_read(cases[i].string, 1, 1000, &lengths);

		ok(good == (cases[i].want != NULL), cases[i].string);
		if (!good)
			continue;
		lengths_add(&lengths, &text);
		is_text(text_string(&text), cases[i].want, "as it is written");
		is_int(lengths_typical(&lengths), cases[i].typical, "typically");
		text_release(&text);
	}
}

static void test_json(void)
{
	struct lengths lengths;
	struct text text = {0};
	struct json *json;

	lengths_read("{mean: 512, spread: 12.5, min: 1}", 1, 1000, &lengths);
	json = lengths_json(&lengths);
	json_add_to(&text, json);
	is_text(text_string(&text), "{\"mean\":512,\"spread\":12.5,\"min\":1}", "JSON of a distribution");
	json_free(json);
	text_release(&text);
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Mean, standard deviation, median, least, most. */
struct drawn {
	double mean, deviation, median, least, most;
};

static struct drawn draw(const char *string, uint64_t seed)
{
	static double values[DRAWS];
	struct lengths lengths;
	struct drawn drawn = {0};
	double squares = 0;

	ok(lengths_read(string, 1, 1000000, &lengths), string);
	for (size_t i = 0; i < DRAWS; i++) {
		values[i] = (double)lengths_draw(&lengths, &seed);
		drawn.mean += values[i] / DRAWS;
	}
	for (size_t i = 0; i < DRAWS; i++)
		squares += (values[i] - drawn.mean) * (values[i] - drawn.mean);
	drawn.deviation = sqrt(squares / (DRAWS - 1));
	qsort(values, DRAWS, sizeof(*values), compare);
	drawn.median = values[DRAWS / 2];
	drawn.least = values[0];
	drawn.most = values[DRAWS - 1];
	return drawn;
}

/* Within five standard errors of the truth: the seed is fixed, so that a right one passes always. */
static void test_draw(void)
{
	struct drawn normal = draw("{mean: 512, spread: 50}", 1), uniform = draw("{min: 100, max: 300}", 2);
	struct drawn lognormal = draw("{median: 400, sigma: 0.5}", 3), cut = draw("{mean: 10, spread: 20, max: 25}", 4);
	struct drawn fixed = draw("77", 5), far = draw("{median: 2, sigma: 30, min: 2, max: 3}", 6);
	double error = 5 / sqrt(DRAWS);

	is_real(normal.mean, 512, 50 * error, "normal: mean");
	is_real(normal.deviation, 50, 50 * error, "normal: spread");
	is_real(normal.median, 512, 50 * 1.26 * error, "normal: median");
	is_real(uniform.mean, 200, 58 * error, "uniform: mean");
	is_real(uniform.deviation, 58.02, 58 * error, "uniform: standard deviation, (n^2 - 1) / 12 of 201 values");
	ok(uniform.least == 100 && uniform.most == 300, "uniform: both ends come");
	is_real(lognormal.median, 400, 400 * 0.5 * 1.26 * error, "lognormal: median");
	is_real(lognormal.mean, 400 * exp(0.125), 242 * error, "lognormal: mean, median times exp(sigma^2 / 2)");
	ok(cut.least == 1 && cut.most == 25, "bounds are kept, and reached");
	ok(cut.mean > 12 && cut.mean < 13.5, "what lies outside is drawn again, and not put at the bound");
	ok(fixed.least == 77 && fixed.most == 77, "a number is itself");
	ok(far.least == 2 && far.most == 3, "bounds that are seldom met");
}

static void test_seeds(void)
{
	struct lengths lengths;
	uint64_t a = 7, b = 7, c = 8;
	size_t same = 0, other = 0;

	lengths_read("{mean: 5000, spread: 900}", 1, 1000000, &lengths);
	for (int i = 0; i < 100; i++) {
		int64_t length = lengths_draw(&lengths, &a);

		same += length == lengths_draw(&lengths, &b);
		other += length != lengths_draw(&lengths, &c);
	}
	is_int(same, 100, "the same seed has the same lengths");
	ok(other > 90, "another one has others");
	a = 1;
	is_int(lengths_draw(&lengths, &a), 4975, "these lengths on every machine");
	is_int(lengths_draw(&lengths, &a), 4795, "and these");
}

int main(void)
{
	test_read();
	test_json();
	test_draw();
	test_seeds();
	return tap_done();
}
