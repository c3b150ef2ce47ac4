#include "core/error_floor.h"

#include <math.h>

#include "core/summary.h"

struct error_quantiles error_quantiles_of(double *values, size_t count)
{
	struct distribution all = distribution_of(values, count);

	return (struct error_quantiles){.n = all.n, .p50 = all.p50, .p95 = all.p95, .p99 = all.p99, .max = all.max};
}

void error_floor_reset(struct error_floor *floor)
{
	*floor = (struct error_floor){
	    .tokens_per_s = NAN,
	    .reached_tokens_per_s = NAN,
	    .core_share = NAN,
	    .core_tokens_per_s = NAN,
	};
#define X(member, title, definition) floor->member = error_quantiles_of(NULL, 0);
	ERROR_KINDS(X)
#undef X
}

static struct json *quantiles_json(const struct error_quantiles *quantiles)
{
	struct json *json = json_new_object();

	json_set_integer(json, "n", (int64_t)quantiles->n);
	json_set_number(json, "p50", quantiles->p50);
	json_set_number(json, "p95", quantiles->p95);
	json_set_number(json, "p99", quantiles->p99);
	json_set_number(json, "max", quantiles->max);
	return json;
}

struct json *error_floor_json(const struct error_floor *floor)
{
	struct json *json;

	if (floor->texts == 0)
		return NULL;
	json = json_new_object();
	json_set_integer(json, "streams", (int64_t)floor->streams);
	json_set_number(json, "tokens_per_s", floor->tokens_per_s);
	json_set_bool(json, "capped", floor->capped);
	json_set_integer(json, "texts", (int64_t)floor->texts);
	json_set_integer(json, "failed", (int64_t)floor->failed);
#define X(member, title, definition) json_set(json, #member, quantiles_json(&floor->member));
	ERROR_KINDS(X)
#undef X
	json_set_number(json, "reached_tokens_per_s", floor->reached_tokens_per_s);
	json_set_number(json, "core_share", floor->core_share);
	json_set_number(json, "core_tokens_per_s", floor->core_tokens_per_s);
	return json;
}

static size_t count_of(const struct json *object, const char *key)
{
	int64_t count = json_get_integer(object, key);

	return count < 0 ? 0 : (size_t)count;
}

static struct error_quantiles quantiles_of(const struct json *json)
{
	return (struct error_quantiles){
	    .n = count_of(json, "n"),
	    .p50 = json_get_number(json, "p50"),
	    .p95 = json_get_number(json, "p95"),
	    .p99 = json_get_number(json, "p99"),
	    .max = json_get_number(json, "max"),
	};
}

void error_floor_parse(const struct json *json, struct error_floor *floor)
{
	*floor = (struct error_floor){
	    .streams = count_of(json, "streams"),
	    .tokens_per_s = json_get_number(json, "tokens_per_s"),
	    .capped = json_get_bool(json, "capped", false),
	    .texts = count_of(json, "texts"),
	    .failed = count_of(json, "failed"),
	    .reached_tokens_per_s = json_get_number(json, "reached_tokens_per_s"),
	    .core_share = json_get_number(json, "core_share"),
	    .core_tokens_per_s = json_get_number(json, "core_tokens_per_s"),
	};
#define X(member, title, definition) floor->member = quantiles_of(json_get(json, #member));
	ERROR_KINDS(X)
#undef X
}
