#include "report/fine_tuning.h"

#include <math.h>

#include "report/models.h"

static double known(struct text *unknown, const char *name, int64_t count)
{
	if (count > 0)
		return (double)count;
	text_addf(unknown, "%s%s", unknown->size > 0 ? ", " : "", name);
	return NAN;
}

static enum fine_tuning_verdict judge(double need, double available)
{
	if (isnan(need) || isnan(available))
		return FINE_TUNING_UNKNOWN;
	if (need <= available * (100 - FINE_TUNING_SPARE_PCT) / 100)
		return FINE_TUNING_FITS;
	return need <= available ? FINE_TUNING_TIGHT : FINE_TUNING_TOO_LARGE;
}

struct fine_tuning fine_tuning_estimate(const struct model_facts *model, int64_t available_bytes)
{
	const double s = FINE_TUNING_TOKENS, r = FINE_TUNING_RANK;
	struct fine_tuning estimate = {0};
	double parameters = known(&estimate.unknown, "parameters", model != NULL ? model->parameters : JSON_UNKNOWN);
	double layers = known(&estimate.unknown, "layers", model != NULL ? model->layers : JSON_UNKNOWN);
	double h = known(&estimate.unknown, "embedding length", model != NULL ? model->embedding_length : JSON_UNKNOWN);
	double vocabulary = known(&estimate.unknown, "vocabulary", model != NULL ? model->vocabulary : JSON_UNKNOWN);

	estimate.available = known(&estimate.unknown, "free memory of the machine", available_bytes);
	estimate.weights = 2 * parameters;
	estimate.adapters = 16 * 4 * layers * r * h;
	estimate.activations = 2 * s * h * layers + 34 * s * h;
	estimate.logits = 8 * s * vocabulary;
	estimate.need = estimate.weights + estimate.adapters + estimate.activations + estimate.logits;
	estimate.verdict = judge(estimate.need, estimate.available);
	return estimate;
}

void fine_tuning_release(struct fine_tuning *estimate)
{
	text_release(&estimate->unknown);
}

static void add_part(struct text *into, const char *before, double bytes)
{
	text_add(into, before);
	models_add_memory(into, (int64_t)bytes);
}

void fine_tuning_add(const struct fine_tuning *estimate, struct text *into)
{
	switch (estimate->verdict) {
	case FINE_TUNING_UNKNOWN:
		text_addf(into, "cannot be estimated: not known: %s", text_string(&estimate->unknown));
		return;
	case FINE_TUNING_FITS:
		text_add(into, "would fit");
		break;
	case FINE_TUNING_TIGHT:
		text_addf(into, "would fit with less than %d %% to spare", FINE_TUNING_SPARE_PCT);
		break;
	case FINE_TUNING_TOO_LARGE:
		text_add(into, "would not fit");
		break;
	}
	add_part(into, ": about ", estimate->need);
	add_part(into, " of ", estimate->available);
	add_part(into, " free (weights ", estimate->weights);
	add_part(into, ", adapters ", estimate->adapters);
	add_part(into, ", activations ", estimate->activations);
	add_part(into, ", logits ", estimate->logits);
	text_add_char(into, ')');
}

void fine_tuning_add_formula(struct text *into)
{
	text_addf(
	    into,
	    "2 bytes × parameters (weights in 16 bits, frozen) + 16 bytes × 4·L·r·h (adapters of rank r = %d at two "
	    "matrices of each layer, with gradients and Adam's state) + 2·s·h·L + 34·s·h bytes (activations, each "
	    "layer computed anew) + 8 bytes × s·V (logits), for one sequence of s = %d tokens; L layers, h embedding "
	    "length, V vocabulary, as the server tells them. After Hu et al. 2021 (LoRA), Rajbhandari et al. 2020 "
	    "(ZeRO), Korthikanti et al. 2022. Held against the machine's memory less what was used before the model "
	    "was loaded; \"would fit\" leaves %d %% of that for the framework, whose own memory is not counted.",
	    FINE_TUNING_RANK, FINE_TUNING_TOKENS, FINE_TUNING_SPARE_PCT);
}
