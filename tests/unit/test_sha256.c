#include "base/sha256.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tap.h"

static void is_digest(const char *bytes, size_t size, const char *want, const char *what)
{
	struct text hex = {0};
	uint8_t digest[SHA256_BYTES];

	sha256(bytes, size, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		text_addf(&hex, "%02x", digest[i]);
	is_text(text_string(&hex), want, what);
	text_release(&hex);
}

/* The lengths at which the padding takes another block, and one block more. */
static void around_the_padding(void)
{
	static const struct {
		size_t size;
		const char *digest;
	} lengths[] = {
	    {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
	    {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
	    {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
	    {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
	    {119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"},
	    {1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
	};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *bytes = malloc(lengths[i].size);

		memset(bytes, 'a', lengths[i].size);
		is_digest(bytes, lengths[i].size, lengths[i].digest, "so many times a");
		free(bytes);
	}
}

int main(void)
{
	is_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "nothing");
	is_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc");
	around_the_padding();
	return tap_done();
}
