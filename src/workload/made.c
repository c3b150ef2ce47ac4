#include "made.h"

#include "base/random.h"
#include "words.h"

/* Words that tell the place, WORKLOAD_WORD_BITS of it each. */
enum { PLACE_WORDS = 4 };

static void add_word(struct text *into, uint64_t number)
{
	if (into->size > 0)
		text_add_char(into, ' ');
	text_add(into, workload_words[number % WORKLOAD_WORDS]);
}

static uint64_t mixed(uint64_t a, uint64_t b)
{
	uint64_t state = a ^ (b * UINT64_C(0xd1342543de82ef95));

	return random_next(&state);
}

static void add_any(struct text *into, uint64_t seed, int64_t words)
{
	for (int64_t i = 0; i < words; i++)
		add_word(into, random_next(&seed) >> 32);
}

void made_add(struct text *into, uint64_t salt, enum made_region region, uint64_t place, int64_t words)
{
	add_any(into, mixed(mixed(salt, region), place), words);
}

void made_add_unique(struct text *into, uint64_t salt, enum made_region region, uint64_t place, int64_t words)
{
	uint64_t offsets = mixed(salt, region), rest = place;
	int64_t i = 0;

	for (; i < PLACE_WORDS && i < words; i++) {
		add_word(into, rest + offsets);
		rest >>= WORKLOAD_WORD_BITS;
		offsets >>= WORKLOAD_WORD_BITS;
	}
	made_add(into, salt, region, place, words - i);
}
