/* Prompts that were made: are they as long as was asked, and what do they share? */
#include "core/checks.h"

struct differing {
	size_t count, asked;
	int64_t least, most; /* as counted, of all that were asked for */
	int64_t least_asked, most_asked;
};

static void add_range(struct text *into, int64_t least, int64_t most)
{
	text_addf(into, "%lld", (long long)least);
	if (most != least)
		text_addf(into, " to %lld", (long long)most);
}

static struct differing find_differing(const struct evidence *evidence)
{
	struct differing found = {.least = INT64_MAX, .least_asked = INT64_MAX};

	for (size_t i = 0; i < evidence->count; i++) {
		const struct record *record = &evidence->records[i];
		int64_t got = record->prompt_tokens, asked = record->asked_input_tokens;

		if (record->outcome != OUTCOME_OK || got == JSON_UNKNOWN || asked <= 0)
			continue;
		found.asked++;
		found.count += got != asked;
		found.least = got < found.least ? got : found.least;
		found.most = got > found.most ? got : found.most;
		found.least_asked = asked < found.least_asked ? asked : found.least_asked;
		found.most_asked = asked > found.most_asked ? asked : found.most_asked;
	}
	return found;
}

bool check_input_tokens(const struct evidence *evidence, struct text *into)
{
	struct differing found = find_differing(evidence);

	if (found.count == 0)
		return false;
	text_add(into, "asked ");
	add_range(into, found.least_asked, found.most_asked);
	text_add(into, " input tokens, got ");
	add_range(into, found.least, found.most);
	if (found.count < found.asked)
		text_addf(into, " (%zu of %zu differ)", found.count, found.asked);
	return true;
}

bool check_shared_prefix(const struct evidence *evidence, struct text *into)
{
	int64_t shared = evidence->cell->shared_prefix_tokens;

	if (shared == CELL_UNSET)
		return false;
	text_addf(into, "all prompts begin with the same %lld tokens: their prefill may be from the cache",
	          (long long)shared);
	return true;
}
