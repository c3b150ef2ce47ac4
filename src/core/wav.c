#include "core/wav.h"

#include <string.h>

#include "base/clock.h"

enum {
	RIFF_HEAD = 12, /* RIFF, size, WAVE */
	CHUNK_HEAD = 8, /* name, size */
	FORMAT_LEAST = 16,
	FORMAT_EXTENSIBLE = 40,
	SUBFORMAT = 24, /* its offset: a GUID that begins with one of these: */
	PCM = 1,
	FLOAT = 3,
	EXTENSIBLE = 0xfffe,
	CHANNELS_MOST = 256,
	BITS_MOST = 64,
};

#define RATE_MOST      10000000u
#define SIZE_OF_STREAM UINT32_MAX /* a program that writes to a pipe does not know it; others leave 0 */

struct chunk {
	const unsigned char *bytes;
	size_t size; /* that are there */
};

static uint32_t number(const unsigned char *bytes, int count)
{
	uint32_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[count];
	return value;
}

/* The first chunks of those names. */
static void find_chunks(const unsigned char *bytes, size_t size, struct chunk *format, struct chunk *data)
{
	size_t at = RIFF_HEAD;

	while (size - at >= CHUNK_HEAD) {
		const unsigned char *name = bytes + at;
		size_t told = number(name + 4, 4), left = size - at - CHUNK_HEAD;
		bool is_data = memcmp(name, "data", 4) == 0;
		struct chunk *found = is_data ? data : memcmp(name, "fmt ", 4) == 0 ? format : NULL;

		if (told > left || (is_data && (told == 0 || told == SIZE_OF_STREAM)))
			told = left;
		if (found != NULL && found->bytes == NULL)
			*found = (struct chunk){name + CHUNK_HEAD, told};
		at += CHUNK_HEAD + told;
		if (told % 2 != 0 && at < size)
			at++;
	}
}

static const char *read_format(const struct chunk *format, struct wav *wav)
{
	uint32_t kind, rate, align;

	if (format->bytes == NULL || format->size < FORMAT_LEAST)
		return "the WAV file says nothing of its format";
	kind = number(format->bytes, 2);
	rate = number(format->bytes + 4, 4);
	align = number(format->bytes + 12, 2);
	if (kind == EXTENSIBLE && format->size >= FORMAT_EXTENSIBLE)
		kind = number(format->bytes + SUBFORMAT, 2);
	if (kind != PCM && kind != FLOAT)
		return "the WAV file is compressed; it can have integers (PCM) or floats";
	wav->rate = rate;
	wav->channels = (int)number(format->bytes + 2, 2);
	wav->bits = (int)number(format->bytes + 14, 2);
	wav->is_float = kind == FLOAT;
	wav->frame = align;
	if (rate == 0 || rate > RATE_MOST || wav->channels == 0 || wav->channels > CHANNELS_MOST || wav->bits == 0 ||
	    wav->bits > BITS_MOST || align < (uint32_t)wav->channels * (((uint32_t)wav->bits + 7) / 8))
		return "the WAV file's format makes no sense";
	return NULL;
}

const char *wav_read(const void *bytes, size_t size, struct wav *wav)
{
	struct chunk format = {0}, data = {0};
	const char *problem;
	size_t frames;

	*wav = (struct wav){0};
	if (size < RIFF_HEAD || memcmp(bytes, "RIFF", 4) != 0 || memcmp((const char *)bytes + 8, "WAVE", 4) != 0)
		return "it is not a WAV file";
	find_chunks(bytes, size, &format, &data);
	problem = read_format(&format, wav);
	if (problem != NULL)
		return problem;
	if (data.bytes == NULL || data.size < wav->frame)
		return "the WAV file has no sound in it";
	wav->data = (size_t)(data.bytes - (const unsigned char *)bytes);
	frames = data.size / wav->frame;
	wav->data_size = frames * wav->frame;
	wav->length_ns = (int64_t)((double)frames * (double)NS_PER_S / (double)wav->rate);
	return NULL;
}
