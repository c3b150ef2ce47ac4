/*
 * How long a recording is, by every kind of head that programs write, and that
 * no bytes do harm.
 */
#include "core/wav.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "tap.h"

#define MS(n) ((int64_t)(n)*1000000)

static void add_number(struct text *text, uint32_t number, int bytes)
{
	for (int i = 0; i < bytes; i++)
		text_add_char(text, (char)(number >> 8 * i & 0xff));
}

struct format {
	int kind, channels, rate, align, bits;
};

static const struct format usual = {1, 1, 16000, 2, 16};

static void add_format(struct text *text, const struct format *format)
{
	bool extensible = format->kind > 0xffff; /* 0x1fffe: with PCM within */

	text_add_bytes(text, "fmt ", 4);
	add_number(text, extensible ? 40 : 16, 4);
	add_number(text, (uint32_t)format->kind & 0xffff, 2);
	add_number(text, (uint32_t)format->channels, 2);
	add_number(text, (uint32_t)format->rate, 4);
	add_number(text, (uint32_t)(format->rate * format->align), 4);
	add_number(text, (uint32_t)format->align, 2);
	add_number(text, (uint32_t)format->bits, 2);
	if (extensible) {
		add_number(text, 22, 2);
		add_number(text, (uint32_t)format->bits, 2);
		add_number(text, 4, 4);
		add_number(text, (uint32_t)format->kind >> 16, 2);
		text_add_bytes(text, "\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71", 14);
	}
}

static void begin(struct text *text)
{
	text_clear(text);
	text_add_bytes(text, "RIFF\xff\xff\xff\xffWAVE", 12);
}

/* `there` bytes of `told`. */
static void add_data(struct text *text, uint32_t told, size_t there)
{
	text_add_bytes(text, "data", 4);
	add_number(text, told, 4);
	for (size_t i = 0; i < there; i++)
		text_add_char(text, (char)(i * 7));
}

static const char *read_of(const struct text *text, struct wav *wav)
{
	/* On the heap and no byte longer, so that a sanitizer sees who reads on. */
	char *bytes = memory_new(1, text->size > 0 ? text->size : 1);
	const char *problem;

	memcpy(bytes, text_string(text), text->size);
	problem = wav_read(bytes, text->size, wav);
	free(bytes);
	return problem;
}

static void test_lengths(void)
{
	static const struct {
		struct format format;
		uint32_t told;
		size_t there;
		int64_t length_ns;
		const char *what;
	} cases[] = {
	    {{1, 1, 16000, 2, 16}, 32000, 32000, MS(1000), "16 kHz, one channel"},
	    {{1, 2, 44100, 4, 16}, 88200, 88200, MS(500), "44.1 kHz, two channels"},
	    {{1, 1, 8000, 1, 8}, 8000, 8000, MS(1000), "8 bits"},
	    {{1, 1, 16000, 3, 24}, 24000, 24000, MS(500), "24 bits"},
	    {{1, 1, 16000, 4, 24}, 32000, 32000, MS(500), "24 bits in 32"},
	    {{3, 1, 16000, 4, 32}, 64000, 64000, MS(1000), "floats"},
	    {{0x1fffe, 1, 16000, 2, 16}, 32000, 32000, MS(1000), "extensible, integers"},
	    {{0x3fffe, 1, 16000, 4, 32}, 64000, 64000, MS(1000), "extensible, floats"},
	    {{1, 1, 16000, 2, 16}, 0xffffffff, 16000, MS(500), "a stream: the size is 0xffffffff"},
	    {{1, 1, 16000, 2, 16}, 0, 16000, MS(500), "a stream: the size is 0"},
	    {{1, 1, 16000, 2, 16}, 32000, 16000, MS(500), "cut off: what is there counts"},
	    {{1, 1, 16000, 2, 16}, 32000, 16001, MS(500), "cut off within a sample"},
	    {{1, 1, 16000, 2, 16}, 16000, 32000, MS(500), "more bytes than told: they are no sound"},
	};
	struct text text = {0};
	struct wav wav;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&text);
		add_format(&text, &cases[i].format);
		add_data(&text, cases[i].told, cases[i].there);
		is_text(read_of(&text, &wav), NULL, cases[i].what);
		is_int(wav.length_ns, cases[i].length_ns, "length");
	}
	text_release(&text);
}

