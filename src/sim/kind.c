#include "sim/kind.h"

#include <string.h>

const struct kind kinds[] = {
    {
	.name = "llama-server",
	.server = "llama.cpp",
	.owned_by = "llamacpp",
	.port = 8080,
	.parallel = 4,
	.queue = -1,
	.first = FIRST_NULL,
	.order = ORDER_CHOICES,
	.thoughts = THOUGHTS_REASONING_CONTENT,
	.cached = CACHED_SAID,
	.timings = TIMINGS_LAST,
	.failed = FAILED_BARE,
	.ping = PING_COLON,
	.ready = READY_503,
	.connections = CONNECTIONS_LIMITED,
	.embeddings = EMBEDDINGS_SWITCH,
	.metrics = METRICS_SWITCH,
	.images = IMAGES_OF_MODEL,
	.limit = LIMIT_N_PREDICT,
	.cache = CACHE_BY_REQUEST,
    },
    {
	.name = "vllm",
	.server = "uvicorn",
	.owned_by = "vllm",
	.finish = ",\"stop_reason\":null",
	.port = 8000,
	.parallel = 256,
	.queue = -1,
	.first = FIRST_EMPTY,
	.headers = HEADERS_TOKEN,
	.thoughts = THOUGHTS_REASONING,
	.ends = ENDS_WITH_TEXT,
	.errors = ERRORS_OPENAI,
	.overload = OVERLOAD_503,
	.ready = READY_REFUSED,
	.model = MODEL_KNOWN,
	.memory = MEMORY_POOL,
	.metrics = METRICS_ALWAYS,
	.images = IMAGES_OF_MODEL,
	.cache = CACHE_BY_SALT,
    },
    {
	.name = "mlx_lm",
	.server = "BaseHTTP/0.6 Python/3.12.7",
	.owned_by = "mlx_lm",
	.port = 8080,
	.parallel = 32,
	.queue = -1,
	.first = FIRST_NONE,
	.role = ROLE_EACH,
	.thoughts = THOUGHTS_REASONING,
	.held = HELD_NOTHING,
	.ends = ENDS_WITH_TEXT,
	.cached = CACHED_SAID,
	.failed = FAILED_BARE,
	.http = HTTP_1_0,
	.ping = PING_PROGRESS,
	.eos = EOS_ALWAYS,
	.model = MODEL_KNOWN,
	.errors = ERRORS_TEXT,
	.ready = READY_ALWAYS,
	.memory = MEMORY_GROWS,
    },
    {
	.name = "mlx-vlm",
	.server = "uvicorn",
	.owned_by = "system",
	.port = 8080,
	.parallel = 32,
	.queue = -1,
	.first = FIRST_NONE,
	.headers = HEADERS_AT_ONCE,
	.role = ROLE_EACH,
	.thoughts = THOUGHTS_REASONING,
	.timings = TIMINGS_EACH,
	.failed = FAILED_BARE,
	.limit = LIMIT_MAX_TOKENS,
	.eos = EOS_ALWAYS,
	.errors = ERRORS_DETAIL,
	.ready = READY_REFUSED,
	.memory = MEMORY_GROWS,
	.embeddings = EMBEDDINGS_SWITCH,
	.images = IMAGES_OF_MODEL,
	.nulls = NULLS_ALL,
    },
    {
	.name = "sglang",
	.server = "uvicorn",
	.owned_by = "sglang",
	.finish = ",\"matched_stop\":null",
	.port = 30000,
	.parallel = 64,
	.queue = -1,
	.first = FIRST_EMPTY,
	.headers = HEADERS_TOKEN,
	.thoughts = THOUGHTS_REASONING_CONTENT,
	.errors = ERRORS_FLAT,
	.overload = OVERLOAD_STREAM,
	.ready = READY_503,
	.memory = MEMORY_POOL,
	.metrics = METRICS_SWITCH,
	.images = IMAGES_OF_MODEL,
	.cache = CACHE_BY_SALT,
    },
    {
	.name = "tgi",
	.server = NULL,
	.owned_by = "tgi",
	.port = 3000,
	.parallel = 64,
	.queue = 64,
	.body_limit = 2000000,
	.first = FIRST_NONE,
	.headers = HEADERS_AT_ONCE,
	.role = ROLE_EACH,
	.ends = ENDS_WITH_TEXT,
	.ping = PING_COLON,
	.eos = EOS_ALWAYS,
	.errors = ERRORS_TGI,
	.overload = OVERLOAD_STREAM,
	.ready = READY_REFUSED,
	.memory = MEMORY_POOL,
	.metrics = METRICS_ALWAYS,
	.images = IMAGES_OF_MODEL,
	.nulls = NULLS_ALL,
    },
    {
	.name = "transformers",
	.server = "uvicorn",
	.owned_by = "simulated",
	.port = 8000,
	.parallel = 1,
	.queue = -1,
	.first = FIRST_ROLE,
	.opens = OPENS_HEADERS,
	.headers = HEADERS_AT_ONCE,
	.nulls = NULLS_LEFT_OUT,
	.thoughts = THOUGHTS_REASONING_CONTENT,
	.held = HELD_NOTHING,
	.events = EVENTS_MERGED,
	.usage = USAGE_FINISH,
	.done = DONE_ABSENT,
	.failed = FAILED_BARE,
	.fields = FIELDS_REFUSED,
	.limit = LIMIT_MAX_TOKENS,
	.eos = EOS_ALWAYS,
	.model = MODEL_PINNED,
	.context = CONTEXT_SILENT,
	.errors = ERRORS_DETAIL,
	.ready = READY_REFUSED,
	.cache = CACHE_NONE,
	.images = IMAGES_OF_MODEL,
    },
    {
	.name = "koboldcpp",
	.server = "ConcedoLlamaForKoboldServer",
	.owned_by = "koboldcpp",
	.port = 5001,
	.parallel = 1,
	.queue = 6,
	.first_poll_ms = 350,
	.poll_ms = 20,
	.first = FIRST_NONE,
	.headers = HEADERS_AT_ONCE,
	.role = ROLE_EACH,
	.held = HELD_NOTHING,
	.events = EVENTS_MERGED,
	.http = HTTP_1_0,
	.eos = EOS_ALWAYS,
	.errors = ERRORS_DETAIL,
	.overload = OVERLOAD_503,
	.ready = READY_REFUSED,
	.images = IMAGES_OF_MODEL,
    },
    {
	.name = "lm-studio",
	.server = NULL,
	.owned_by = "organization_owner",
	.port = 1234,
	.parallel = 4,
	.queue = -1,
	.first = FIRST_NONE,
	.headers = HEADERS_AT_ONCE,
	.role = ROLE_EACH,
	.thoughts = THOUGHTS_REASONING_CONTENT,
	.limit = LIMIT_MAX_TOKENS,
	.eos = EOS_ALWAYS,
	.errors = ERRORS_OPENAI,
	.ready = READY_LAZY,
	.embeddings = EMBEDDINGS_ALWAYS,
	.images = IMAGES_OF_MODEL,
    },
    {
	.name = "localai",
	.server = NULL,
	.owned_by = "",
	.port = 8080,
	.parallel = 1,
	.queue = -1,
	.first = FIRST_EMPTY,
	.headers = HEADERS_AT_ONCE,
	.thoughts = THOUGHTS_REASONING,
	.timings = TIMINGS_EXTRA,
	.errors = ERRORS_LLAMA,
	.ready = READY_LAZY,
	.embeddings = EMBEDDINGS_ALWAYS,
	.images = IMAGES_OF_MODEL,
    },
    {
	.name = "vllm-mlx",
	.server = "uvicorn",
	.owned_by = "vllm-mlx",
	.port = 8000,
	.parallel = 1,
	.queue = -1,
	.first = FIRST_ROLE,
	.opens = OPENS_HEADERS,
	.headers = HEADERS_AT_ONCE,
	.nulls = NULLS_LEFT_OUT,
	.thoughts = THOUGHTS_REASONING_CONTENT,
	.ping = PING_HEARTBEAT,
	.limit = LIMIT_MAX_TOKENS,
	.eos = EOS_ALWAYS,
	.errors = ERRORS_DETAIL,
	.overload = OVERLOAD_503,
	.ready = READY_REFUSED,
	.embeddings = EMBEDDINGS_ALWAYS,
	.metrics = METRICS_SWITCH,
	.images = IMAGES_OF_MODEL,
    },
    {
	.name = "openai",
	.server = NULL,
	.owned_by = "openai",
	.port = 8000,
	.parallel = 4,
	.queue = -1,
	.first = FIRST_EMPTY,
	.thoughts = THOUGHTS_REASONING_CONTENT,
	.cached = CACHED_SAID,
	.headers = HEADERS_AT_ONCE,
	.eos = EOS_ALWAYS,
	.model = MODEL_KNOWN,
	.errors = ERRORS_OPENAI,
	.overload = OVERLOAD_429,
	.ready = READY_REFUSED,
	.embeddings = EMBEDDINGS_ALWAYS,
	.images = IMAGES_OF_MODEL,
    },
};

