#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* Both tables: falling, so that the first unit that divides a value is the shortest; "us" before its other spellings.
 */
static const struct unit duration_units[] = {
    {"d", 86400 * NS_PER_S},
    {"h", 3600 * NS_PER_S},
    {"m", 60 * NS_PER_S},
    {"s", NS_PER_S},
    {"ms", NS_PER_MS},
    {"us", NS_PER_US},
    {"\u00b5s", NS_PER_US},
    {"\u03bcs", NS_PER_US}, /* micro sign, Greek mu */
    {"ns", 1},
    {NULL, 0},
};
static const struct unit size_units[] = {
    {"TiB", INT64_C(1) << 40},
    {"TB", INT64_C(1000000000000)},
    {"GiB", INT64_C(1) << 30},
    {"GB", 1000000000},
    {"MiB", INT64_C(1) << 20},
    {"MB", 1000000},
    {"KiB", 1024},
    {"kB", 1000},
    {"B", 1},
    {NULL, 0},
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_blanks(const char *string)
{
	while (is_blank(*string))
		string++;
	return string;
}

/*
 * The decimal number at the start of `string`, and where it ends; NULL when
 * there is none. strtod() alone would also take "inf", "nan" and hexadecimal.
 */
static const char *read_decimal(const char *string, double *value)
{
	const char *start = skip_blanks(string), *at = start;
	char *end;

	if (*at == '+' || *at == '-')
		at++;
	if (!is_digit(*at) && !(*at == '.' && is_digit(at[1])))
		return NULL;
	if (*at == '0' && (at[1] == 'x' || at[1] == 'X'))
		return NULL;
	*value = strtod(start, &end);
	return isfinite(*value) ? end : NULL;
}

/* The unit at the start of `string`: the longest name that fits, so that "ms" is not "m". Returns its end. */
static const char *read_unit(const char *string, const struct unit *units, int64_t *factor)
{
	size_t longest = 0;

	for (const struct unit *unit = units; unit->name != NULL; unit++) {
		size_t length = strlen(unit->name);

		if (length > longest && strncmp(string, unit->name, length) == 0) {
			longest = length;
			*factor = unit->factor;
		}
	}
	return longest > 0 ? string + longest : NULL;
}

static bool to_integer(double value, int64_t *into)
{
	double rounded = round(value);

	/* 2^63 itself is a double, INT64_MAX is not. */
	if (!(rounded > -9223372036854775808.0 && rounded < 9223372036854775808.0))
		return false;
	*into = (int64_t)rounded;
	return true;
}

bool units_read_integer(const char *string, int64_t *value)
{
	const char *at = skip_blanks(string);
	bool negative = *at == '-';
	int64_t result = 0;

	at += *at == '-' || *at == '+';
	if (!is_digit(*at))
		return false;
	for (; is_digit(*at) || (*at == '_' && is_digit(at[-1]) && is_digit(at[1])); at++) {
		if (*at == '_')
			continue;
		/* Built up negative, because INT64_MIN has no positive twin. */
		if (__builtin_mul_overflow(result, 10, &result) || __builtin_sub_overflow(result, *at - '0', &result))
			return false;
	}
	if (*skip_blanks(at) != '\0' || (!negative && result == INT64_MIN))
		return false;
	*value = negative ? result : -result;
	return true;
}

bool units_read_real(const char *string, double *value)
{
	double result;
	const char *end = read_decimal(string, &result);

	if (end == NULL || *skip_blanks(end) != '\0')
		return false;
	*value = result;
	return true;
}

bool units_read_bool(const char *string, bool *value)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
	const char *start = skip_blanks(string);
	size_t length = strlen(start);

	while (length > 0 && is_blank(start[length - 1]))
		length--;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (length == strlen(words[i]) && strncmp(start, words[i], length) == 0) {
			*value = i % 2 == 1;
			return true;
		}
	}
	return false;
}

