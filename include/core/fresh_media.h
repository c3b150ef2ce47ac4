/*
 * A picture or recording of its own for each request: equal to that of the
 * file but for what nobody sees or hears, so that no server can answer from what
 * it kept of an earlier one. PNG: the last pixels (core/png.h). WAV with 16-bit
 * integers: the lowest bits of the last 64 samples.
 */
#ifndef CORE_FRESH_MEDIA_H
#define CORE_FRESH_MEDIA_H

#include <stdint.h>

#include "base/text.h"
#include "core/input.h"

struct fresh_media;

/* NULL: it cannot be changed safely. Borrows the media's bytes. */
struct fresh_media *fresh_media_new(const struct media *media);
void fresh_media_free(struct fresh_media *fresh);

/* Adds the bytes of a file; those of different numbers differ. */
void fresh_media_add(const struct fresh_media *fresh, uint64_t number, struct text *into);

#endif