const size_t kind_count = sizeof(kinds) / sizeof(kinds[0]);

#define MOST_WORDS 7

#define QUIRK(field) #field, offsetof(struct kind, field)

static const struct quirk {
	const char *name;
	size_t offset;
	const char *what; /* for --help */
	const char *words[MOST_WORDS];
} quirks[] = {
    {QUIRK(first), "the chunk before the first text", {"none", "role", "null", "empty"}},
    {QUIRK(opens), "when that chunk is sent", {"token", "headers"}},
    {QUIRK(headers), "when the status line is sent", {"slot", "at-once", "token"}},
    {QUIRK(role), "delta.role", {"once", "each"}},
    {QUIRK(nulls), "finish_reason and such before the end", {"written", "all", "left-out"}},
    {QUIRK(order), "first key of a chunk", {"id", "choices"}},
    {QUIRK(thoughts), "where thoughts are", {"tags", "reasoning", "reasoning_content"}},
    {QUIRK(held), "a token that ends inside of a character", {"empty", "nothing"}},
    {QUIRK(events), "tokens of one wake-up", {"token", "merged"}},
    {QUIRK(ends), "finish_reason's chunk", {"apart", "with-text"}},
    {QUIRK(usage), "token counts in a stream", {"asked", "finish", "always", "each", "never"}},
    {QUIRK(cached), "cached_tokens", {"unsaid", "said"}},
    {QUIRK(timings), "times in replies", {"none", "last", "old", "each", "metrics", "extra"}},
    {QUIRK(done), "[DONE]", {"sent", "absent", "unended"}},
    {QUIRK(failed), "[DONE] after an error in a stream", {"done", "bare"}},
    {QUIRK(http), "version", {"1.1", "1.0"}},
    {QUIRK(lines), "ends of lines", {"lf", "crlf"}},
    {QUIRK(data), "after data:", {"blank", "bare"}},
    {QUIRK(writes), "how an event is written", {"whole", "split"}},
    {QUIRK(ping), "comment lines", {"none", "colon", "progress", "heartbeat", "date"}},
    {QUIRK(fields), "unknown fields of a request", {"ignored", "refused"}},
    {QUIRK(limit), "which limit counts", {"both", "max_tokens", "n_predict"}},
    {QUIRK(eos), "ignore_eos, min_tokens", {"ignorable", "always"}},
    {QUIRK(model), "the model of a request", {"any", "known", "pinned"}},
    {QUIRK(context), "a prompt that is too long", {"refused", "silent"}},
    {QUIRK(errors), "shape of errors", {"llama", "openai", "text", "detail", "flat", "tgi"}},
    {QUIRK(overload), "more than --queue-limit", {"queue", "503", "429", "stream"}},
    {QUIRK(ready), "while the model loads", {"503", "refused", "always", "lazy"}},
    {QUIRK(connections), "closed after 5 s or 100 requests", {"kept", "limited"}},
    {QUIRK(cache), "prompt cache", {"prefix", "by-request", "by-salt", "none"}},
    {QUIRK(memory), "KV cache", {"slots", "grows", "pool"}},
    {QUIRK(embeddings), "/v1/embeddings", {"never", "switch", "always"}},
    {QUIRK(metrics), "/metrics", {"never", "switch", "always"}},
    {QUIRK(images), "image parts", {"never", "of-model"}},
};

