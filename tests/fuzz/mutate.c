#include "mutate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"

static const char *const nasty[] = {
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "0.5",
    "1e308",
    "-1e308",
    "1e-308",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "4294967296",
    "65536",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "[1,2,3]",
    "[\"a\"]",
    "\"\"",
    "\"\\u001b[31m\"",
    "\"\\u0000\"",
    "\"\\u0085\"",
    "\"=1+1\"",
    "\"<b>&\\\"'\"",
    "\"a|b\\n# c\"",
    "\"```\"",
    "\"]]>\"",
    "\"done\"",
    "\"failed\"",
    "\"2026-11-28T10:00:00Z\"",
};
enum { NASTY = sizeof(nasty) / sizeof(nasty[0]), TRIES = 8 };

struct span {
	size_t begin, end;
};

static bool is_end(uint8_t c)
{
	return c == ',' || c == ']' || c == '}' || c == '\n';
}

static size_t end_of_string(const uint8_t *bytes, size_t size, size_t at)
{
	for (at++; at < size && bytes[at] != '"'; at++)
		at += bytes[at] == '\\';
	return at < size ? at + 1 : size;
}

/* Behind the value that begins there. */
static size_t end_of_value(const uint8_t *bytes, size_t size, size_t at)
{
	size_t depth = 0;

	while (at < size) {
		if (bytes[at] == '"') {
			at = end_of_string(bytes, size, at);
		} else if (bytes[at] == '{' || bytes[at] == '[') {
			depth++;
			at++;
		} else if (depth == 0 && is_end(bytes[at])) {
			return at;
		} else {
			depth -= bytes[at] == '}' || bytes[at] == ']';
			at++;
		}
		if (depth == 0 && (bytes[at - 1] == '}' || bytes[at - 1] == ']' || bytes[at - 1] == '"'))
			return at;
	}
	return size;
}

/* A value of a member, or an item but the first, found from a random place on. */
static bool pick(const uint8_t *bytes, size_t size, uint64_t *random, struct span *value)
{
	for (int i = 0; i < TRIES && size > 0; i++) {
		size_t at = (size_t)random_below(random, size);

		while (at < size && bytes[at] != ':' && bytes[at] != ',' && bytes[at] != '[')
			at++;
		if (at + 1 >= size)
			continue;
		*value = (struct span){at + 1, end_of_value(bytes, size, at + 1)};
		if (value->end > value->begin)
			return true;
	}
	return false;
}

size_t mutate_json(uint8_t *bytes, size_t size, size_t limit, unsigned seed)
{
	uint64_t random = seed;
	struct span value, other;
	const char *with = nasty[random_below(&random, NASTY)];
	size_t length = strlen(with), after;
	char *copy;

	if (!pick(bytes, size, &random, &value))
		return 0;
	if (random_below(&random, 3) == 0 && pick(bytes, size, &random, &other)) {
		with = (const char *)bytes + other.begin;
		length = other.end - other.begin;
	}
	after = size - value.end;
	if (value.begin + length + after > limit)
		return 0;
	copy = memory_copy(with, length);
	memmove(bytes + value.begin + length, bytes + value.end, after);
	memcpy(bytes + value.begin, copy, length);
	free(copy);
	return value.begin + length + after;
}
