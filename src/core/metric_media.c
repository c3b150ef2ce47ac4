#include "core/metric_media.h"

#include <math.h>

static double audio_s(const struct record *record)
{
	return record->audio_ns > 0 ? (double)record->audio_ns / (double)NS_PER_S : NAN;
}

void media_rtf(const struct record *record, struct series *into)
{
	if (record->audio_ns > 0 && record->sent_ns != TIME_UNKNOWN && record->done_ns != TIME_UNKNOWN)
		series_add(into, (double)(record->done_ns - record->sent_ns) / (double)record->audio_ns);
}

void media_audio(const struct record *record, struct series *into)
{
	series_add(into, audio_s(record));
}

void media_dimensions(const struct record *record, struct series *into)
{
	if (record->dimensions > 0)
		series_add(into, (double)record->dimensions);
}

/* Only of embeddings: those of other tasks are the prompt tokens beside output_tokens_per_s. */
static double input_tokens(const struct record *record)
{
	return record->dimensions > 0 && record->prompt_tokens != JSON_UNKNOWN ? (double)record->prompt_tokens : NAN;
}

static double one_input(const struct record *record)
{
	return record->dimensions > 0 ? 1 : NAN;
}

/* NAN when one of the successful requests has none, or when no request succeeded. */
static double sum_per_s(const struct trial *trial, double (*amount)(const struct record *record))
{
	double sum = 0;
	size_t ok = 0;

	for (size_t i = 0; i < trial->count; i++) {
		if (trial->records[i].outcome != OUTCOME_OK)
			continue;
		sum += amount(&trial->records[i]);
		ok++;
	}
	return ok > 0 && trial->wall_s > 0 ? sum / trial->wall_s : NAN;
}

double media_rtfx(const struct trial *trial)
{
	return sum_per_s(trial, audio_s);
}

double media_inputs_per_s(const struct trial *trial)
{
	return sum_per_s(trial, one_input);
}

double media_input_tokens_per_s(const struct trial *trial)
{
	return sum_per_s(trial, input_tokens);
}
