#include "core/slo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "core/metric.h"

const char *const slo_metrics[SLO_COUNT] = {"ttft_ms", "itl_ms", "tpot_ms", "e2e_ms"};

static struct slo no_limits(void)
{
	struct slo slo;

	for (size_t i = 0; i < SLO_COUNT; i++)
		slo.limits_ms[i] = NAN;
	return slo;
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* "name: value" of `size` bytes. */
static bool read_limit(const char *string, size_t size, struct slo *slo)
{
	for (size_t i = 0; i < SLO_COUNT; i++) {
		size_t length = strlen(slo_metrics[i]);
		double limit_ms = 0;
		const char *colon;
		char *number;
		bool good;

		if (size < length || strncmp(string, slo_metrics[i], length) != 0)
			continue;
		colon = skip_blanks(string + length);
		if (*colon != ':' || colon >= string + size)
			return false;
		number = memory_copy(colon + 1, (size_t)(string + size - colon) - 1);
		good = units_read_real(number, &limit_ms) && limit_ms > 0 && isnan(slo->limits_ms[i]);
		free(number);
		slo->limits_ms[i] = limit_ms;
		return good;
	}
	return false;
}

bool slo_read(const char *string, struct slo *slo)
{
	const char *at = skip_blanks(string);

	*slo = no_limits();
	if (*at++ != '{')
		return false;
	for (;;) {
		size_t size;

		at = skip_blanks(at);
		size = strcspn(at, ",}");
		if (at[size] == '\0' || !read_limit(at, size, slo))
			return false;
		at += size + 1;
		if (at[-1] == '}')
			return *skip_blanks(at) == '\0';
	}
}

void slo_add(const struct slo *slo, struct text *into)
{
	const char *before = "{";

	for (size_t i = 0; i < SLO_COUNT; i++) {
		if (isnan(slo->limits_ms[i]))
			continue;
		text_addf(into, "%s%s: %.15g", before, slo_metrics[i], slo->limits_ms[i]);
		before = ", ";
	}
	text_add_char(into, '}');
}

struct json *slo_json(const struct slo *slo)
{
	struct json *json = json_new_object();

	for (size_t i = 0; i < SLO_COUNT; i++)
		if (!isnan(slo->limits_ms[i]))
			json_set_number(json, slo_metrics[i], slo->limits_ms[i]);
	return json;
}

bool slo_of_json(const struct json *json, struct slo *slo)
{
	bool any = false;

	for (size_t i = 0; i < SLO_COUNT; i++) {
		slo->limits_ms[i] = json_get_number(json, slo_metrics[i]);
		any = any || !isnan(slo->limits_ms[i]);
	}
	return any;
}

static bool is_limit_met(const char *metric, double limit_ms, const struct record *record)
{
	struct series series = {0};
	bool met;

	metric_find(metric)->request(record, &series);
	met = series.count > 0;
	for (size_t i = 0; i < series.count; i++)
		met = met && series.values[i] <= limit_ms;
	series_release(&series);
	return met;
}

bool slo_is_met(const struct slo *slo, const struct record *record)
{
	if (record->outcome != OUTCOME_OK)
		return false;
	for (size_t i = 0; i < SLO_COUNT; i++)
		if (!isnan(slo->limits_ms[i]) && !is_limit_met(slo_metrics[i], slo->limits_ms[i], record))
			return false;
	return true;
}
