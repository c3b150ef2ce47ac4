/*
 * What Ollama's log proves. Its own lines changed from version to version, and
 * those of llama.cpp in between did too, so each fact has several patterns:
 * POSIX extended regular expressions, the most telling first. Of the first
 * that is found its last match counts, because a log grows at its end.
 */
#include <assert.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "core/cell.h"
#include "target/ollama.h"

enum { GROUPS = 3, PATTERNS = 6 };

/* The last group is the value. NULL: no more. */
static const char *const parallel_patterns[PATTERNS] = {
    "n_seq_max +=[ ]*([0-9]+)",              /* llama.cpp's context, all versions */
    "n_slots = ([0-9]+)",                    /* llama-server, from 0.30 */
    " Parallel:([0-9]+) BatchSize:",         /* the load request of 0.11.5 … 0.24 */
    "msg=\"starting .* --parallel ([0-9]+)", /* the runner's command line, until 0.11.4 */
    "msg=\"starting .* -np ([0-9]+)",        /* and from 0.30 */
};

static const char *const context_patterns[PATTERNS] = {
    "n_ctx_(per_)?seq +=[ ]*([0-9]+)",
    "n_ctx_slot = ([0-9]+)",
};

static const char *const flash_patterns[PATTERNS] = {
    "Flash Attention was auto, set to (enabled|disabled)",
    "flash_attn +=[ ]*(0|1|enabled|disabled)",
    "FlashAttention:(Enabled|Disabled|true|false)",
    "msg=\"starting .* --flash-attn (on|off)",
    "msg=\"(enabling) flash attention\"",
    "msg=\"(flash attention enabled but not supported)",
};

static const char *const kv_patterns[PATTERNS] = {
    "type_k = '([a-z0-9_]+)'",  /* "kv_size = 2048, offload = 1, type_k = 'f16', type_v = 'f16'" */
    "[ ]K \\(([a-z0-9_]+)\\):", /* "K (f16):    2.00 MiB, V (f16):    2.00 MiB" */
    "KvCacheType:([a-z0-9_]+)", /* the load request; empty for the default */
    "msg=\"starting .* --kv-cache-type ([a-z0-9_]+)",
    "msg=\"starting .* --cache-type-k ([a-z0-9_]+)",
};

/* The wish for another format than the default is refused. */
static const char kv_refused_pattern[] =
    "msg=\"?(quantized kv cache requested but flash attention disabled|kv cache type not supported by model|"
    "OLLAMA_FLASH_ATTENTION must be enabled to use a quantized OLLAMA_KV_CACHE_TYPE|"
    "unsupported OLLAMA_KV_CACHE_TYPE)";

static const char layers_pattern[] = "offloaded ([0-9]+)/([0-9]+) layers to GPU";

static const char *const family_patterns[PATTERNS] = {
    "model architecture does not currently support parallel requests\" architecture=\"?([a-z0-9_]+)",
    "(mllama) doesn't support parallel requests", /* until 0.6 */
};

static const char gpu_pattern[] = "msg=\"inference compute\".* library=([A-Za-z0-9_]+)";

/* Runners without a model are probes for GPUs. */
static const char load_pattern[] = "msg=\"starting (runner|llama server|llama-server)\".* --model ";
static const char cut_pattern[] = "msg=\"truncating input prompt\"";

/* A walk through all matches of a pattern. */
struct walk {
	regex_t regex;
	const char *at; /* NULL: at the end */
	regmatch_t groups[GROUPS];
	bool begun;
};

static struct walk walk_begin(const char *pattern, const char *log)
{
	struct walk walk = {.at = log};
	bool compiled = regcomp(&walk.regex, pattern, REG_EXTENDED | REG_NEWLINE) == 0;

	assert(compiled);
	(void)compiled;
	return walk;
}

/* The next match: its groups are offsets from walk->at. False, and everything is freed, when there is none. */
static bool walk_on(struct walk *walk)
{
	if (walk->begun)
		walk->at += walk->groups[0].rm_eo;
	walk->begun = true;
	if (regexec(&walk->regex, walk->at, GROUPS, walk->groups, 0) == 0)
		return true;
	regfree(&walk->regex);
	return false;
}

static int64_t count_matches(const char *pattern, const char *log)
{
	struct walk walk = walk_begin(pattern, log);
	int64_t count = 0;

	while (walk_on(&walk))
		count++;
	return count;
}

