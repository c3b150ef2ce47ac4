/* Ticks and places of axes, by tables of ranges. */
#include "plot/scale.h"

#include <stdlib.h>

#include "tap.h"

/* Labels, with '*' where the axis ends beyond its last tick. */
static char *labels_of(const struct ticks *ticks)
{
	struct text text = {0};

	for (size_t i = 0; i < ticks->count; i++) {
		text_add(&text, i > 0 ? " " : "");
		ticks_add_label(ticks, i, &text);
	}
	return text_take(&text);
}

static void check(const struct ticks *ticks, double low, double high, const char *want)
{
	char *labels = labels_of(ticks);
	bool ascending = true;

	is_text(labels, want, want);
	for (size_t i = 1; i < ticks->count; i++)
		ascending = ascending && ticks->values[i] > ticks->values[i - 1];
	ok(ascending && ticks->count > 0, "they ascend");
	ok(ticks->low <= low + fabs(low) * 1e-9 && ticks->high >= high - fabs(high) * 1e-9, "all data are on the axis");
	free(labels);
}

static void test_linear(void)
{
	static const struct {
		double low, high;
		size_t want;
		const char *labels;
	} cases[] = {
	    {0, 100, 5, "0 20 40 60 80 100"},
	    {0, 425, 5, "0 100 200 300 400 500"},
	    {3, 97, 5, "0 20 40 60 80 100"},
	    {0.1, 0.97, 5, "0 0.2 0.4 0.6 0.8 1.0"},
	    {-5, 5, 5, "-6 -4 -2 0 2 4 6"},
	    {-973, -12, 4, "-1000 -500 0"},
	    {1.5e-7, 9e-7, 4, "0 2e-07 4e-07 6e-07 8e-07 1e-06"},
	    {0, 12345, 4, "0 5k 10k 15k"},
	    {0, 9000, 4, "0 5k 10k"},
	    {0, 3.4e6, 4, "0 1M 2M 3M 4M"},
	    {0, 1.7e12, 4, "0 0.5T 1.0T 1.5T 2.0T"},
	    {1e6, 1.2e6, 4, "1.00M 1.05M 1.10M 1.15M 1.20M"},
	    {7, 7, 5, "6.0 6.5 7.0 7.5 8.0"},
	    {0, 0, 5, "0 0.2 0.4 0.6 0.8 1.0"},
	    {-4, -4, 2, "-4.5 -4.0 -3.5"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ticks ticks = ticks_linear(cases[i].low, cases[i].high, cases[i].want);

		check(&ticks, cases[i].low, cases[i].high, cases[i].labels);
	}
}

static void test_logarithmic(void)
{
	static const struct {
		double low, high;
		enum plot_scale scale;
		size_t want;
		const char *labels;
	} cases[] = {
	    {1, 128, PLOT_LOG2, 10, "1 2 4 8 16 32 64 128"},
	    {1, 4096, PLOT_LOG2, 7, "1 4 16 64 256 1024 4096"},
	    {3, 48, PLOT_LOG2, 10, "2 4 8 16 32 64"},
	    {16384, 131072, PLOT_LOG2, 10, "16384 32768 65536 131072"},
	    {8, 8, PLOT_LOG2, 10, "4 8 16"},
	    {0.25, 2, PLOT_LOG2, 10, "0.25 0.5 1 2"},
	    {1, 1000, PLOT_LOG10, 5, "1 10 100 1000"},
	    {0.001, 1, PLOT_LOG10, 5, "0.001 0.01 0.1 1"},
	    {12, 180, PLOT_LOG10, 10, "10 20 50 100 200"},
	    {3e4, 2.5e6, PLOT_LOG10, 4, "100k 1M"},
	    {1e-6, 1e-4, PLOT_LOG10, 4, "1e-06 1e-05 0.0001"},
	    {1, 1e12, PLOT_LOG10, 5, "1 1000 1M 1G 1T"},
	    {5, 5, PLOT_LOG10, 9, "5 10"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ticks ticks = ticks_log(cases[i].low, cases[i].high, cases[i].scale, cases[i].want);

		check(&ticks, cases[i].low, cases[i].high, cases[i].labels);
	}
}

static void test_numbers(void)
{
	static const struct {
		double value;
		int digits;
		const char *want;
	} cases[] = {
	    {425, 4, "425"},    {424.94, 4, "424.9"},      {424.94, 3, "425"},     {0.01234567, 4, "0.01235"},
	    {0, 4, "0"},        {123456.7, 4, "123457"},   {-3.14159, 3, "-3.14"}, {NAN, 4, "–"},
	    {INFINITY, 4, "–"}, {1e-12, 4, "0.000000000"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text text = {0};

		number_add(&text, cases[i].value, cases[i].digits);
		is_text(text_string(&text), cases[i].want, cases[i].want);
		text_release(&text);
	}
}

static void test_places(void)
{
	const struct scale linear = {PLOT_LINEAR, 0, 10, 100, 200}, down = {PLOT_LINEAR, 0, 10, 200, 100};
	const struct scale two = {PLOT_LOG2, 1, 16, 0, 400}, ten = {PLOT_LOG10, 0.1, 100, 0, 300};
	const struct plot_axis log_axis = {.scale = PLOT_LOG10}, linear_axis = {.scale = PLOT_LINEAR};

	is_real(scale_place(&linear, 2.5), 125, 1e-9, "linear");
	is_real(scale_place(&down, 2.5), 175, 1e-9, "pixels count down");
	is_real(scale_place(&two, 4), 200, 1e-9, "powers of two are evenly apart");
	is_real(scale_place(&ten, 1), 100, 1e-9, "and powers of ten");
	ok(axis_shows(&linear_axis, -1) && axis_shows(&linear_axis, 0), "a linear axis has a place for any number");
	ok(!axis_shows(&linear_axis, NAN) && !axis_shows(&linear_axis, INFINITY), "but not for an unknown one");
	ok(axis_shows(&log_axis, 1e-9) && !axis_shows(&log_axis, 0) && !axis_shows(&log_axis, -1),
	   "a logarithmic axis has none for 0 and below");
}

int main(void)
{
	test_linear();
	test_logarithmic();
	test_numbers();
	test_places();
	return tap_done();
}