static void test_order(void)
{
	struct text text = {0};
	struct wav wav;

	begin(&text);
	text_add_bytes(&text, "LIST\x03\0\0\0abc\0", 12);
	add_data(&text, 32000, 32000);
	text_add_bytes(&text, "junk\x02\0\0\0ab", 10);
	add_format(&text, &usual);
	is_text(read_of(&text, &wav), NULL, "other chunks, one of an odd size, and the format after the sound");
	is_int(wav.length_ns, MS(1000), "length");
	is_int(wav.data, 12 + 12 + 8, "where the sound is");
	is_int(wav.data_size, 32000, "and how much");
	is_int(wav.rate, 16000, "rate");
	is_int(wav.bits, 16, "bits");
	text_release(&text);
}

static void test_mistakes(void)
{
	static const struct {
		struct format format;
		const char *want, *what;
	} cases[] = {
	    {{2, 1, 16000, 2, 4}, "the WAV file is compressed; it can have integers (PCM) or floats", "ADPCM"},
	    {{0x11fffe, 1, 16000, 2, 4},
	     "the WAV file is compressed; it can have integers (PCM) or floats",
	     "within extensible"},
	    {{1, 0, 16000, 2, 16}, "the WAV file's format makes no sense", "no channel"},
	    {{1, 1, 0, 2, 16}, "the WAV file's format makes no sense", "no rate"},
	    {{1, 1, 16000, 0, 16}, "the WAV file's format makes no sense", "frames of no bytes"},
	    {{1, 2, 16000, 2, 16}, "the WAV file's format makes no sense", "frames too small for two channels"},
	    {{1, 1, 16000, 2, 0}, "the WAV file's format makes no sense", "no bits"},
	};
	struct text text = {0};
	struct wav wav;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&text);
		add_format(&text, &cases[i].format);
		add_data(&text, 100, 100);
		is_text(read_of(&text, &wav), cases[i].want, cases[i].what);
	}
	begin(&text);
	add_format(&text, &usual);
	is_text(read_of(&text, &wav), "the WAV file has no sound in it", "no data");
	add_data(&text, 32000, 1);
	is_text(read_of(&text, &wav), "the WAV file has no sound in it", "half a sample");
	begin(&text);
	add_data(&text, 100, 100);
	is_text(read_of(&text, &wav), "the WAV file says nothing of its format", "no format");
	text_clear(&text);
	is_text(read_of(&text, &wav), "it is not a WAV file", "nothing");
	text_add_bytes(&text, "RIFF\x10\0\0\0AVI LIST", 16);
	is_text(read_of(&text, &wav), "it is not a WAV file", "another kind of RIFF");
	text_release(&text);
}

/* What comes of them does not matter, but a length is never negative, and no byte outside is read. */
static void test_hostile(void)
{
	struct text good = {0}, bad = {0};
	uint64_t state = 7;
	size_t wrong = 0;
	struct wav wav;

	begin(&good);
	add_format(&good, &usual);
	add_data(&good, 64, 64);
	for (size_t size = 0; size <= good.size; size++) {
		text_clear(&bad);
		text_add_bytes(&bad, good.data, size);
		wrong += read_of(&bad, &wav) == NULL && wav.length_ns <= 0;
	}
	for (int i = 0; i < 20000; i++) {
		text_clear(&bad);
		text_add_bytes(&bad, good.data, good.size);
		for (int change = 0; change < 4; change++)
			bad.data[12 + random_below(&state, 40)] = (char)random_next(&state);
		wrong += read_of(&bad, &wav) == NULL &&
		         (wav.length_ns < 0 || wav.data + wav.data_size > bad.size || wav.frame == 0);
	}
	is_int(wrong, 0, "heads that are cut or damaged");
	text_release(&good);
	text_release(&bad);
}

int main(void)
{
	test_lengths();
	test_order();
	test_mistakes();
	test_hostile();
	return tap_done();
}
