#include "core/png.h"

#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "base/memory.h"

#define RAW_LIMIT ((uint64_t)256 << 20)
#define SIDE_MOST INT32_MAX

enum {
	CHUNK_HEAD = 8, /* size, name */
	CHUNK_EXTRA = 12 /* and the checksum after its data */,
	HEAD_SIZE = 13, /* of IHDR's data */
	NUMBER_BYTES = 8,
};

static const unsigned char signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

/* Kinds of pixels whose colours are whole bytes, by the format's "colour type". */
static const struct pixel_kind {
	int type;
	size_t colours, alphas; /* samples, in this order */
} pixel_kinds[] = {{0, 1, 0}, {2, 3, 0}, {4, 1, 1}, {6, 3, 1}};

struct picture {
	uint32_t width, height;
	int depth, type, interlace;
	size_t begin, end;  /* of the IDAT chunks in the file */
	struct text packed; /* owned: what is in them */
};

/*
 * The pixels but for the last ones are packed once: a piece of a deflate stream
 * that ends at a byte, in a chunk of its own. Each variant has the last ones in
 * another chunk after it.
 */
struct png_variants {
	struct text before; /* the file up to and with that chunk */
	struct text after;  /* the chunks after the pixels */
	struct text last;   /* the last pixels, filtered as they are */
	uint32_t adler;     /* of everything before them */
	size_t colours, sample_bytes, pixel_bytes;
};

static uint32_t number_at(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void add_number(struct text *text, uint32_t number)
{
	const unsigned char bytes[] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
	                               (unsigned char)(number >> 8), (unsigned char)number};

	text_add_bytes(text, bytes, sizeof(bytes));
}

static bool read_head(const unsigned char *bytes, size_t size, struct picture *picture)
{
	const unsigned char *head = bytes + sizeof(signature) + CHUNK_HEAD;

	if (size < sizeof(signature) + CHUNK_EXTRA + HEAD_SIZE || memcmp(bytes, signature, sizeof(signature)) != 0 ||
	    number_at(head - 8) != HEAD_SIZE || memcmp(head - 4, "IHDR", 4) != 0)
		return false;
	picture->width = number_at(head);
	picture->height = number_at(head + 4);
	picture->depth = head[8];
	picture->type = head[9];
	picture->interlace = head[12];
	return picture->width > 0 && picture->width <= SIDE_MOST && picture->height > 0 && picture->height <= SIDE_MOST;
}

bool png_is(const void *bytes, size_t size)
{
	struct picture picture = {0};

	return read_head(bytes, size, &picture);
}

/* The IDAT chunks, which follow each other, and that the file goes on to its end mark. */
static bool read_chunks(const unsigned char *bytes, size_t size, struct picture *picture)
{
	size_t at = sizeof(signature);

	while (size - at >= CHUNK_EXTRA) {
		size_t length = number_at(bytes + at);
		bool pixels = memcmp(bytes + at + 4, "IDAT", 4) == 0;

		if (length > size - at - CHUNK_EXTRA)
			return false;
		if (pixels && picture->begin != 0 && picture->end != at)
			return false;
		if (pixels) {
			picture->begin = picture->begin != 0 ? picture->begin : at;
			picture->end = at + CHUNK_EXTRA + length;
			text_add_bytes(&picture->packed, bytes + at + CHUNK_HEAD, length);
		}
		if (memcmp(bytes + at + 4, "IEND", 4) == 0)
			return picture->begin != 0;
		at += CHUNK_EXTRA + length;
	}
	return false;
}

static const struct pixel_kind *kind_of(const struct picture *picture)
{
	if (picture->interlace != 0 || (picture->depth != 8 && picture->depth != 16))
		return NULL;
	for (size_t i = 0; i < sizeof(pixel_kinds) / sizeof(pixel_kinds[0]); i++)
		if (pixel_kinds[i].type == picture->type)
			return &pixel_kinds[i];
	return NULL;
}

