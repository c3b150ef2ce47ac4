#include "sim/version.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A number of at most three digits and what follows it. */
static bool read_part(const char **text, char follower, int *number)
{
	char *end;
	long value = strtol(*text, &end, 10);

	if (!isdigit((unsigned char)**text) || value > 999 || (follower != '\0' && *end != follower))
		return false;
	*number = (int)value;
	*text = end + (follower != '\0');
	return true;
}

/* What follows the third number ("-rc1") does not matter. */
static bool read_version(const char *version, int *number)
{
	int major, minor, patch;

	if (*version == 'v')
		version++;
	if (!read_part(&version, '.', &major) || !read_part(&version, '.', &minor) ||
	    !read_part(&version, '\0', &patch))
		return false;
	*number = (major * 1000 + minor) * 1000 + patch;
	return true;
}

#define V(minor, patch) ((minor)*1000 + (patch)) /* of 0.minor.patch */

static int auto_parallel_of(int v)
{
	if (v < V(2, 0) || v >= V(10, 0))
		return 1;
	return v < V(6, 7) ? 4 : 2;
}

static int default_context_of(int v)
{
	if (v >= V(15, 5))
		return 0;
	return v < V(6, 7) ? 2048 : 4096;
}

static int slot_limit_of(int v)
{
	if (v < V(11, 5))
		return 0;
	return v < V(12, 4) ? 64 : 256;
}

static const char *starting_of(int v)
{
	if (v < V(11, 5))
		return "starting llama server";
	return v < V(30, 0) ? "starting runner" : "starting llama-server";
}

bool version_rules_of(const char *version, struct version_rules *rules)
{
	int v;

	if (!read_version(version, &v))
		return false;
	*rules = (struct version_rules){
	    .number = v,
	    .unset_parallel = v < V(2, 0) || v >= V(10, 0) ? 1 : 0,
	    .auto_parallel = auto_parallel_of(v),
	    .default_context_size = default_context_of(v),
	    .slot_limit = slot_limit_of(v),
	    .clamps_context = v >= V(9, 3),
	    .flash_attention = v >= V(13, 4),
	    .warm_skips_queue = v >= V(11, 5),
	    .queues_while_planning = v >= V(11, 5) && v < V(30, 0),
	    .held_while_loading = v < V(11, 5) ? 2 : 1,
	    .status_before_stream = v >= V(12, 6),
	    .has_truncate = v >= V(12, 6),
	    .has_405 = v >= V(7, 0),
	    .chat_names_plainly = v >= V(6, 4),
	    .shows_capabilities = v >= V(6, 4),
	    .tags_capabilities = v >= V(30, 0),
	    .ps_context = v >= V(10, 0),
	    .ps_lists_loading = v < V(30, 0),
	    .has_thinking = v >= V(9, 0),
	    .thinks_by_default = v >= V(12, 4),
	    .counts_whole_prompt = v >= V(4, 0) && v != V(30, 0),
	    .plain_first_log_lines = v < V(7, 0),
	    .runner_has_settings = v < V(11, 5),
	    .is_llama_server = v >= V(30, 0),
	    .starting = starting_of(v),
	};
	return true;
}

bool version_forces_one_slot(const struct version_rules *rules, const char *architecture)
{
	static const struct {
		const char *architecture;
		int since;
	} forced[] = {
	    {"mllama", V(4, 1)},  {"qwen3vl", V(12, 7)}, {"qwen3vlmoe", V(12, 7)}, {"qwen3next", V(15, 5)},
	    {"qwen35", V(17, 1)}, {"lfm2", V(15, 5)},    {"lfm2moe", V(15, 5)},
	};

	for (size_t i = 0; i < sizeof(forced) / sizeof(forced[0]); i++)
		if (strcmp(forced[i].architecture, architecture) == 0)
			return rules->number >= forced[i].since;
	return false;
}
