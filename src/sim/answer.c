#include "sim/answer.h"

#define WORDS 64

/* With a blank in front, so that a token is the word itself or what follows the blank. */
static const char *const words[WORDS] = {
    " light",  " wave",   " air",     " scatter", " blue",   " red",     " sky",     " sun",   " because", " the",
    " of",     " and",    " longer",  " shorter", " toward", " through", " small",   " many",  " gas",     " eye",
    " color",  " bright", " evening", " morning", " path",   " far",     " when",    " where", " it",      " is",
    " more",   " less",   " than",    " as",      " we",     " see",     " white",   " mixed", " part",    " whole",
    " energy", " field",  " water",   " cloud",   " high",   " low",     " north",   " south", " time",    " place",
    " reason", " effect", " strong",  " weak",    " near",   " point",   " surface", " depth", " earth",   " space",
    " meets",  " passes", " spreads", " remains",
};

/* SplitMix64's finalizer: every bit of the input moves every bit of the output. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t hash_string(uint64_t hash, const char *string)
{
	for (; *string != '\0'; string++)
		hash = (hash ^ (unsigned char)*string) * UINT64_C(0x100000001b3); /* FNV-1a */
	return hash;
}

struct answer answer_of(const char *model, const char *prompt, int64_t seed)
{
	uint64_t hash = hash_string(hash_string(UINT64_C(0xcbf29ce484222325), model), prompt);

	return (struct answer){.key = mix(hash + (uint64_t)seed * UINT64_C(0x9e3779b97f4a7c15))};
}

const char *answer_token(const struct answer *answer, int index)
{
	const char *word = words[mix(answer->key + (uint64_t)index) % WORDS];

	return index == 0 ? word + 1 : word;
}

int answer_natural_tokens(const struct answer *answer)
{
	return 256 + (int)(answer->key >> 56);
}
