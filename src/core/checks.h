/*
 * The checks of flags[], see there for when each adds its text. Asked is not
 * got: verify.c; what makes figures mean something else: guards.c.
 */
#ifndef CORE_CHECKS_H
#define CORE_CHECKS_H

#include "core/flag.h"

enum {
	/* Two counts of requests at once are compared only where decoding takes this long (median over requests). */
	CHECK_DECODE_MS = 100,
	/* Cached prefill is this many times as fast as that of the requests that cannot have been cached … */
	CHECK_CACHE_FACTOR = 3,
	/* … and is looked for in prompts of so many tokens: shorter ones take as long as one step. */
	CHECK_CACHE_TOKENS = 32,
	/* A request's server_load is a reload above this, or above half of the first load. */
	CHECK_RELOAD_MS = 1000,
	/* But not below this: a warm model answers within some 50 ms, more in a burst. */
	CHECK_RELOAD_LEAST_MS = 100,
	/* No tokenizer makes fewer tokens than one for so many words. */
	CHECK_WORDS_PER_TOKEN = 2,
};

bool check_not_loaded(const struct evidence *evidence, struct text *into);
bool check_context(const struct evidence *evidence, struct text *into);
bool check_parallel(const struct evidence *evidence, struct text *into);
bool check_more_at_once(const struct evidence *evidence, struct text *into);
bool check_fewer_at_once(const struct evidence *evidence, struct text *into);
bool check_gpu_layers(const struct evidence *evidence, struct text *into);
bool check_offload(const struct evidence *evidence, struct text *into);
bool check_flash_attention(const struct evidence *evidence, struct text *into);
bool check_kv_cache_type(const struct evidence *evidence, struct text *into);

bool check_prompt_cut(const struct evidence *evidence, struct text *into);
bool check_context_shift(const struct evidence *evidence, struct text *into);
bool check_reload(const struct evidence *evidence, struct text *into);
bool check_truncated(const struct evidence *evidence, struct text *into);
bool check_short_output(const struct evidence *evidence, struct text *into);
bool check_fixed_prompt(const struct evidence *evidence, struct text *into);
bool check_fixed_media(const struct evidence *evidence, struct text *into);
bool check_audio_length(const struct evidence *evidence, struct text *into);
bool check_prompt_cache(const struct evidence *evidence, struct text *into);

bool check_input_tokens(const struct evidence *evidence, struct text *into);
bool check_shared_prefix(const struct evidence *evidence, struct text *into);

#endif