bool units_read_duration(const char *string, int64_t *ns)
{
	double number;
	int64_t sum = 0, last = INT64_MAX;
	const char *at = read_decimal(string, &number);
	bool negative = *skip_blanks(string) == '-';

	if (at == NULL)
		return false;
	if (*skip_blanks(at) == '\0')
		return to_integer(number * (double)NS_PER_S, ns);
	while (*at != '\0') {
		int64_t factor, part;

		at = read_unit(skip_blanks(at), duration_units, &factor);
		/* Units of a sum fall, each once: "1h30m", not "30m1h". */
		if (at == NULL || factor >= last)
			return false;
		last = factor;
		/* Summed as integers: beyond 104 days a double does not hold each nanosecond. */
		if (!to_integer(fabs(number) * (double)factor, &part) || __builtin_add_overflow(sum, part, &sum))
			return false;
		at = skip_blanks(at);
		if (*at == '\0')
			break;
		if (!is_digit(*at) || (at = read_decimal(at, &number)) == NULL)
			return false;
		if (*skip_blanks(at) == '\0')
			return false;
	}
	*ns = negative ? -sum : sum;
	return true;
}

bool units_read_size(const char *string, int64_t *bytes)
{
	double number;
	int64_t factor = 1;
	const char *at = read_decimal(string, &number);

	if (at == NULL)
		return false;
	at = skip_blanks(at);
	if (*at != '\0' && (at = read_unit(at, size_units, &factor)) == NULL)
		return false;
	return *skip_blanks(at) == '\0' && to_integer(number * (double)factor, bytes);
}

bool units_read_rate(const char *string, double *per_second)
{
	static const struct unit periods[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {NULL, 0}};
	double number;
	int64_t seconds = 1;
	const char *at = read_decimal(string, &number);

	if (at == NULL)
		return false;
	at = skip_blanks(at);
	if (*at == '/')
		at = read_unit(skip_blanks(at + 1), periods, &seconds);
	if (at == NULL || *skip_blanks(at) != '\0')
		return false;
	*per_second = number / (double)seconds;
	return true;
}

bool units_read_percent(const char *string, double *percent)
{
	double number;
	const char *at = read_decimal(string, &number);

	if (at == NULL)
		return false;
	at = skip_blanks(at);
	if (*at != '%' || *skip_blanks(at + 1) != '\0')
		return false;
	*percent = number;
	return true;
}

void units_add_duration(struct text *text, int64_t ns)
{
	struct text sum = {0};
	uint64_t left = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		text_add_char(text, '-');
	for (const struct unit *unit = duration_units; unit->factor != 0; unit++) {
		uint64_t factor = (uint64_t)unit->factor;

		/* Seconds stay together below two minutes: "90s", but "1h30m". */
		if (unit->factor == 60 * NS_PER_S && sum.size == 0 && left < 120 * (uint64_t)NS_PER_S &&
		    left % factor != 0)
			continue;
		if (left < factor)
			continue;
		text_addf(&sum, "%" PRIu64 "%s", left / factor, unit->name);
		left %= factor;
	}
	text_add(text, sum.size > 0 ? sum.data : "0s");
	text_release(&sum);
}

void units_add_size(struct text *text, int64_t bytes)
{
	for (const struct unit *unit = size_units; unit->factor != 0; unit++) {
		if (bytes % unit->factor == 0 && (bytes != 0 || unit->factor == 1)) {
			text_addf(text, "%" PRId64 "%s", bytes / unit->factor, unit->name);
			return;
		}
	}
}

/* A decimal of up to 15 digits survives the way through a double, so the first of 15, 16, 17 that reads back is
 * shortest. */
void units_add_real(struct text *text, double value)
{
	char digits[40];

	if (!isfinite(value))
		return;
	for (int count = 15; count <= 17; count++) {
		snprintf(digits, sizeof digits, "%.*g", count, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	text_add(text, digits);
}

void units_add_gi(struct text *text, int64_t bytes)
{
	text_addf(text, "%.3fGi", (double)bytes / 1073741824.0);
}

void units_add_gb(struct text *text, int64_t bytes)
{
	if (bytes < 100000000)
		text_addf(text, "%.1fMB", (double)bytes / 1e6);
	else
		text_addf(text, "%.1fGB", (double)bytes / 1e9);
}
