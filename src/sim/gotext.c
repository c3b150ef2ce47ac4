#include "sim/gotext.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

static const struct {
	const char *name;
	double ns;
} units[] = {
    {"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9},
};

/* The longest unit that `string` begins with. */
static size_t unit_at(const char *string, double *ns)
{
	size_t longest = 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t length = strlen(units[i].name);

		if (length > longest && strncmp(string, units[i].name, length) == 0) {
			longest = length;
			*ns = units[i].ns;
		}
	}
	return longest;
}

bool go_read_duration(const char *string, int64_t *ns)
{
	bool negative = *string == '-';
	double sum = 0;

	if (*string == '-' || *string == '+')
		string++;
	*ns = 0;
	if (strcmp(string, "0") == 0)
		return true;
	if (*string == '\0')
		return false;
	while (*string != '\0') {
		char *end;
		double number, unit = 0;
		size_t length;

		if (!isdigit((unsigned char)*string) && *string != '.')
			return false;
		number = strtod(string, &end);
		length = unit_at(end, &unit);
		if (end == string || length == 0)
			return false;
		sum += number * unit;
		string = end + length;
	}
	if (sum > 9.2e18)
		return false;
	*ns = negative ? -(int64_t)sum : (int64_t)sum;
	return true;
}

/* A number with up to `digits` digits after the point, without zeros at its end. */
static void add_fraction(struct text *text, uint64_t whole, uint64_t fraction, int digits)
{
	text_addf(text, "%" PRIu64, whole);
	if (fraction == 0)
		return;
	text_addf(text, ".%0*" PRIu64, digits, fraction);
	while (text->data[text->size - 1] == '0')
		text->data[--text->size] = '\0';
}

void go_add_duration(struct text *text, int64_t ns)
{
	uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t seconds = n / 1000000000;

	if (ns < 0)
		text_add_char(text, '-');
	if (n == 0) {
		text_add(text, "0s");
	} else if (n < 1000) {
		text_addf(text, "%" PRIu64 "ns", n);
	} else if (n < 1000000) {
		add_fraction(text, n / 1000, n % 1000, 3);
		text_add(text, "µs");
	} else if (n < 1000000000) {
		add_fraction(text, n / 1000000, n % 1000000, 6);
		text_add(text, "ms");
	} else {
		if (seconds >= 3600)
			text_addf(text, "%" PRIu64 "h", seconds / 3600);
		if (seconds >= 60)
			text_addf(text, "%" PRIu64 "m", seconds / 60 % 60);
		add_fraction(text, seconds % 60, n % 1000000000, 9);
		text_add_char(text, 's');
	}
}

void go_add_time(struct text *text, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	char stamp[40];

	gmtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:", &tm);
	text_add(text, stamp);
	if (tm.tm_sec < 10)
		text_add_char(text, '0');
	add_fraction(text, (uint64_t)tm.tm_sec, (uint64_t)(wall_ns % NS_PER_S), 9);
	text_add_char(text, 'Z');
}

/* In quotes, with the escapes that Go's JSON and its %q share; control bytes and those in `also` are `numeric` and two
 * digits. */
static void add_escaped(struct text *text, const char *string, const char *also, const char *numeric)
{
	text_add_char(text, '"');
	for (; *string != '\0'; string++) {
		unsigned char c = (unsigned char)*string;

		if (c == '"' || c == '\\')
			text_addf(text, "\\%c", c);
		else if (c == '\n')
			text_add(text, "\\n");
		else if (c == '\r')
			text_add(text, "\\r");
		else if (c == '\t')
			text_add(text, "\\t");
		else if (c < 0x20 || c == 0x7f || strchr(also, c) != NULL)
			text_addf(text, "%s%02x", numeric, c);
		else
			text_add_char(text, (char)c);
	}
	text_add_char(text, '"');
}

void go_add_json_string(struct text *text, const char *string)
{
	add_escaped(text, string, "<>&", "\\u00");
}

void go_add_quoted(struct text *text, const char *string)
{
	add_escaped(text, string, "", "\\x");
}

void go_add_gib(struct text *text, int64_t bytes)
{
	static const char *const names[] = {"B", "KiB", "MiB", "GiB"};
	double value = (double)bytes;
	size_t i = 0;

	while (i < 3 && value >= 1024) {
		value /= 1024;
		i++;
	}
	text_addf(text, i == 0 ? "%.0f %s" : "%.1f %s", value, names[i]);
}
