#include "core/fresh_media.h"

#include <stdlib.h>

#include "base/memory.h"
#include "core/png.h"
#include "core/wav.h"

enum { NUMBER_BITS = 64, SAMPLE_BYTES = 2 };

/* One of the two. */
struct fresh_media {
	struct png_variants *pictures;
	const struct media *recording;
	size_t last_samples; /* offset of the last NUMBER_BITS of them */
};

static bool find_samples(const struct media *media, size_t *last_samples)
{
	struct wav wav;

	if (wav_read(media->bytes, media->size, &wav) != NULL || wav.is_float || wav.bits != 8 * SAMPLE_BYTES ||
	    wav.frame != (size_t)wav.channels * SAMPLE_BYTES || wav.data_size < (size_t)NUMBER_BITS * SAMPLE_BYTES)
		return false;
	*last_samples = wav.data + wav.data_size - (size_t)NUMBER_BITS * SAMPLE_BYTES;
	return true;
}

struct fresh_media *fresh_media_new(const struct media *media)
{
	struct fresh_media fresh = {.pictures = png_variants_new(media->bytes, media->size)};

	if (fresh.pictures == NULL && find_samples(media, &fresh.last_samples))
		fresh.recording = media;
	if (fresh.pictures == NULL && fresh.recording == NULL)
		return NULL;
	return (struct fresh_media *)memory_copy(&fresh, sizeof(fresh));
}

void fresh_media_free(struct fresh_media *fresh)
{
	if (fresh != NULL)
		png_variants_free(fresh->pictures);
	free(fresh);
}

void fresh_media_add(const struct fresh_media *fresh, uint64_t number, struct text *into)
{
	size_t begin = into->size;

	if (fresh->pictures != NULL) {
		png_variants_add(fresh->pictures, number, into);
		return;
	}
	text_add_bytes(into, fresh->recording->bytes, fresh->recording->size);
	for (size_t i = 0; i < NUMBER_BITS; i++) {
		char *lowest = &into->data[begin + fresh->last_samples + i * SAMPLE_BYTES];

		*lowest = (char)(*lowest ^ (char)(number >> i & 1));
	}
}
