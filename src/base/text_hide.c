/* Secrets in foreign text: see text.h. */
#include <string.h>

#include "base/text.h"

int text_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_hex(const char *at, size_t digits, char c)
{
	int value = 0;

	for (size_t i = 0; i < digits; i++) {
		int digit = text_hex_digit(at[i]);

		if (digit < 0)
			return false;
		value = value << 4 | digit;
	}
	return value == (unsigned char)c;
}

/* `\/` and `\u002b`; more backslashes where JSON is a string in JSON. */
static size_t spelled_in_json(const char *at, size_t left, char c)
{
	size_t i = 0;

	while (i < left && i < TEXT_HIDE_SPREAD / 2 && at[i] == '\\')
		i++;
	if (i == 0 || i == left)
		return 0;
	if (at[i] == '/' && c == '/')
		return i + 1;
	return at[i] == 'u' && left - i > 4 && is_hex(at + i + 1, 4, c) ? i + 5 : 0;
}

/* %2F; %252F where an address is a part of an address. */
static size_t spelled_in_address(const char *at, size_t left, char c)
{
	size_t i = 1;

	while (left - i > 4 && i < TEXT_HIDE_SPREAD / 2 && at[i] == '2' && at[i + 1] == '5')
		i += 2;
	return left - i >= 2 && is_hex(at + i, 2, c) ? i + 2 : 0;
}

/* How many bytes there are the character, 0: it is another. */
static size_t spelled(const char *at, size_t left, char c)
{
	size_t length = 0;

	if (left == 0)
		return 0;
	if (*at == '\\')
		length = spelled_in_json(at, left, c);
	else if (*at == '%')
		length = spelled_in_address(at, left, c);
	return length == 0 && *at == c ? 1 : length;
}

/* How many bytes from there on are the secret, 0: it is not there. */
static size_t length_there(const char *at, size_t left, const char *secret)
{
	size_t length = 0;

	for (; *secret != '\0'; secret++) {
		size_t more = spelled(at + length, left - length, *secret);

		if (more == 0)
			return 0;
		length += more;
	}
	return length;
}

bool text_hide(char *bytes, size_t size, const char *secret)
{
	bool found = false;

	for (size_t at = 0; at < size;) {
		bool may_begin = bytes[at] == *secret || bytes[at] == '\\' || bytes[at] == '%';
		size_t length = may_begin ? length_there(bytes + at, size - at, secret) : 0;

		memset(bytes + at, '*', length);
		found = found || length > 0;
		at += length > 0 ? length : 1;
	}
	return found;
}
