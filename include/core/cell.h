/*
 * A cell: one combination of the matrix's knobs, and the table that names them.
 *
 * cell_fields[] is the only list of knobs. Parsing, --set, --only, `llmbench
 * help`, the manual page, results columns and JSON keys all read its rows; a
 * new knob is one row, one member of struct cell, and the code that obeys it.
 */
#ifndef CORE_CELL_H
#define CORE_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "core/server_settings.h"

/* A knob that nobody set and that has no default. Text: NULL. */
#define CELL_UNSET      INT64_MIN
#define CELL_UNSET_REAL (-1e308)

/* Of a cell with `until` and without `max_trials`. */
#define CELL_MAX_TRIALS 30

/* What a model is asked to do. */
enum cell_task { CELL_TASK_TEXT, CELL_TASK_CAPTION, CELL_TASK_VQA, CELL_TASK_TRANSCRIBE, CELL_TASK_EMBED };
enum cell_api { CELL_API_GENERATE, CELL_API_CHAT };
enum cell_arrival { CELL_ARRIVAL_POISSON, CELL_ARRIVAL_CONSTANT };
enum cell_think { CELL_THINK_OFF, CELL_THINK_ON, CELL_THINK_LOW, CELL_THINK_MEDIUM, CELL_THINK_HIGH, CELL_THINK_MAX };
enum cell_kv_cache_type { CELL_KV_F16, CELL_KV_Q8_0, CELL_KV_Q4_0 };
enum cell_switch { CELL_OFF, CELL_ON };
enum cell_unique { CELL_UNIQUE_OFF, CELL_UNIQUE_ON, CELL_UNIQUE_AUTO };

/*
 * Integers, durations (ns), sizes (bytes), choices (index) and switches are
 * int64_t, so that one table row describes any of them; rates and reals are
 * double; texts are borrowed from the plan.
 */
struct cell {
	size_t index;                         /* place in the plan, from 0 */
	const struct server_settings *server; /* borrowed; axis `server` */
	const struct environment *profile;    /* borrowed, NULL: none; axis `profile` */
	const char *profile_name;

	/* what is asked of the server */
	const char *model;
	int64_t queue_size, context_size, parallel;
	int64_t num_gpu, num_batch, num_thread;
	int64_t flash_attention; /* enum cell_switch or unset */
	int64_t kv_cache_type;   /* enum cell_kv_cache_type or unset */
	const char *keep_alive;

	/* the load */
	int64_t requests;
	int64_t concurrency; /* in flight at once; unset: all (closed loop) or no limit (open loop) */
	double rate_rps;     /* unset: closed loop, or the arrivals of `trace` */
	int64_t arrival;     /* enum cell_arrival */
	const char *trace;   /* file of arrivals and lengths; NULL: none */
	double trace_speed;  /* times as fast as it was recorded; unset: 1 */
	int64_t warmup;      /* requests sent and forgotten before each measured cell */
	int64_t trials;
	double until_pct;   /* half width of an interval, in % of the median; unset: trials are counted */
	int64_t max_trials; /* with until; unset: CELL_MAX_TRIALS */
	const char *slo;    /* see core/slo.h; NULL: none */

	/* one request */
	int64_t task; /* enum cell_task, or unset: text; read it by cell_task() */
	int64_t api;  /* enum cell_api */
	const char *prompt;
	const char *prompts;          /* file; at most one of prompt, prompts, input_tokens and trace is set */
	const char *prompt_field;     /* member or column of that file; NULL: the usual ones */
	int64_t input_tokens;         /* made prompts are typically so long; unset: none are made */
	const char *input_lengths;    /* their distribution, see core/lengths.h; NULL: all are input_tokens long */
	int64_t shared_prefix_tokens; /* so many tokens of made prompts are the same in all requests; unset: none */
	int64_t turns;                /* requests of a conversation at most; unset: 1, or what a data set has */
	int64_t think_time_ns;        /* between the end of a turn and the next one; unset: none */
	const char *image;            /* file of a picture; NULL: none */
	const char *audio;            /* file of a recording; NULL: none */
	int64_t unique_prompts;       /* enum cell_unique or unset, see core/nonce.h */
	int64_t output_tokens;        /* typically, at most */
	const char *output_lengths;   /* their distribution; NULL: output_tokens for each request */
	int64_t ignore_eos;           /* enum cell_switch or unset */
	double temperature;
	int64_t seed;
	int64_t think;  /* enum cell_think */
	int64_t raw;    /* enum cell_switch */
	int64_t stream; /* enum cell_switch */

	/* limits, ns */
	int64_t timeout_ns, idle_timeout_ns, cell_timeout_ns, load_timeout_ns, ready_timeout_ns;
	int64_t sample_interval_ns;
	int64_t metrics_interval_ns; /* of readings of the server's own metrics; unset: 1 s */
	int64_t cooldown_ns;         /* at most; unset: none */

	int64_t calibrate; /* enum cell_switch or unset, which is on */
};