#define QUIRK_COUNT (sizeof(quirks) / sizeof(quirks[0]))

/* "lmstudio" is "lm-studio". */
static bool is_name(const char *given, const char *name)
{
	while (*given != '\0' && *name != '\0') {
		if (*name == '-' && *given != '-')
			name++;
		if (*given++ != *name++)
			return false;
	}
	return *given == *name;
}

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < kind_count; i++)
		if (is_name(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

static void add_words(struct text *text, const struct quirk *quirk)
{
	for (size_t i = 0; i < MOST_WORDS && quirk->words[i] != NULL; i++)
		text_addf(text, "%s%s", i > 0 ? ", " : "", quirk->words[i]);
}

bool kind_set_quirk(struct kind *kind, const char *word, struct text *error)
{
	size_t length = strcspn(word, "=");
	const char *value = word[length] == '=' ? word + length + 1 : "";

	for (size_t i = 0; i < QUIRK_COUNT; i++) {
		const struct quirk *quirk = &quirks[i];

		if (strlen(quirk->name) != length || strncmp(quirk->name, word, length) != 0)
			continue;
		for (size_t at = 0; at < MOST_WORDS && quirk->words[at] != NULL; at++) {
			if (strcmp(quirk->words[at], value) != 0)
				continue;
			*((unsigned char *)kind + quirk->offset) = (unsigned char)at;
			return true;
		}
		text_addf(error, "no such %s \"%s\"; allowed: ", quirk->name, value);
		add_words(error, quirk);
		return false;
	}
	text_addf(error, "no such quirk \"%.*s\"; llmbench-sim --list lists them all", (int)length, word);
	return false;
}

void kind_add_quirks(struct text *text)
{
	for (size_t i = 0; i < QUIRK_COUNT; i++) {
		text_addf(text, "  %-14s %s: ", quirks[i].name, quirks[i].what);
		add_words(text, &quirks[i]);
		text_add_char(text, '\n');
	}
}
