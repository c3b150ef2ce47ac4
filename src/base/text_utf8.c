/* The parts of text.h that look into UTF-8. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define REPLACEMENT_CHARACTER "\xef\xbf\xbd" /* U+FFFD */

struct range {
	uint32_t first, last;
};

/* Sorted. East Asian Width W and F of Unicode, joined to blocks where the gaps are rare characters. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},
    {0x2614, 0x2615},   {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},
    {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2b50, 0x2b50},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

/* Sorted. Combining marks of the common scripts, joiners, direction marks, variation selectors. */
static const struct range combining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},   {0x064b, 0x065f},
    {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20ff},   {0x302a, 0x302d},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

/*
 * Sorted. What changes the direction or the order of its neighbours, breaks
 * lines where nobody expects it, or shows nothing at all (Default_Ignorable of
 * Unicode): names that look alike and are not. Left out are the joiners, which
 * scripts and emoji need, and variation selectors, which only choose a form.
 */
static const struct range hidden[] = {
    {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},     {0x115f, 0x1160},   {0x17b4, 0x17b5},
    {0x180e, 0x180e}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xe01f0, 0xe0fff},
};

size_t text_utf8(const char *bytes, size_t size, uint32_t *point)
{
	/* By length: the smallest code point that needs it, so that longer forms of it are refused. */
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *b = (const unsigned char *)bytes;
	size_t length;

	*point = 0;
	if (size == 0)
		return 0;
	length = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : b[0] < 0xf5 ? 4 : 0;
	if (length == 0 || length > size)
		return 0;
	*point = length == 1 ? b[0] : b[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (b[i] & 0x3f);
	}
	if (*point < smallest[length] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return length;
}

static bool is_in(uint32_t point, const struct range *ranges, size_t count)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (point > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && point >= ranges[low].first;
}

bool text_is_hidden(uint32_t point)
{
	return point < 0x20 || is_in(point, hidden, sizeof hidden / sizeof hidden[0]);
}

bool text_is_joiner(uint32_t point)
{
	return point == 0x200c || point == 0x200d;
}

size_t text_width(const char *string)
{
	size_t left = strlen(string), width = 0;

	while (left > 0) {
		uint32_t point;
		size_t length = text_utf8(string, left, &point);

		if (length == 0)
			width += length = 1;
		else if (is_in(point, wide, sizeof wide / sizeof wide[0]))
			width += 2;
		else if (!is_in(point, combining, sizeof combining / sizeof combining[0]))
			width += 1;
		string += length;
		left -= length;
	}
	return width;
}

/* What a terminal would obey, or not show; beyond 16 bits as two surrogates. */
static void add_escape(struct text *text, uint32_t point)
{
	if (point < 0x10000)
		text_addf(text, "\\u%04" PRIx32, point);
	else
		text_addf(text, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + ((point - 0x10000) >> 10),
		          0xdc00 + (point & 0x3ff));
}

void text_add_quoted(struct text *text, const char *string)
{
	size_t left = strlen(string);

	text_add_char(text, '"');
	while (left > 0) {
		uint32_t point;
		size_t length = text_utf8(string, left, &point);

		if (length == 0)
			text_add(text, REPLACEMENT_CHARACTER);
		else if (point == '"' || point == '\\')
			text_addf(text, "\\%c", *string);
		else if (point == '\n')
			text_add(text, "\\n");
		else if (point == '\t')
			text_add(text, "\\t");
		else if (text_is_hidden(point))
			add_escape(text, point);
		else
			text_add_bytes(text, string, length);
		string += length > 0 ? length : 1;
		left -= length > 0 ? length : 1;
	}
	text_add_char(text, '"');
}
