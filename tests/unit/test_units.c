#include "base/clock.h"
#include "base/units.h"
#include "tap.h"

#define REFUSED INT64_MIN

static void test_integers(void)
{
	static const struct {
		const char *string;
		int64_t want;
	} cases[] = {
	    {"42", 42},
	    {" -7 ", -7},
	    {"+7", 7},
	    {"1_000_000", 1000000},
	    {"9223372036854775807", INT64_MAX},
	    {"-9223372036854775807", -INT64_MAX},
	    {"9223372036854775808", REFUSED},
	    {"", REFUSED},
	    {"-", REFUSED},
	    {"1.0", REFUSED},
	    {"1e3", REFUSED},
	    {"0x10", REFUSED},
	    {"_1", REFUSED},
	    {"1_", REFUSED},
	    {"1__0", REFUSED},
	    {"12 a", REFUSED},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t value = REFUSED;
		bool read = units_read_integer(cases[i].string, &value);

		ok(read == (cases[i].want != REFUSED), "taken or refused");
		is_int(value, cases[i].want, cases[i].string);
	}
}

static void test_reals(void)
{
	static const struct {
		const char *string;
		double want;
	} cases[] = {
	    {"0.8", 0.8},   {"1e3", 1000},  {"-.5", -0.5}, {" 2 ", 2},   {"inf", NAN}, {"nan", NAN},
	    {"0x1p3", NAN}, {"1e999", NAN}, {"", NAN},     {"1,5", NAN}, {"1 2", NAN}, {"-0x1", NAN},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value = NAN;

		ok(units_read_real(cases[i].string, &value) == !isnan(cases[i].want), "taken or refused");
		is_real(value, cases[i].want, 0, cases[i].string);
	}
}

static void test_bools(void)
{
	bool value = false;

	ok(units_read_bool("true", &value) && value, "true");
	ok(units_read_bool(" off ", &value) && !value, "off");
	ok(units_read_bool("yes", &value) && value, "yes");
	ok(!units_read_bool("1", &value) && !units_read_bool("", &value) && !units_read_bool("truely", &value),
	   "nothing else");
}

