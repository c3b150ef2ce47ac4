#include "made.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "words.h"

/* Steps through all words, an odd number as it is, so that neighbours of the row are none of the alphabet. */
#define ROW_STEP 203

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

void made_add(struct text *into, const struct made_order *order, size_t from, int64_t words)
{
	uint64_t seed = mixed(mixed(order->salt, order->region), order->place);
	size_t count = words > 0 ? (size_t)words : 0;
	size_t *left = memory_new(count, sizeof(*left));

	for (size_t i = 0; i < count; i++)
		left[i] = (from + i) * ROW_STEP;
	for (; count > 0; count--) {
		size_t taken = (size_t)random_below(&seed, count);

		add_word(into, left[taken]);
		left[taken] = left[count - 1];
	}
	free(left);
}

void made_add_unique(struct text *into, const struct made_order *order, size_t from, int64_t words)
{
	uint64_t offsets = mixed(order->salt, order->region), rest = order->place;
	int64_t i = 0;

	for (; i < words && (i == 0 || rest > 0); i++) {
		add_word(into, rest + offsets);
		rest >>= WORKLOAD_WORD_BITS;
		offsets >>= WORKLOAD_WORD_BITS;
	}
	made_add(into, order, from, words - i);
}
