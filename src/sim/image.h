/*
 * Images of a request: what counts as one, which are the same, and what is
 * still in the encoder's cache. Pixels are not looked at. Pure.
 */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define IMAGES_MAX 16 /* of one request */

/* Base64 of a PNG, JPEG, GIF or WebP, after "data:image/…;base64," or alone. False: it is none. */
bool image_read(const char *url, uint64_t *hash);

/* What stands for an image in the prompt: the same for the same image, and as long as words of so many tokens. */
void image_add_marks(struct text *prompt, uint64_t hash, int tokens);

#define IMAGE_CACHE_SIZE 20 /* mlx-vlm's --vision-cache-size */

/* The images that were encoded last. = {0} is empty. */
struct image_cache {
	uint64_t hashes[IMAGE_CACHE_SIZE];
	int count, next;
};

/* Whether the image is there; afterwards it is. */
bool image_cache_has(struct image_cache *cache, uint64_t hash);

#endif
