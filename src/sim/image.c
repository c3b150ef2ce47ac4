#include "sim/image.h"

#include <string.h>

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/* About as many bytes of prompt as a token of plain words has. */
#define MARK_BYTES 4

static uint64_t hash_of(const char *string)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (; *string != '\0'; string++)
		hash = (hash ^ (unsigned char)*string) * UINT64_C(0x100000001b3);
	return hash;
}

bool image_read(const char *url, uint64_t *hash)
{
	/* the first bytes of the files, in Base64 */
	static const char *const starts[] = {"iVBORw0KGgo", "/9j/", "R0lGODdh", "R0lGODlh", "UklGR"};
	size_t length;

	if (strncmp(url, "data:image/", strlen("data:image/")) == 0) {
		const char *comma = strstr(url, ";base64,");

		if (comma == NULL)
			return false;
		url = comma + strlen(";base64,");
	}
	length = strspn(url, BASE64);
	length += strspn(url + length, "=");
	if (url[length] != '\0' || length % 4 != 0)
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (strncmp(url, starts[i], strlen(starts[i])) == 0) {
			*hash = hash_of(url);
			return true;
		}
	}
	return false;
}

void image_add_marks(struct text *prompt, uint64_t hash, int tokens)
{
	for (int i = 0; i < tokens; i++)
		text_addf(prompt, "%0*x", MARK_BYTES, (unsigned)(hash >> (i % 4 * 16)) & 0xffff);
}

bool image_cache_has(struct image_cache *cache, uint64_t hash)
{
	for (int i = 0; i < cache->count; i++)
		if (cache->hashes[i] == hash)
			return true;
	cache->hashes[cache->next] = hash;
	cache->next = (cache->next + 1) % IMAGE_CACHE_SIZE;
	if (cache->count < IMAGE_CACHE_SIZE)
		cache->count++;
	return false;
}
