/*
 * Heads of WAV, PNG and GGUF files. A recording's frames are within its bytes;
 * pictures and recordings that are made anew for each request are such again,
 * of the same length, and differ; a model's file tells nothing negative.
 */
#include <string.h>

#include "core/fresh_media.h"
#include "core/png.h"
#include "core/wav.h"
#include "fuzz.h"
#include "plan/gguf.h"

enum { SIZE_MAX_BYTES = 1 << 15, PIXELS_MAX = 1 << 22, WIDTH_AT = 16 };

static void try_wav(const struct feed *feed)
{
	struct wav wav;
	const char *problem = wav_read(feed->bytes, feed->size, &wav);

	if (problem != NULL)
		return;
	must(wav.rate > 0 && wav.channels > 0 && wav.bits > 0 && wav.frame > 0, "a recording has frames");
	must(wav.data <= feed->size && wav.data_size <= feed->size - wav.data, "the frames are in the file");
	must(wav.data_size % wav.frame == 0 && wav.length_ns >= 0, "whole frames have a length");
}

static void try_fresh(const struct feed *feed, const char *name, const char *type)
{
	const struct media media = {.name = name, .type = type, .bytes = feed->bytes, .size = feed->size};
	struct fresh_media *fresh = fresh_media_new(&media);
	struct text one = {0}, same = {0}, other = {0};

	if (fresh == NULL)
		return;
	fresh_media_add(fresh, 1, &one);
	fresh_media_add(fresh, 1, &same);
	fresh_media_add(fresh, 2, &other);
	must(one.size == same.size && memcmp(one.data, same.data, one.size) == 0, "a number makes one file");
	must(one.size != other.size || memcmp(one.data, other.data, one.size) != 0, "two numbers make two files");
	fresh_media_free(fresh);
	text_release(&one);
	text_release(&same);
	text_release(&other);
}

/* Of a picture that unpacks to more than this takes part only what its head says. */
static bool is_small(const struct feed *feed)
{
	uint64_t pixels = 1;

	for (size_t side = 0; side < 2 && feed->size >= WIDTH_AT + 8; side++) {
		const unsigned char *at = (const unsigned char *)feed->bytes + WIDTH_AT + 4 * side;

		pixels *= (uint64_t)at[0] << 24 | (uint64_t)at[1] << 16 | (uint64_t)at[2] << 8 | at[3];
	}
	return pixels <= PIXELS_MAX;
}

static void try_gguf(const struct feed *feed)
{
	struct model_shape shape = {0};
	struct text problem = {0};

	if (!gguf_read(fuzz_file(feed), &shape, &problem))
		must(problem.size > 0, "a file is refused with a word");
	must(fuzz_is_shown_safely(text_string(&problem), false), "why it is refused is safe to show");
	text_release(&problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct feed feed = feed_of(bytes, size);

	if (size > SIZE_MAX_BYTES)
		return 0;
	try_wav(&feed);
	if (size >= 4 && memcmp(bytes, "RIFF", 4) == 0)
		try_fresh(&feed, "a.wav", "audio/wav");
	if (png_is(bytes, size) && is_small(&feed))
		try_fresh(&feed, "a.png", "image/png");
	if (size >= 4 && memcmp(bytes, "GGUF", 4) == 0)
		try_gguf(&feed);
	return 0;
}
