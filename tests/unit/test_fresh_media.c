/*
 * Pictures and recordings of their own: what a decoder makes of them differs
 * from the original in the last pixels or lowest bits, and from each other. The
 * decoder of PNG here is written for the test, from the specification.
 */
#include "core/fresh_media.h"

#include <stdlib.h>

#include "base/deflate.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "core/nonce.h"
#include "core/png.h"
#include "core/wav.h"
#include "tap.h"

struct shape {
	size_t width, height;
	int depth, type;
	size_t channels;
	int filter; /* of all rows; -1: each in turn */
	size_t pieces;
	const char *what;
};

static uint32_t number_at(const char *bytes)
{
	const unsigned char *at = (const unsigned char *)bytes;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void add_number(struct text *text, uint32_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		text_add_char(text, (char)(number >> shift & 0xff));
}

static void add_chunk(struct text *into, const char *name, const char *bytes, size_t size)
{
	size_t at = into->size + 4;

	add_number(into, (uint32_t)size);
	text_add(into, name);
	text_add_bytes(into, bytes, size);
	add_number(into, deflate_crc32(0, into->data + at, into->size - at));
}

static size_t pixel_bytes(const struct shape *shape)
{
	return shape->channels * (size_t)shape->depth / 8;
}

static size_t row_bytes(const struct shape *shape)
{
	return 1 + shape->width * pixel_bytes(shape);
}

/* Rows of noise as they stand in the file: a filter and what it left. */
static void add_picture(struct text *into, const struct shape *shape)
{
	struct text raw = {0}, packed = {0};
	uint64_t state = 3;

	for (size_t row = 0; row < shape->height; row++) {
		text_add_char(&raw, (char)(shape->filter >= 0 ? shape->filter : (int)row % 5));
		for (size_t i = 1; i < row_bytes(shape); i++)
			text_add_char(&raw, (char)random_next(&state));
	}
	text_add(&packed, "\x78\x9c");
	deflate_add(&packed, raw.data, raw.size, true);
	add_number(&packed, deflate_adler32(1, raw.data, raw.size));
	text_add_bytes(into, "\x89PNG\r\n\x1a\n", 8);
	add_number(into, 13);
	text_add(into, "IHDR");
	add_number(into, (uint32_t)shape->width);
	add_number(into, (uint32_t)shape->height);
	text_add_char(into, (char)shape->depth);
	text_add_char(into, (char)shape->type);
	text_add_bytes(into, "\0\0\0", 3);
	add_number(into, deflate_crc32(0, into->data + 12, 17));
	add_chunk(into, "gAMA", "\0\0\xb1\x8f", 4);
	for (size_t i = 0, at = 0; i < shape->pieces; i++) {
		size_t end = packed.size * (i + 1) / shape->pieces;

		add_chunk(into, "IDAT", packed.data + at, end - at);
		at = end;
	}
	add_chunk(into, "tEXt", "Comment\0ours", 12);
	add_chunk(into, "IEND", "", 0);
	text_release(&raw);
	text_release(&packed);
}

static int paeth(int a, int b, int c)
{
	int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

	return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

static void unfilter(struct text *raw, const struct shape *shape)
{
	size_t row_size = row_bytes(shape), step = pixel_bytes(shape);

	for (size_t at = 0; at < raw->size; at++) {
		size_t row = at / row_size, i = at % row_size;
		unsigned char *bytes = (unsigned char *)raw->data;
		int a = i > step ? bytes[at - step] : 0, b = row > 0 ? bytes[at - row_size] : 0;
		int c = i > step && row > 0 ? bytes[at - step - row_size] : 0;
		int filter = bytes[row * row_size];
		int guess[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};

		if (i > 0)
			bytes[at] = (unsigned char)(bytes[at] + guess[filter]);
	}
}

/* Pixels, after each row's filter byte; false: the file is damaged. */
static bool decode(const struct text *file, const struct shape *shape, struct text *into)
{
	struct text packed = {0};
	bool good = file->size > 8, ended = false;
	size_t at = 8;

	while (good && !ended) {
		size_t size = number_at(file->data + at);
		const char *name = file->data + at + 4;

		good = at + 12 + size <= file->size && number_at(name + 4 + size) == deflate_crc32(0, name, size + 4);
		if (good && memcmp(name, "IDAT", 4) == 0)
			text_add_bytes(&packed, name + 4, size);
		ended = memcmp(name, "IEND", 4) == 0;
		at += 12 + size;
	}
	good = good && at == file->size &&
	       deflate_unpack(packed.data, packed.size, row_bytes(shape) * shape->height, into);
	if (good)
		unfilter(into, shape);
	text_release(&packed);
	return good;
}

/* How many of the last pixels differ, when no other does and no alpha; SIZE_MAX: one does. */
static size_t last_differing(const struct text *a, const struct text *b, const struct shape *shape)
{
	size_t step = pixel_bytes(shape), first = a->size;
	bool alpha = shape->type >= 4;

	for (size_t i = 0; i < a->size; i++) {
		size_t channel = (row_bytes(shape) * shape->height - 1 - i) % step / ((size_t)shape->depth / 8);

		if (a->data[i] == b->data[i])
			continue;
		if (alpha && channel == 0)
			return SIZE_MAX;
		first = i < first ? i : first;
	}
	return (a->size - first + step - 1) / step;
}

static const struct shape shapes[] = {
    {20, 5, 8, 2, 3, -1, 1, "colours"},
    {8, 1, 8, 0, 1, 0, 1, "one row of greys, just wide enough"},
    {20, 6, 8, 2, 3, 1, 3, "filter Sub"},
    {20, 6, 8, 2, 3, 2, 1, "filter Up"},
    {20, 6, 8, 6, 4, 3, 2, "filter Average, alpha"},
    {20, 6, 8, 6, 4, 4, 2, "filter Paeth, alpha"},
    {9, 3, 16, 2, 3, 4, 1, "16 bits"},
    {9, 3, 16, 4, 2, 3, 1, "16 bits, grey and alpha"},
    {300, 400, 8, 2, 3, -1, 7, "large"},
};

static void test_pictures(void)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *shape = &shapes[i];
		size_t most = shape->type == 0 || shape->type == 4 ? 8 : 3, differing;
		struct text file = {0}, original = {0}, ours[3] = {{0}, {0}, {0}}, pixels[3] = {{0}, {0}, {0}};
		struct png_variants *variants;

		add_picture(&file, shape);
		variants = png_variants_new(file.data, file.size);
		if (!ok(variants != NULL && decode(&file, shape, &original), shape->what))
			exit(1);
		for (size_t n = 0; n < 3; n++) {
			png_variants_add(variants, nonce_number(1, 1, n % 2), &ours[n]);
			ok(decode(&ours[n], shape, &pixels[n]), "a whole file with right checksums");
		}
		differing = last_differing(&original, &pixels[0], shape);
		ok(differing > 0 && differing <= most, "only the last pixels are others, and no alpha");
		differing = last_differing(&pixels[0], &pixels[1], shape);
		ok(differing > 0 && differing <= most, "so are those of two requests");
		ok(ours[0].size == ours[2].size && memcmp(ours[0].data, ours[2].data, ours[0].size) == 0,
		   "the same request has the same picture");
		for (size_t n = 0; n < 3; n++) {
			text_release(&ours[n]);
			text_release(&pixels[n]);
		}
		png_variants_free(variants);
		text_release(&file);
		text_release(&original);
	}
}