enum cell_field_type {
	CELL_INTEGER,
	CELL_REAL,
	CELL_RATE,     /* per second */
	CELL_PERCENT,  /* 5 for 5% */
	CELL_DURATION, /* ns */
	CELL_SIZE,     /* bytes */
	CELL_TEXT,
	CELL_CHOICE,  /* one of `choices` */
	CELL_SWITCH,  /* true or false */
	CELL_LIMITS,  /* a map of metrics to their limits: text that slo_read() takes */
	CELL_LENGTHS, /* tokens: an integer, or a map that lengths_read() takes */
};

/* What a knob is a part of, for those who compare runs. */
enum cell_part {
	CELL_PART_SETTING,   /* of the server, or of the load */
	CELL_PART_PROMPT,    /* what requests say */
	CELL_PART_MEASURING, /* how long and how closely it is looked at: figures do not depend on it */
};

/* What a cell takes no less of when a knob has a larger value and all else stays. */
enum cell_more {
	CELL_MORE_MEMORY = 1, /* that the server takes */
	CELL_MORE_TIME = 2,   /* from the loading of the model to the last reply */
	CELL_MORE_BOTH = CELL_MORE_MEMORY | CELL_MORE_TIME,
};

enum { CELL_FIELD_ALIASES = 3 };

struct cell_field {
	const char *name;                        /* the knob, the JSON key */
	const char *aliases[CELL_FIELD_ALIASES]; /* other names that matrix files may use; NULL: no more */
	enum cell_field_type type;
	enum cell_part part;
	size_t offset;              /* of the member in struct cell */
	size_t map_offset;          /* CELL_LENGTHS: of the member that has the map, NULL for an integer */
	double minimum, maximum;    /* allowed, in the unit of the member (a rate must be above its minimum); text,
	                               choices and switches: unused */
	const char *unit;           /* for help: "tokens", "requests"; NULL none */
	const char *fallback;       /* default, as it would stand in the file; NULL: unset */
	const char *const *choices; /* CELL_CHOICE: names in enum order, NULL-terminated */
	bool restarts;              /* a managed server is started anew when this changes */
	enum cell_more more;        /* 0: it is not known */
	const char *help;           /* one or two sentences */
};

extern const struct cell_field cell_fields[];
extern const size_t cell_field_count;

/* By name or alias; NULL when there is no such knob. */
const struct cell_field *cell_field_find(const char *name);

/* Offers every knob, by name and alias, to a guess; an alias means its name. */
void cell_field_guess(struct text_guess *guess);

/* Every knob at its default. */
void cell_reset(struct cell *cell);

/*
 * Sets one knob from the text of a file or command line. On refusal returns
 * false, leaves the cell alone and adds to `problem` what is allowed
 * ("an integer from 1 to 4096"). Text is borrowed, not copied.
 */
bool cell_field_read(const struct cell_field *field, struct cell *cell, const char *value, struct text *problem);

/* What is allowed, as it stands in messages and in help: "a duration such as 90s or 10m, from 1ms to 30d". */
void cell_field_add_allowed(const struct cell_field *field, struct text *text);

/* The value as a person would write it in the file; nothing when unset. */
void cell_field_add_value(const struct cell_field *field, const struct cell *cell, struct text *text);
bool cell_field_is_set(const struct cell_field *field, const struct cell *cell);
/* Its value where that is one number, in the member's unit; NAN: it is unset, a word, or a distribution. */
double cell_field_number(const struct cell_field *field, const struct cell *cell);
void cell_field_unset(const struct cell_field *field, struct cell *cell);

/* The key of its member in cell_settings(), which the caller frees, and what stands behind the value there when a
 * person reads it without the key: "s", "%" or nothing. */
char *cell_field_key(const struct cell_field *field);
const char *cell_field_unit(const struct cell_field *field);

/* One member of cell_settings(). */
void cell_field_add_json(const struct cell_field *field, const struct cell *cell, struct json *object);

/* {knob: value} for all knobs in table order, unset is null; durations as *_s numbers in seconds; server and profile by
 * name first. */
struct json *cell_settings(const struct cell *cell);

/*
 * Stable name of a cell: 12 hex digits of FNV-1a 64 over its settings, so that
 * the same cell has the same id in every run. Knobs that are not set are left
 * out, so that a knob of a later version does not rename old cells.
 */
void cell_add_id(const struct cell *cell, struct text *text);

/*
 * True when both cells can be run by one start of a managed server: same
 * server, profile, and the same value of every knob that restarts it or that
 * its command line or environment has as {knob} ({context_total} is
 * context_size times parallel).
 */
bool cell_same_start(const struct cell *a, const struct cell *b);

/*
 * Whether `cell` takes at least as much of it as `than`: both are of the same
 * server, profile and model, and no knob is smaller where a larger value means
 * more, or another one elsewhere. For memory, knobs of how long and how closely
 * is looked do not count.
 */
bool cell_takes_more(const struct cell *cell, const struct cell *than, enum cell_more what);

/* Whether the command line, environment or profile of the cell's server has {name}. */
bool cell_start_mentions(const struct cell *cell, const char *name);

enum cell_task cell_task(const struct cell *cell);

/* The model's name as this cell's server knows it (server.models), else as the matrix does. */
const char *cell_server_model(const struct cell *cell);

/* What is sent: requests in flight at most (0: no limit). */
size_t cell_in_flight(const struct cell *cell);
bool cell_is_open_loop(const struct cell *cell);

#endif
