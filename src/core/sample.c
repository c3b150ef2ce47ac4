#include "core/sample.h"

const char *phase_name(enum phase phase)
{
	static const char *const names[] = {
#define X(symbol, name) [symbol] = (name),
	    PHASES(X)
#undef X
	};

	return names[phase];
}

struct json *sample_json(const struct sample *sample, const char *cell_id, int64_t origin_ns)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", "llmbench.sample/1");
	json_set_string(json, "cell", cell_id);
	json_set_integer(json, "at_ns", sample->at_ns - origin_ns);
	json_set_string(json, "phase", phase_name(sample->phase));
	json_set_bool(json, "stale", sample->stale);
	json_set_integer(json, "used_bytes", sample->used_bytes);
	json_set_integer(json, "total_bytes", sample->total_bytes);
	json_set_integer(json, "swap_used_bytes", sample->swap_used_bytes);
	return json;
}