static bool can(const struct text *file)
{
	struct png_variants *variants = png_variants_new(file->data, file->size);
	bool made = variants != NULL;

	png_variants_free(variants);
	return made;
}

/* The byte of IHDR's data at `at` is another; its checksum is not looked at. */
static bool can_with(size_t at, char value)
{
	struct text file = {0};
	bool made;

	add_picture(&file, &shapes[0]);
	file.data[16 + at] = value;
	made = can(&file);
	text_release(&file);
	return made;
}

static void test_unchangeable(void)
{
	const struct shape narrow = {7, 5, 8, 2, 3, 0, 1, NULL};
	struct text file = {0};

	ok(!can_with(9, 3), "a palette");
	ok(!can_with(8, 4), "less than 8 bits");
	ok(!can_with(12, 1), "interlaced");
	ok(!can_with(3, 21), "another width than that of the pixels");
	ok(!can_with(0, 0x7f), "larger than anyone unpacks");
	add_picture(&file, &narrow);
	ok(!can(&file), "seven pixels in a row");
	text_release(&file);
}

static void test_hostile_pictures(void)
{
	struct text good = {0}, bad = {0};
	uint64_t state = 11;
	size_t made = 0;

	add_picture(&good, &shapes[2]);
	for (size_t size = 0; size < good.size; size++) {
		char *bytes = memory_new(1, size > 0 ? size : 1);
		struct png_variants *variants;

		memcpy(bytes, good.data, size);
		variants = png_variants_new(bytes, size);
		made += variants != NULL;
		png_variants_free(variants);
		free(bytes);
	}
	ok(made == 0, "cut anywhere: it cannot be changed");
	for (int i = 0; i < 5000; i++) {
		text_clear(&bad);
		text_add_bytes(&bad, good.data, good.size);
		for (int change = 0; change < 3; change++)
			bad.data[random_below(&state, bad.size)] = (char)random_next(&state);
		can(&bad);
	}
	ok(true, "damaged anywhere: no harm");
	text_release(&good);
	text_release(&bad);
}

