/*
 * A picture that is equal to another one but for its last few pixels, so that
 * no server can take for it what it kept of the other: caches of pictures go by
 * a checksum of the pixels. Pure; any bytes are survived.
 *
 * The file format: W3C, "Portable Network Graphics (PNG) Specification".
 */
#ifndef CORE_PNG_H
#define CORE_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Whether the bytes begin as a PNG file does, with a size that makes sense. */
bool png_is(const void *bytes, size_t size);

struct png_variants;

/*
 * NULL when the picture cannot be changed safely: it has a palette, less than 8
 * bits for a colour, interlaced or fewer than 8 pixels in a row, is damaged, or
 * is larger than 256 MiB. Only the last pixels are packed anew for each variant,
 * so it costs the same for pictures of any size.
 */
struct png_variants *png_variants_new(const void *bytes, size_t size);
void png_variants_free(struct png_variants *variants);

/*
 * Adds the file of one of them. Those of different numbers differ from each
 * other: in the last pixels of the last row, 8 of a grey and 3 of a coloured
 * picture, and never in the alpha.
 */
void png_variants_add(const struct png_variants *variants, uint64_t number, struct text *into);

#endif
