#include "base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct text *text, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	text_reserve(text, size / 3 * 4 + 5);
	for (; size >= 3; size -= 3, at += 3) {
		const char four[] = {digits[at[0] >> 2], digits[(at[0] & 3) << 4 | at[1] >> 4],
		                     digits[(at[1] & 15) << 2 | at[2] >> 6], digits[at[2] & 63]};

		text_add_bytes(text, four, sizeof(four));
	}
	if (size == 0)
		return;
	text_add_char(text, digits[at[0] >> 2]);
	text_add_char(text, digits[(at[0] & 3) << 4 | (size == 2 ? at[1] >> 4 : 0)]);
	text_add_char(text, size == 2 ? digits[(at[1] & 15) << 2] : '=');
	text_add_char(text, '=');
}
