#include "target/prometheus.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The longest number that is read; Go's and Python's have at most 25 bytes. */
enum { NUMBER_MAX = 64 };

static bool in_name(char c, bool first)
{
	return isalpha((unsigned char)c) || c == '_' || c == ':' || (!first && isdigit((unsigned char)c));
}

static const char *skip_name(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && in_name(*at, at == start))
		at++;
	return at;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* From after the opening quote to the closing one; NULL: there is none. */
static const char *find_quote(const char *at, const char *end)
{
	for (; at < end && *at != '"'; at++)
		if (*at == '\\' && at + 1 < end)
			at++;
	return at < end ? at : NULL;
}

/* From after the opening brace to the closing one; NULL: there is none. */
static const char *find_brace(const char *at, const char *end)
{
	for (; at != NULL && at < end && *at != '}'; at++)
		if (*at == '"' && (at = find_quote(at + 1, end)) == NULL)
			return NULL;
	return at != NULL && at < end ? at : NULL;
}

/* A float as Go writes it; no hexadecimal, which strtod would take. */
static bool read_number(const char *at, size_t size, double *value)
{
	char number[NUMBER_MAX];
	char *rest;

	if (size == 0 || size >= sizeof(number))
		return false;
	memcpy(number, at, size);
	number[size] = '\0';
	if (strcasecmp(number, "NaN") == 0) {
		*value = NAN;
		return true;
	}
	rest = number + (number[0] == '+' || number[0] == '-');
	if (strcasecmp(rest, "Inf") == 0 || strcasecmp(rest, "Infinity") == 0) {
		*value = number[0] == '-' ? -INFINITY : INFINITY;
		return true;
	}
	if (strspn(number, "0123456789+-.eE") != size)
		return false;
	*value = strtod(number, &rest);
	return *rest == '\0';
}

/* After the value: nothing, a timestamp, or an exemplar of OpenMetrics. */
static bool is_tail(const char *at, const char *end)
{
	at = skip_blanks(at, end);
	return at == end || *at == '#' || *at == '-' || isdigit((unsigned char)*at);
}

static bool read_line(const char *at, const char *end, struct prometheus_sample *sample)
{
	const char *value;

	at = skip_blanks(at, end);
	*sample = (struct prometheus_sample){.name = at};
	at = skip_name(at, end);
	sample->name_size = (size_t)(at - sample->name);
	sample->labels = at; /* none: an empty text */
	at = skip_blanks(at, end);
	if (sample->name_size == 0 || at == end)
		return false;
	if (*at == '{') {
		const char *close = find_brace(at + 1, end);

		if (close == NULL)
			return false;
		sample->labels = at + 1;
		sample->labels_size = (size_t)(close - sample->labels);
		at = skip_blanks(close + 1, end);
	} else if (at == sample->name + sample->name_size) {
		return false; /* the name goes on with what no name has */
	}
	value = at;
	while (at < end && *at != ' ' && *at != '\t')
		at++;
	return read_number(value, (size_t)(at - value), &sample->value) && is_tail(at, end);
}

bool prometheus_next(struct prometheus *text, struct prometheus_sample *sample)
{
	while (text->at < text->end) {
		const char *line = text->at;
		const char *end = memchr(line, '\n', (size_t)(text->end - line));

		text->at = end != NULL ? end + 1 : text->end;
		end = end != NULL ? end : text->end;
		if (end > line && end[-1] == '\r')
			end--;
		if (read_line(line, end, sample))
			return true;
	}
	return false;
}

bool prometheus_is(const struct prometheus_sample *sample, const char *name)
{
	return strlen(name) == sample->name_size && memcmp(sample->name, name, sample->name_size) == 0;
}

static void add_unescaped(struct text *into, const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end) {
			at++;
			text_add_char(into, *at == 'n' ? '\n' : *at);
		} else {
			text_add_char(into, *at);
		}
	}
}

bool prometheus_label(const struct prometheus_sample *sample, const char *label, struct text *value)
{
	const char *at = sample->labels, *end = sample->labels + sample->labels_size;

	while (at < end) {
		const char *name = skip_blanks(at, end), *close;
		size_t size = (size_t)(skip_name(name, end) - name);

		at = skip_blanks(name + size, end);
		if (size == 0 || at == end || *at != '=')
			return false;
		at = skip_blanks(at + 1, end);
		if (at == end || *at != '"' || (close = find_quote(at + 1, end)) == NULL)
			return false;
		if (size == strlen(label) && memcmp(name, label, size) == 0) {
			add_unescaped(value, at + 1, close);
			return true;
		}
		at = skip_blanks(close + 1, end);
		if (at < end && *at == ',')
			at++;
	}
	return false;
}
