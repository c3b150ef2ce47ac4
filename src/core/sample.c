#include "core/sample.h"

#include <string.h>

enum kind { GAUGE, COUNTER };

static const struct figure {
	const char *name;
	enum kind kind;
	const char *meaning;
	size_t offset;
} figures[] = {
#define X(member, kind, meaning) {#member, kind, meaning, offsetof(struct sample, member)},
    SAMPLE_FIGURES(X)
#undef X
};

/* Always written, so that a line has a shape that readers can rely on. */
enum { ALWAYS = SAMPLE_swap_used_bytes + 1 };

const char *phase_name(enum phase phase)
{
	static const char *const names[] = {
#define X(symbol, name) [symbol] = (name),
	    PHASES(X)
#undef X
	};

	return names[phase];
}

void sample_reset(struct sample *sample)
{
	*sample = (struct sample){
#define X(member, kind, meaning) .member = JSON_UNKNOWN,
	    SAMPLE_FIGURES(X)
#undef X
	};
}

void sample_add(int64_t *figure, int64_t value)
{
	if (value == JSON_UNKNOWN)
		return;
	if (*figure == JSON_UNKNOWN)
		*figure = value;
	else
		*figure = value > 0 && *figure > INT64_MAX - value ? INT64_MAX : *figure + value;
}

void sample_raise(int64_t *figure, int64_t value)
{
	if (value > *figure) /* JSON_UNKNOWN is the least integer */
		*figure = value;
}

int64_t sample_figure(const struct sample *sample, enum sample_figure figure)
{
	int64_t value;

	memcpy(&value, (const char *)sample + figures[figure].offset, sizeof(value));
	return value;
}

int64_t sample_told(const struct sample *sample, enum sample_figure figure)
{
	if (sample->stale && figure == SAMPLE_used_bytes)
		return JSON_UNKNOWN;
	return sample_figure(sample, figure);
}

int64_t sample_growth(const struct sample *from, const struct sample *to, enum sample_figure figure)
{
	int64_t before = sample_figure(from, figure), after = sample_figure(to, figure);

	return before == JSON_UNKNOWN || after == JSON_UNKNOWN || after < before ? JSON_UNKNOWN : after - before;
}

const char *sample_figure_name(enum sample_figure figure)
{
	return figures[figure].name;
}

const char *sample_figure_meaning(enum sample_figure figure)
{
	return figures[figure].meaning;
}

bool sample_figure_is_counter(enum sample_figure figure)
{
	return figures[figure].kind == COUNTER;
}

struct json *sample_json(const struct sample *sample, const char *cell_id, int64_t origin_ns)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", "llmbench.sample/1");
	json_set_string(json, "cell", cell_id);
	json_set_integer(json, "at_ns", sample->at_ns - origin_ns);
	json_set_string(json, "phase", phase_name(sample->phase));
	json_set_bool(json, "stale", sample->stale);
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++) {
		int64_t value = sample_figure(sample, (enum sample_figure)i);

		if (i < ALWAYS || value != JSON_UNKNOWN)
			json_set_integer(json, figures[i].name, value);
	}
	return json;
}

static void set_figure(struct sample *sample, enum sample_figure figure, int64_t value)
{
	memcpy((char *)sample + figures[figure].offset, &value, sizeof(value));
}

static bool parse_phase(const char *name, enum phase *phase)
{
	for (int i = 0; i < PHASE_COUNT; i++) {
		if (text_equal(name, phase_name((enum phase)i))) {
			*phase = (enum phase)i;
			return true;
		}
	}
	return false;
}

bool sample_parse(const struct json *json, int64_t origin_ns, struct sample *sample)
{
	int64_t at_ns = json_get_integer(json, "at_ns");

	sample_reset(sample);
	if (!text_equal(json_get_string(json, "schema"), "llmbench.sample/1") || at_ns == JSON_UNKNOWN ||
	    !parse_phase(json_get_string(json, "phase"), &sample->phase))
		return false;
	sample->at_ns = origin_ns + at_ns;
	sample->stale = json_get_bool(json, "stale", false);
	for (int i = 0; i < SAMPLE_FIGURE_COUNT; i++)
		set_figure(sample, (enum sample_figure)i, json_get_integer(json, figures[i].name));
	return true;
}