static void add_chunk(struct text *into, const struct text *pixels)
{
	size_t name = into->size + 4;

	add_number(into, (uint32_t)pixels->size);
	text_add(into, "IDAT");
	text_add_bytes(into, pixels->data, pixels->size);
	add_number(into, deflate_crc32(0, into->data + name, into->size - name));
}

/* `raw` are all rows, each with the byte of its filter before it. */
static void take_apart(struct png_variants *variants, const struct picture *picture, const char *bytes, size_t size,
                       const struct text *raw)
{
	size_t pixels = (NUMBER_BYTES + variants->colours - 1) / variants->colours;
	size_t most = raw->size - pixels * variants->pixel_bytes;
	struct text packed = {0};

	text_add(&packed, "\x78\x9c"); /* zlib's head: deflate with a window of 32 KiB */
	deflate_add(&packed, raw->data, most, false);
	text_add_bytes(&variants->before, bytes, picture->begin);
	add_chunk(&variants->before, &packed);
	text_add_bytes(&variants->last, raw->data + most, raw->size - most);
	text_add_bytes(&variants->after, bytes + picture->end, size - picture->end);
	variants->adler = deflate_adler32(1, raw->data, most);
	text_release(&packed);
}

static struct png_variants *new_variants(const struct picture *picture, const char *bytes, size_t size)
{
	const struct pixel_kind *kind = kind_of(picture);
	struct png_variants *variants = NULL;
	uint64_t pixel_bytes, row_bytes;
	struct text raw = {0};

	if (kind == NULL || picture->width < NUMBER_BYTES)
		return NULL;
	pixel_bytes = (kind->colours + kind->alphas) * (uint64_t)picture->depth / 8;
	row_bytes = 1 + picture->width * pixel_bytes;
	if (row_bytes > RAW_LIMIT / picture->height)
		return NULL;
	if (deflate_unpack(picture->packed.data, picture->packed.size, (size_t)(row_bytes * picture->height), &raw)) {
		variants = memory_new(1, sizeof(*variants));
		variants->colours = kind->colours;
		variants->sample_bytes = (size_t)picture->depth / 8;
		variants->pixel_bytes = (size_t)pixel_bytes;
		take_apart(variants, picture, bytes, size, &raw);
	}
	text_release(&raw);
	return variants;
}

struct png_variants *png_variants_new(const void *bytes, size_t size)
{
	struct picture picture = {0};
	struct png_variants *variants = NULL;

	if (read_head(bytes, size, &picture) && read_chunks(bytes, size, &picture))
		variants = new_variants(&picture, bytes, size);
	text_release(&picture.packed);
	return variants;
}

void png_variants_free(struct png_variants *variants)
{
	if (variants == NULL)
		return;
	text_release(&variants->before);
	text_release(&variants->after);
	text_release(&variants->last);
	free(variants);
}

/*
 * The first, most significant byte of each colour takes a byte of the number.
 * What the filter of the row adds to them depends on what is to their left, so
 * nothing else changes, and different bytes stay different.
 */
static void change(const struct png_variants *variants, uint64_t number, char *pixels)
{
	for (size_t i = 0; i < NUMBER_BYTES; i++) {
		size_t pixel = i / variants->colours, colour = i % variants->colours;
		size_t at = pixel * variants->pixel_bytes + colour * variants->sample_bytes;

		pixels[at] = (char)(pixels[at] ^ (char)(number >> 8 * i & 0xff));
	}
}

void png_variants_add(const struct png_variants *variants, uint64_t number, struct text *into)
{
	char *pixels = memory_copy(variants->last.data, variants->last.size);
	struct text packed = {0};

	change(variants, number, pixels);
	deflate_add(&packed, pixels, variants->last.size, true);
	add_number(&packed, deflate_adler32(variants->adler, pixels, variants->last.size));
	text_add_bytes(into, variants->before.data, variants->before.size);
	add_chunk(into, &packed);
	text_add_bytes(into, variants->after.data, variants->after.size);
	text_release(&packed);
	free(pixels);
}
