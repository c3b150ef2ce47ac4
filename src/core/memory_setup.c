#include <stdlib.h>

#include "core/memory_model.h"

enum { USUAL_BATCH = 512, SLOT_STEP = 256 };

/* Ollama's versions that change what is assumed, as version_of() has them. */
enum { FLASH_BY_ITSELF = 13004, LLAMA_SERVER = 30000 };

/* "0.13.4" is 13004; 0: not known, or built from source ("0.0.0"). */
static int version_of(const char *version)
{
	long parts[3] = {0};
	size_t count = 0;

	for (char *after; version != NULL && count < 3 && *version >= '0' && *version <= '9'; version = after + 1) {
		parts[count] = strtol(version, &after, 10);
		if (parts[count++] > 999)
			return 0;
		if (*after != '.')
			break;
	}
	return count < 2 ? 0 : (int)(parts[0] * 1000000 + parts[1] * 1000 + parts[2]);
}

static void assume(struct text *assumed, const char *what)
{
	if (assumed != NULL)
		text_addf(assumed, "%s%s", assumed->size > 0 ? ", " : "", what);
}

/* As the matrix sets it for the server: the profile's wins. NULL: it does not. */
static const char *variable(const struct cell *cell, const char *name)
{
	const char *value = cell->profile != NULL ? environment_get(cell->profile, name) : NULL;

	if (value == NULL)
		value = environment_get(&cell->server->environment, name);
	return value != NULL && *value != '\0' ? value : NULL;
}

/* Ollama takes what is no boolean for true. */
static bool is_true(const char *value)
{
	static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};

	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (text_equal(value, no[i]))
			return false;
	return true;
}

static bool flash_attention(const struct cell *cell, bool ollama, int version, struct text *assumed)
{
	const char *value = ollama ? variable(cell, "OLLAMA_FLASH_ATTENTION") : NULL;
	bool usual = version == 0 || version >= FLASH_BY_ITSELF;

	if (cell->flash_attention != CELL_UNSET)
		return cell->flash_attention == CELL_ON;
	if (value != NULL)
		return is_true(value);
	assume(assumed, usual ? "flash attention on" : "flash attention off");
	return usual;
}

static enum cell_kv_cache_type kv_cache_type(const struct cell *cell, bool ollama)
{
	const struct cell_field *field = cell_field_find("kv_cache_type");
	const char *value = ollama ? variable(cell, "OLLAMA_KV_CACHE_TYPE") : NULL;

	if (cell->kv_cache_type != CELL_UNSET)
		return (enum cell_kv_cache_type)cell->kv_cache_type;
	for (int i = 0; value != NULL && field->choices[i] != NULL; i++)
		if (text_equal(field->choices[i], value))
			return (enum cell_kv_cache_type)i;
	return CELL_KV_F16;
}

struct memory_setup memory_setup_of(const struct cell *cell, const char *kind, const char *version,
                                    struct text *assumed)
{
	bool ollama = text_equal(kind, "ollama");
	int number = ollama ? version_of(version) : LLAMA_SERVER;
	struct memory_setup setup = {
	    .context_size = cell->context_size,
	    .parallel = cell->parallel,
	    .batch = cell->num_batch != CELL_UNSET ? cell->num_batch : USUAL_BATCH,
	    .gpu_layers = cell->num_gpu != CELL_UNSET ? cell->num_gpu : -1,
	    .flash_attention = flash_attention(cell, ollama, number, assumed),
	    .kv_cache_type = kv_cache_type(cell, ollama),
	    .rule = number >= LLAMA_SERVER ? MEMORY_FIT : MEMORY_OLLAMA,
	};

	if (cell->num_batch == CELL_UNSET)
		assume(assumed, "num_batch 512");
	if (cell_task(cell) == CELL_TASK_EMBED)
		setup.parallel = 1; /* whatever is asked */
	if (setup.rule == MEMORY_FIT)
		setup.context_size = (setup.context_size + SLOT_STEP - 1) / SLOT_STEP * SLOT_STEP;
	else if (!setup.flash_attention)
		setup.kv_cache_type = CELL_KV_F16; /* others are refused then */
	return setup;
}

static const struct {
	const char *key;
	size_t offset;
} numbers[] = {
    {"total_bytes", offsetof(struct memory_prediction, total_bytes)},
    {"weights_bytes", offsetof(struct memory_prediction, weights_bytes)},
    {"kv_cache_bytes", offsetof(struct memory_prediction, kv_bytes)},
    {"compute_bytes", offsetof(struct memory_prediction, compute_bytes)},
    {"rest_bytes", offsetof(struct memory_prediction, rest_bytes)},
    {"gpu_bytes", offsetof(struct memory_prediction, gpu_bytes)},
    {"layers", offsetof(struct memory_prediction, layers)},
    {"layers_on_gpu", offsetof(struct memory_prediction, layers_on_gpu)},
};
enum { NUMBER_COUNT = sizeof(numbers) / sizeof(numbers[0]) };

static const char *const verdicts[] = {
    [MEMORY_UNKNOWN] = NULL,      [MEMORY_FITS] = "fits",   [MEMORY_SPILLS] = "spills",
    [MEMORY_EXCEEDS] = "exceeds", [MEMORY_FAILS] = "fails",
};

const char *memory_verdict_name(enum memory_verdict verdict)
{
	return verdicts[verdict];
}

struct json *memory_prediction_json(const struct memory_prediction *prediction)
{
	struct json *json;

	if (prediction->total_bytes == JSON_UNKNOWN)
		return NULL;
	json = json_new_object();
	for (size_t i = 0; i < NUMBER_COUNT; i++)
		json_set_integer(json, numbers[i].key,
		                 *(const int64_t *)(const void *)((const char *)prediction + numbers[i].offset));
	json_set_string(json, "fits", verdicts[prediction->verdict]);
	json_set_bool(json, "exact", prediction->exact);
	return json;
}

void memory_prediction_parse(const struct json *json, struct memory_prediction *prediction)
{
	const char *verdict = json_get_string(json, "fits");

	memory_prediction_reset(prediction);
	for (size_t i = 0; i < NUMBER_COUNT; i++)
		*(int64_t *)(void *)((char *)prediction + numbers[i].offset) = json_get_integer(json, numbers[i].key);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (verdict != NULL && text_equal(verdicts[i], verdict))
			prediction->verdict = (enum memory_verdict)i;
	prediction->exact = json_get_bool(json, "exact", false);
}
