/*
 * Logs of servers, and their words about a failure: what a log proves is
 * possible, and the telling part of it is one line that is safe to show.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "target/target.h"

enum { SIZE_MAX_BYTES = 1 << 13 };

static bool is_switch(int64_t value)
{
	return value == CELL_OFF || value == CELL_ON || value == JSON_UNKNOWN;
}

static bool is_known_or_not_negative(int64_t value)
{
	return value >= 0 || value == JSON_UNKNOWN;
}

static void check_proof(const struct proof *proof)
{
	must(is_switch(proof->has_gpu) && is_switch(proof->flash_attention), "a switch is on, off or unknown");
	must(is_known_or_not_negative(proof->parallel), "slots are not negative");
	must(is_known_or_not_negative(proof->context_size), "a context is not negative");
	must(is_known_or_not_negative(proof->layers) && is_known_or_not_negative(proof->layers_on_gpu),
	     "layers are not negative");
	must(memchr(proof->kv_cache_type, '\0', PROOF_NAME_MAX) != NULL, "a type of cache is a string");
	must(memchr(proof->single_family, '\0', PROOF_NAME_MAX) != NULL, "a family is a string");
	must(is_known_or_not_negative(proof->loads) && is_known_or_not_negative(proof->cut_prompts),
	     "events are counted");
}

static void check_telling(char *telling)
{
	must(fuzz_is_shown_safely(telling, false), "the telling words are one line that is safe to show");
	must(telling == NULL || *telling != '\0', "the telling words say something");
	free(telling);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct feed feed = feed_of(bytes, size);
	const struct target *target = targets[feed_choose(&feed, 3)];
	struct feed words;
	char *answer, *log;
	struct proof proof;

	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	words = feed_part(&feed, "---");
	answer = feed_string(&words);
	log = feed_string(&feed);
	target->proof(log, &proof);
	check_proof(&proof);
	check_telling(target->telling(NULL, log));
	check_telling(target->telling(answer, log));
	free(answer);
	free(log);
	return 0;
}