static void test_durations(void)
{
	static const struct {
		const char *string;
		int64_t want;
		const char *printed;
	} cases[] = {
	    {"90s", 90 * NS_PER_S, "90s"},
	    {"10m", 600 * NS_PER_S, "10m"},
	    {"1h30m", 5400 * NS_PER_S, "1h30m"},
	    {"1h 30m", 5400 * NS_PER_S, "1h30m"},
	    {"2d", 172800 * NS_PER_S, "2d"},
	    {"250ms", 250 * NS_PER_MS, "250ms"},
	    {"1.5 s", 1500 * NS_PER_MS, "1s500ms"},
	    {"7us", 7 * NS_PER_US, "7us"},
	    {"7\302\265s", 7 * NS_PER_US, "7us"},
	    {"7\316\274s", 7 * NS_PER_US, "7us"},
	    {"5ns", 5, "5ns"},
	    {"3", 3 * NS_PER_S, "3s"},
	    {"0", 0, "0s"},
	    {"-1m30s", -90 * NS_PER_S, "-90s"},
	    {"150s", 150 * NS_PER_S, "2m30s"},
	    {"120s", 120 * NS_PER_S, "2m"},
	    {"60s", 60 * NS_PER_S, "1m"},
	    {"", REFUSED, NULL},
	    {"s", REFUSED, NULL},
	    {"10 parsecs", REFUSED, NULL},
	    {"1m1h", REFUSED, NULL},
	    {"1m1m", REFUSED, NULL},
	    {"1h30", REFUSED, NULL},
	    {"1h-30m", REFUSED, NULL},
	    {"106751d23h47m16s854ms775us807ns", INT64_MAX, "106751d23h47m16s854ms775us807ns"},
	    {"-834d4m59s103ms201us3ns", INT64_C(-72057899103201003), "-834d4m59s103ms201us3ns"},
	    {"106751d23h47m16s854ms775us808ns", REFUSED, NULL},
	    {"1e30d", REFUSED, NULL},
	    {"300000d", REFUSED, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text text = {0};
		int64_t value = REFUSED;
		bool read = units_read_duration(cases[i].string, &value);

		ok(read == (cases[i].want != REFUSED), "taken or refused");
		is_int(value, cases[i].want, cases[i].string);
		if (read) {
			units_add_duration(&text, value);
			is_text(text.data, cases[i].printed, cases[i].printed);
		}
		text_release(&text);
	}
}

static void test_sizes(void)
{
	static const struct {
		const char *string;
		int64_t want;
		const char *printed;
	} cases[] = {
	    {"4GiB", INT64_C(4) << 30, "4GiB"}, {"1.5 KiB", 1536, "1536B"}, {"1500", 1500, "1500B"},
	    {"2GB", 2000000000, "2GB"},         {"64kB", 64000, "64kB"},    {"0", 0, "0B"},
	    {"1TiB", INT64_C(1) << 40, "1TiB"}, {"4G", REFUSED, NULL},      {"4 gib", REFUSED, NULL},
	    {"8388608TiB", REFUSED, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text text = {0};
		int64_t value = REFUSED;
		bool read = units_read_size(cases[i].string, &value);

		ok(read == (cases[i].want != REFUSED), "taken or refused");
		is_int(value, cases[i].want, cases[i].string);
		if (read) {
			units_add_size(&text, value);
			is_text(text.data, cases[i].printed, cases[i].printed);
		}
		text_release(&text);
	}
}

static void test_rates(void)
{
	static const struct {
		const char *string;
		double want;
	} cases[] = {
	    {"4/s", 4},   {"90/min", 1.5}, {"36 / h", 0.01}, {"0.5", 0.5},
	    {"4/m", NAN}, {"4/", NAN},     {"/s", NAN},      {"4s", NAN},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value = NAN;

		ok(units_read_rate(cases[i].string, &value) == !isnan(cases[i].want), "taken or refused");
		is_real(value, cases[i].want, 1e-15, cases[i].string);
	}
}

static void test_printing(void)
{
	struct text text = {0};

	units_add_real(&text, 0.1);
	text_add_char(&text, ' ');
	units_add_real(&text, 1.0 / 3);
	text_add_char(&text, ' ');
	units_add_real(&text, 17179869184);
	text_add_char(&text, ' ');
	units_add_real(&text, NAN);
	is_text(text_string(&text), "0.1 0.3333333333333333 17179869184 ", "the shortest that reads back equal");
	text_clear(&text);
	units_add_gi(&text, INT64_C(10624675676));
	text_add(&text, "/");
	units_add_gi(&text, INT64_C(17179869184));
	is_text(text.data, "9.895Gi/16.000Gi", "memory as in the sweep table");
	text_clear(&text);
	units_add_gb(&text, INT64_C(2019393189));
	is_text(text.data, "2.0GB", "the size of llama3.2 in its heading");
	text_clear(&text);
	units_add_gb(&text, INT64_C(7472896));
	is_text(text.data, "7.5MB", "a model that would be 0.0GB");
	text_release(&text);
}

static void test_percent(void)
{
	static const struct {
		const char *string;
		double percent; /* NAN: refused */
	} cases[] = {{"5%", 5},  {" 0.5 % ", 0.5}, {"-1%", -1},        {"5", NAN},
	             {"%", NAN}, {"5%%", NAN},     {"5 percent", NAN}, {"", NAN}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double percent = NAN;

		ok(units_read_percent(cases[i].string, &percent) == !isnan(cases[i].percent), cases[i].string);
		is_real(percent, cases[i].percent, 0, "percent");
	}
}

int main(void)
{
	test_integers();
	test_reals();
	test_bools();
	test_durations();
	test_sizes();
	test_rates();
	test_printing();
	test_percent();
	return tap_done();
}
