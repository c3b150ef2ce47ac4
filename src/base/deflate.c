#include "base/deflate.h"

#include <assert.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"

enum {
	RAW_BITS = -15, /* of the window; negative: neither head nor checksum */
	MEMORY_LEVEL = 8,
};

/* zlib counts in unsigned int, and so does one piece here: our callers have their limits far below. */
bool deflate_unpack(const void *bytes, size_t size, size_t expected, struct text *into)
{
	z_stream stream = {.next_in = (Bytef *)bytes, .avail_in = (uInt)size};
	bool whole;
	int status;

	if (size > UINT_MAX || expected >= UINT_MAX)
		return false;
	if (inflateInit(&stream) != Z_OK)
		memory_exhausted();
	text_reserve(into, expected + 1);
	stream.next_out = (Bytef *)into->data + into->size;
	stream.avail_out = (uInt)expected + 1; /* one more, to see what unpacks to more */
	status = inflate(&stream, Z_FINISH);
	if (status == Z_MEM_ERROR)
		memory_exhausted();
	whole = status == Z_STREAM_END && stream.total_out == expected;
	inflateEnd(&stream);
	if (whole)
		into->size += expected;
	into->data[into->size] = '\0';
	return whole;
}

void deflate_add(struct text *into, const void *bytes, size_t size, bool last)
{
	z_stream stream = {.next_in = (Bytef *)bytes, .avail_in = (uInt)size};
	size_t bound;
	int status;

	assert(size < UINT_MAX / 2);
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		memory_exhausted();
	bound = deflateBound(&stream, (uLong)size) + 16; /* and the mark of a flush */
	text_reserve(into, bound);
	stream.next_out = (Bytef *)into->data + into->size;
	stream.avail_out = (uInt)bound;
	status = deflate(&stream, last ? Z_FINISH : Z_FULL_FLUSH);
	assert(stream.avail_in == 0 && status == (last ? Z_STREAM_END : Z_OK));
	(void)status;
	into->size += bound - stream.avail_out;
	into->data[into->size] = '\0';
	deflateEnd(&stream);
}

uint32_t deflate_crc32(uint32_t before, const void *bytes, size_t size)
{
	return (uint32_t)crc32(before, bytes, (uInt)size);
}

uint32_t deflate_adler32(uint32_t before, const void *bytes, size_t size)
{
	return (uint32_t)adler32(before, bytes, (uInt)size);
}
