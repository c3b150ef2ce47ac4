/*
 * Guards of pictures and recordings: see flags[] for when each is raised.
 */
#include <math.h>

#include "core/checks.h"

#define LENGTH_SHARE 0.05

bool check_fixed_media(const struct evidence *evidence, struct text *into)
{
	const struct media *media = evidence->fixed_media;

	if (media == NULL || evidence->count < 2)
		return false;
	text_addf(into, "fixed %s: what the server computed of it may be from a cache",
	          media->length_ns == TIME_UNKNOWN ? "picture" : "recording");
	return true;
}

static bool heard_another_length(const struct record *record)
{
	int64_t heard_ns = record->heard_ns;
	double off_ns, allowed_ns;

	if (record->outcome != OUTCOME_OK || heard_ns <= 0 || record->audio_ns <= 0)
		return false;
	off_ns = fabs((double)heard_ns - (double)record->audio_ns);
	allowed_ns = LENGTH_SHARE * (double)record->audio_ns;
	/* Some servers tell whole seconds, rounded either way. */
	if (heard_ns % NS_PER_S == 0 && allowed_ns < (double)NS_PER_S)
		allowed_ns = (double)NS_PER_S;
	return off_ns > allowed_ns;
}

bool check_audio_length(const struct evidence *evidence, struct text *into)
{
	const struct record *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < evidence->count; i++) {
		if (!heard_another_length(&evidence->records[i]))
			continue;
		first = first != NULL ? first : &evidence->records[i];
		count++;
	}
	if (count == 0)
		return false;
	text_addf(into, "%zu of %zu answers are of a recording of another length: %.2f s, sent %.2f s", count,
	          evidence->count, (double)first->heard_ns / (double)NS_PER_S,
	          (double)first->audio_ns / (double)NS_PER_S);
	return true;
}
