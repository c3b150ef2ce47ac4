/* The test vectors of RFC 4648, section 10, and every byte. */
#include "base/base64.h"

#include "tap.h"

static void is_encoded(const void *bytes, size_t size, const char *want)
{
	struct text text = {0};

	base64_add(&text, bytes, size);
	is_text(text_string(&text), want, want);
	text_release(&text);
}

int main(void)
{
	static const char *const vectors[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};

	for (size_t size = 0; size < sizeof(vectors) / sizeof(vectors[0]); size++)
		is_encoded("foobar", size, vectors[size]);
	is_encoded("\x00\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f\x41\x14\x93\x51\x55\x97\x61\x96\x9b\x71\xd7\x9f"
	           "\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3\x1c\xb3\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf",
	           48, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	return tap_done();
}
