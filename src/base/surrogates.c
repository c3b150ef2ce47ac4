#include "base/surrogates.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { ESCAPE_SIZE = 6 };

/* The code unit of the escape \uXXXX that begins there; 0: none does. */
static unsigned escaped_unit(const char *bytes, const char *end)
{
	unsigned unit = 0;

	if (end - bytes < ESCAPE_SIZE || bytes[0] != '\\' || bytes[1] != 'u')
		return 0;
	for (int i = 2; i < ESCAPE_SIZE; i++) {
		int digit = text_hex_digit(bytes[i]);

		if (digit < 0)
			return 0;
		unit = unit << 4 | (unsigned)digit;
	}
	return unit;
}

static bool is_high(unsigned unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(unsigned unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

char *surrogates_mend(const char *bytes, size_t size)
{
	char *copy = memory_copy(bytes, size), *end = copy + size;
	bool found = false;

	for (char *at = copy; (at = memchr(at, '\\', (size_t)(end - at))) != NULL;) {
		unsigned unit = escaped_unit(at, end);

		if (is_high(unit) && is_low(escaped_unit(at + ESCAPE_SIZE, end))) {
			at += (ptrdiff_t)2 * ESCAPE_SIZE;
		} else if (is_high(unit) || is_low(unit)) {
			memcpy(at + 2, "fffd", 4);
			at += ESCAPE_SIZE;
			found = true;
		} else {
			at += end - at > 1 ? 2 : 1;
		}
	}
	if (found)
		return copy;
	free(copy);
	return NULL;
}