static struct text file_of(const char *path)
{
	struct failure failure = {0};
	struct text text = {0};

	if (!file_read(path, 1 << 20, &text, &failure)) {
		printf("Bail out! %s\n", failure.message);
		exit(1);
	}
	return text;
}

static void test_recording(void)
{
	struct text file = file_of("configs/media/sky.wav"), one = {0}, two = {0};
	struct media media = {.bytes = file.data, .size = file.size};
	struct fresh_media *fresh = fresh_media_new(&media);
	size_t differing = 0, outside = 0, loud = 0;
	struct wav wav;

	is_text(wav_read(file.data, file.size, &wav), NULL, "our own recording");
	if (!ok(fresh != NULL, "it can be changed"))
		exit(1);
	fresh_media_add(fresh, nonce_number(1, 1, 0), &one);
	fresh_media_add(fresh, nonce_number(1, 1, 1), &two);
	is_int(one.size, file.size, "the same length");
	for (size_t i = 0; i < file.size; i++) {
		differing += one.data[i] != two.data[i];
		outside += one.data[i] != file.data[i] && i < wav.data + wav.data_size - 128;
		loud += (one.data[i] ^ file.data[i]) & 0xfe;
	}
	ok(differing > 0, "two requests differ");
	is_int(outside, 0, "in the last 64 samples");
	is_int(loud, 0, "by the lowest bits");
	file.data[20] = 3; /* the kind of samples, in a head of 44 bytes: floats */
	fresh_media_free(fresh);
	fresh = fresh_media_new(&media);
	ok(fresh == NULL, "floats are left as they are");
	fresh_media_free(fresh);
	media.bytes = "\xff\xd8\xff\xe0 JFIF";
	media.size = 9;
	ok(fresh_media_new(&media) == NULL, "so is a JPEG");
	text_release(&file);
	text_release(&one);
	text_release(&two);
}

static void test_ours(void)
{
	static const char *const names[] = {"shapes", "bars", "landscape"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = text_format("configs/media/%s.png", names[i]);
		struct text file = file_of(path);

		ok(can(&file), path);
		text_release(&file);
		free(path);
	}
}

int main(void)
{
	test_pictures();
	test_unchangeable();
	test_hostile_pictures();
	test_recording();
	test_ours();
	return tap_done();
}
