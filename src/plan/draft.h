/*
 * The matrix while it is being understood: the keys of the file with what
 * --set put in their place, and how to complain about one of them.
 *
 * The stages, each in a file of its own: settings.c (keys), set.c (--set),
 * server.c, environment.c (variables and profiles), axis.c (values), product.c
 * (cells), condition.c (except, --only), start.c (command lines), limits.c,
 * order.c, notes.c, prompts.c (files), media.c, access.c (keys and certificates).
 */
#ifndef PLAN_DRAFT_H
#define PLAN_DRAFT_H

#include "base/yaml.h"
#include "plan/plan.h"
#include "workload/dataset.h"

/* Owns what the plan's cells borrow. */
struct plan_memory {
	char **strings;
	size_t string_count, string_capacity;
	struct profile {
		const char *name;
		struct environment environment;
	} * profiles;
	size_t profile_count;
	struct plan_file {
		const char *name; /* as the matrix says it */
		bool is_trace;
		const char *field; /* prompt_field; NULL: unset */
		int64_t turns;     /* or CELL_UNSET */
		struct dataset dataset;
	} * files;
	size_t file_count, file_capacity;
	struct media_file *media[2]; /* media.c: pictures, recordings */
	size_t media_count[2];
};

/* One key with its value. Messages begin with `source`: the file, or "--set parallel=x". */
struct setting {
	const char *key;                /* the knob's name, never an alias; or a row of plan_keys */
	const struct cell_field *field; /* NULL: no knob */
	const char *source;
	const struct yaml *node;
};

/* The values that a knob takes; one value is an axis too. */
struct axis {
	const char *name;
	const struct cell_field *field; /* NULL: server or profile, values are by index */
	const char **values;            /* as texts that cell_field_read takes; NULL for server and profile */
	size_t count;
};

struct draft {
	struct plan *plan;
	struct failure *failure;
	const char *source; /* the file, masked */
	struct setting *settings;
	size_t setting_count, setting_capacity;
	struct setting *server_settings; /* --set server.KEY: `key` is KEY */
	size_t server_setting_count, server_setting_capacity;
	struct yaml **trees; /* what the nodes of settings are parts of */
	size_t tree_count, tree_capacity;
	struct axis *axes;
	size_t axis_count;
};

/* draft.c: messages and ownership. */

/* Keeps a string, which must be on the heap, for as long as the plan lives. */
const char *draft_keep(struct draft *draft, char *string);
/* A value for a message: in quotes, masked, cut when it is long. */
const char *draft_quote(struct draft *draft, const char *string);
/* Keeps a tree until the plan is made; NULL stays NULL. */
const struct yaml *draft_keep_tree(struct draft *draft, struct yaml *tree);
/* "SOURCE:LINE:COLUMN: …", without the place where the node has none or is NULL. Returns false. */
bool draft_fail(struct draft *draft, const char *source, const struct yaml *node, const char *format, ...)
    TEXT_PRINTF(4, 5);
void draft_warn(struct draft *draft, const char *source, const struct yaml *node, const char *format, ...)
    TEXT_PRINTF(4, 5);
void draft_release(struct draft *draft);
/* The path of a file that the matrix names: beside the matrix, unless it begins at the root. Kept. */
const char *draft_path(struct draft *draft, const char *name);

/* settings.c */

/* The keys of the file. */
bool draft_read_settings(struct draft *draft, const struct yaml *root);
/* NULL when the matrix does not say it. */
const struct setting *draft_find(const struct draft *draft, const char *key);
/* Replaces the setting of that key in its place, or adds it. */
void draft_put(struct draft *draft, const struct setting *setting);
void draft_drop(struct draft *draft, const char *key);
/* The row of plan_keys[]; NULL: it is none. */
const struct plan_key *draft_find_key(const char *word);
/* Puts the names of these rows there; returns how many. */
enum { DRAFT_KEYS_MAX = 12 };
size_t draft_key_names(bool only_settable, const char **names);
/* The other keys that a key excludes, from a turn on that begins with 0; NULL: there are no more. */
const char *draft_excluded(const char *key, size_t *turn);
/*
 * The knob that a word names, or NULL: recorded as a failure. `others` are words
 * that are allowed there too, for the message; NULL-terminated.
 */
