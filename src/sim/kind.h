/*
 * The servers that speak OpenAI's interface, and in what each differs: one row
 * of kinds[] per server, one row of quirks[] per difference. A quirk's words
 * are the values of its field, so that --quirk can set each of them alone.
 * Facts are of the versions of autumn 2026. Pure.
 */
#ifndef SIM_KIND_H
#define SIM_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* clang-format off: one line for each quirk, its words in the order of quirks[] */
enum quirk_first { FIRST_NONE, FIRST_ROLE, FIRST_NULL, FIRST_EMPTY };
enum quirk_opens { OPENS_TOKEN, OPENS_HEADERS };
enum quirk_headers { HEADERS_SLOT, HEADERS_AT_ONCE, HEADERS_TOKEN };
enum quirk_role { ROLE_ONCE, ROLE_EACH };
enum quirk_nulls { NULLS_WRITTEN, NULLS_ALL, NULLS_LEFT_OUT };
enum quirk_order { ORDER_ID, ORDER_CHOICES };
enum quirk_thoughts { THOUGHTS_TAGS, THOUGHTS_REASONING, THOUGHTS_REASONING_CONTENT };
enum quirk_held { HELD_EMPTY, HELD_NOTHING };
enum quirk_events { EVENTS_TOKEN, EVENTS_MERGED };
enum quirk_ends { ENDS_APART, ENDS_WITH_TEXT };
enum quirk_usage { USAGE_ASKED, USAGE_FINISH, USAGE_ALWAYS, USAGE_EACH, USAGE_NEVER };
enum quirk_cached { CACHED_UNSAID, CACHED_SAID };
enum quirk_timings { TIMINGS_NONE, TIMINGS_LAST, TIMINGS_OLD, TIMINGS_EACH, TIMINGS_METRICS, TIMINGS_EXTRA };
enum quirk_done { DONE_SENT, DONE_ABSENT, DONE_UNENDED };
enum quirk_failed { FAILED_DONE, FAILED_BARE };
enum quirk_http { HTTP_1_1, HTTP_1_0 };
enum quirk_lines { LINES_LF, LINES_CRLF };
enum quirk_data { DATA_BLANK, DATA_BARE };
enum quirk_writes { WRITES_WHOLE, WRITES_SPLIT };
enum quirk_ping { PING_NONE, PING_COLON, PING_PROGRESS, PING_HEARTBEAT, PING_DATE };
enum quirk_fields { FIELDS_IGNORED, FIELDS_REFUSED };
enum quirk_limit { LIMIT_BOTH, LIMIT_MAX_TOKENS, LIMIT_N_PREDICT };
enum quirk_eos { EOS_IGNORABLE, EOS_ALWAYS };
enum quirk_model { MODEL_ANY, MODEL_KNOWN, MODEL_PINNED };
enum quirk_context { CONTEXT_REFUSED, CONTEXT_SILENT };
enum quirk_errors { ERRORS_LLAMA, ERRORS_OPENAI, ERRORS_TEXT, ERRORS_DETAIL, ERRORS_FLAT, ERRORS_TGI };
enum quirk_overload { OVERLOAD_QUEUE, OVERLOAD_503, OVERLOAD_429, OVERLOAD_STREAM };
enum quirk_ready { READY_503, READY_REFUSED, READY_ALWAYS, READY_LAZY };
enum quirk_connections { CONNECTIONS_KEPT, CONNECTIONS_LIMITED };
enum quirk_cache { CACHE_PREFIX, CACHE_BY_REQUEST, CACHE_BY_SALT, CACHE_NONE };
enum quirk_memory { MEMORY_SLOTS, MEMORY_GROWS, MEMORY_POOL };
enum quirk_embeddings { EMBEDDINGS_NEVER, EMBEDDINGS_SWITCH, EMBEDDINGS_ALWAYS };
enum quirk_metrics { METRICS_NEVER, METRICS_SWITCH, METRICS_ALWAYS };
enum quirk_images { IMAGES_NEVER, IMAGES_OF_MODEL };
/* clang-format on */

#define KIND_LLAMA_BUILD "b0-simulated" /* llama-server's build_info and system_fingerprint */

struct kind {
	const char *name;
	const char *server;   /* response header; NULL: none */
	const char *owned_by; /* in /v1/models */
	const char *finish;   /* JSON beside finish_reason; NULL: nothing */
	int port, parallel;   /* when nobody says */
	int queue;            /* requests beside the running ones; -1: without limit */
	int body_limit;       /* bytes; 0: none of its own */
	int first_poll_ms;    /* text is sent by polling: at first after this time … */
	int poll_ms;          /* … and then every so often; 0: at once */

	/* of the enums above */
	unsigned char first, opens, headers, role, nulls, order, thoughts, held, events, ends;
	unsigned char usage, cached, timings, done, failed, http, lines, data, writes, ping;
	unsigned char fields, limit, eos, model, context, errors, overload, ready, connections;
	unsigned char cache, memory, embeddings, metrics, images;
};

extern const struct kind kinds[];
extern const size_t kind_count;

const struct kind *kind_find(const char *name); /* its hyphens may be left out; NULL when there is none */

/* Sets what `word`, "NAME=VALUE", says. False: `error` gets what is allowed. */
bool kind_set_quirk(struct kind *kind, const char *word, struct text *error);

/* A table of the quirks and their words, a line for each. */
void kind_add_quirks(struct text *text);

#endif