/* The last group that took part in the last match, cut to what fits; "" when there is none. */
static void last_value(const char *pattern, const char *log, char value[PROOF_NAME_MAX])
{
	struct walk walk = walk_begin(pattern, log);

	value[0] = '\0';
	while (walk_on(&walk)) {
		const regmatch_t *group = &walk.groups[walk.groups[2].rm_so >= 0 ? 2 : 1];

		snprintf(value, PROOF_NAME_MAX, "%.*s", (int)(group->rm_eo - group->rm_so), walk.at + group->rm_so);
	}
}

/* Of the first pattern that matches at all. */
static void first_value(const char *const patterns[PATTERNS], const char *log, char value[PROOF_NAME_MAX])
{
	value[0] = '\0';
	for (size_t i = 0; i < PATTERNS && patterns[i] != NULL && value[0] == '\0'; i++)
		last_value(patterns[i], log, value);
}

static int64_t number_of(const char *digits)
{
	int64_t number;

	return units_read_integer(digits, &number) ? number : JSON_UNKNOWN;
}

static int64_t first_number(const char *const patterns[PATTERNS], const char *log)
{
	char value[PROOF_NAME_MAX];

	first_value(patterns, log, value);
	return number_of(value);
}

/* Both numbers of the last match; unchanged when there is none. */
static void last_pair(const char *pattern, const char *log, int64_t *first, int64_t *second)
{
	struct walk walk = walk_begin(pattern, log);

	while (walk_on(&walk)) {
		*first = strtoll(walk.at + walk.groups[1].rm_so, NULL, 10);
		*second = strtoll(walk.at + walk.groups[2].rm_so, NULL, 10);
	}
}

/* Where the log has no line of a slot's context: that of all slots, and their number. */
static int64_t context_of_all(const char *log)
{
	static const char *const patterns[] = {
	    "msg=\"starting .* --ctx-size ([0-9]+) .*--parallel ([0-9]+)",
	    "msg=\"starting .* -c ([0-9]+) .*-np ([0-9]+)",
	    " Parallel:([0-9]+) BatchSize:.* KvSize:([0-9]+)",
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		int64_t first = 0, second = 0;

		last_pair(patterns[i], log, &first, &second);
		/* The load request names the slots first; all slots together have more tokens than there are slots. */
		if (first > 0 && second > 0)
			return first > second ? first / second : second / first;
	}
	return JSON_UNKNOWN;
}

static int64_t flash_attention_of(const char *log)
{
	static const char *const on[] = {"1", "enabled", "Enabled", "true", "on", "enabling"};
	char value[PROOF_NAME_MAX];

	first_value(flash_patterns, log, value);
	if (value[0] == '\0')
		return JSON_UNKNOWN;
	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		if (strcmp(value, on[i]) == 0)
			return CELL_ON;
	return CELL_OFF;
}

static int64_t has_gpu(const char *log)
{
	struct walk walk = walk_begin(gpu_pattern, log);
	int64_t has = JSON_UNKNOWN;

	while (walk_on(&walk)) {
		const regmatch_t *group = &walk.groups[1];
		bool cpu = group->rm_eo - group->rm_so == 3 && strncmp(walk.at + group->rm_so, "cpu", 3) == 0;

		if (!cpu)
			has = CELL_ON;
		else if (has == JSON_UNKNOWN)
			has = CELL_OFF;
	}
	return has;
}

void ollama_proof(const char *log, struct proof *proof)
{
	proof_reset(proof);
	proof->has_gpu = has_gpu(log);
	proof->parallel = first_number(parallel_patterns, log);
	proof->context_size = first_number(context_patterns, log);
	if (proof->context_size == JSON_UNKNOWN)
		proof->context_size = context_of_all(log);
	last_pair(layers_pattern, log, &proof->layers_on_gpu, &proof->layers);
	proof->flash_attention = flash_attention_of(log);
	first_value(kv_patterns, log, proof->kv_cache_type);
	if (proof->kv_cache_type[0] == '\0' && count_matches(kv_refused_pattern, log) > 0)
		snprintf(proof->kv_cache_type, sizeof(proof->kv_cache_type), "f16");
	first_value(family_patterns, log, proof->single_family);
	proof->loads = count_matches(load_pattern, log);
	proof->cut_prompts = count_matches(cut_pattern, log);
}