const struct cell_field *draft_find_knob(struct draft *draft, const char *source, const struct yaml *node,
                                         const char *word, const char *const *others);
/* The text of a scalar that is not null; NULL: recorded as a failure that says what is allowed. */
const char *draft_scalar(struct draft *draft, const char *source, const struct yaml *node, const char *key,
                         const char *allowed);

/*
 * Reads a key whose value is an integer from `least` on; *value stays what it is
 * when the matrix does not say it.
 */
bool draft_whole_number(struct draft *draft, const char *key, int64_t least, int64_t *value);

/* Reads a key whose value is one of these names, NULL at their end, likewise; *value is its index. */
bool draft_choice(struct draft *draft, const char *key, const char *const *names, size_t *value);

/* The stages, in their order. */
bool draft_apply_sets(struct draft *draft, const struct plan_options *options);
bool draft_read_title(struct draft *draft);
bool draft_read_battery(struct draft *draft);
bool draft_read_notes(struct draft *draft);
bool draft_read_servers(struct draft *draft);
bool draft_read_profiles(struct draft *draft);
bool draft_read_axes(struct draft *draft);
bool draft_read_media(struct draft *draft);
bool draft_make_cells(struct draft *draft);
bool draft_except_cells(struct draft *draft);
bool draft_check_tasks(struct draft *draft);
bool draft_keep_only(struct draft *draft, const struct plan_options *options);
bool draft_check_starts(struct draft *draft);
/* Reads the files that cells name, and holds against each other the knobs that tell what requests say. */
bool draft_read_prompts(struct draft *draft);
bool draft_read_limits(struct draft *draft);
bool draft_order_cells(struct draft *draft);
bool draft_read_anchor(struct draft *draft);

/*
 * access.c: how servers are told a key, and known by certificates.
 *
 * The first tells people who write a key of access, or how it is sent, as a
 * key of a server what to do instead. False: `name` is no such word.
 */
bool access_refuse_key(struct draft *draft, const char *source, const struct yaml *place, const char *name);
bool access_check_url(struct draft *draft, const char *source, const struct yaml *node);
bool access_check_start(struct draft *draft, const char *source, const struct yaml *node);
bool access_check_variable(struct draft *draft, const char *source, const struct yaml *node);
bool access_check_ca_file(struct draft *draft, const char *source, const struct yaml *node);
/* Reads the key, and finds the file beside the matrix; both were checked. */
void access_finish(struct draft *draft, struct server_settings *server);
/* Blanks the value of a variable in the file's copy that is kept with the results. */
bool access_hide_value(struct draft *draft, const char *source, const char *name, const struct yaml *node);

/*
 * server_identity.c: adapter and kind, where the matrix has them or the program
 * of `start` tells (the rest is asked of the server when it runs), and the
 * default name.
 */
void server_identify(struct server_settings *server);

/* environment.c: adds a map's variables. */
bool draft_read_environment(struct draft *draft, const char *source, const struct yaml *map,
                            struct environment *environment);
bool draft_read_variable(struct draft *draft, const char *source, const struct yaml *place, const char *name,
                         const struct yaml *value, struct environment *environment);

/* axis.c: a knob's value in its canonical spelling, kept; NULL: recorded as a failure. */
const char *draft_canonical(struct draft *draft, const char *source, const struct yaml *node,
                            const struct cell_field *field, const char *value);

/* A knob's axis; NULL: the matrix does not say it. */
const struct axis *draft_axis(const struct draft *draft, const char *knob);

/* media.c */
void media_release(struct plan_memory *memory);

#endif
