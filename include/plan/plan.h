/*
 * The matrix file, understood: an ordered list of valid cells. Every mistake
 * of the user ends here, with its place in the file.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "core/cell.h"
#include "core/input.h"
#include "core/server_settings.h"
#include "workload/dataset.h"

struct summary;

/* X(symbol, name): in which order cells are run, see the key `order`. */
#define PLAN_ORDERS(X)                     \
	X(PLAN_FILE, "file")               \
	X(PLAN_SHUFFLED, "shuffled")       \
	X(PLAN_INTERLEAVED, "interleaved") \
	X(PLAN_INFORMATIVE, "informative")

enum plan_order {
#define X(symbol, name) symbol,
	PLAN_ORDERS(X)
#undef X
};

/* X(symbol, name): what a sweep does on battery, see the key `on_battery`. */
#define PLAN_BATTERIES(X)              \
	X(PLAN_BATTERY_STOP, "stop")   \
	X(PLAN_BATTERY_PAUSE, "pause") \
	X(PLAN_BATTERY_ALLOW, "allow")

enum plan_battery {
#define X(symbol, name) symbol,
	PLAN_BATTERIES(X)
#undef X
};

struct plan {
	char *name;   /* "m4": the file's stem; names the results folder */
	char *path;   /* as given */
	char *source; /* the file's bytes, kept with the results */
	char *title;  /* NULL: what the machine says it is */
	enum plan_order order;
	size_t *sequence;      /* cell_count indices of cells: the order in which they are run */
	int64_t budget_ns;     /* for the whole run; 0: no limit */
	int64_t give_up_after; /* failures in a row of a server end its cells */
	int64_t anchor;        /* the first cell is measured again after so many visits, see plan_walk(); 0: never */
	enum plan_battery on_battery;
	char **notes; /* further figures for the Notes column */
	size_t note_count;
	struct server_settings *servers;
	size_t server_count;
	struct cell *cells; /* in the file's order, the last axis fastest */
	size_t cell_count;
	bool narrowed;     /* --only left cells of the matrix out */
	const char **axes; /* knobs with several values, in the file's order */
	size_t axis_count;
	char **warnings; /* masked, for stderr: variables that do not exist, … */
	size_t warning_count;
	struct plan_memory *memory; /* what the borrowed texts of cells point into */
};

/* Keys of the matrix file that are no knobs, since they are of the whole run; ended by a NULL name. */
struct plan_key {
	const char *name;
	bool settable; /* by --set */
	const char *help;
};

extern const struct plan_key plan_keys[];

struct plan_options {
	const char *const
	    *set; /* "KEY=VALUE": replaces the knob; VALUE is YAML (a list is an axis); server.start=… too */
	size_t set_count;
	const char *const *only; /* "KEY=VALUE": keeps cells whose knob has that value */
	size_t only_count;
};

/*
 * Reads and validates. False: `failure` has "FILE:LINE:COLUMN: …" and status 2.
 * --set and --only mistakes are told as "--set parallel=x: …".
 */
bool plan_load(const char *path, const struct plan_options *options, struct plan *plan, struct failure *failure);
void plan_release(struct plan *plan);

/*
 * The file of a cell's knob `prompts` or `trace`, named relative to the matrix
 * file; NULL: the cell has none. Borrowed from the plan.
 */
const struct dataset *plan_dataset(const struct plan *plan, const struct cell *cell);

/* A list: what a report says of each file, see dataset_json(). */
struct json *plan_datasets_json(const struct plan *plan);

/* {profile: {variable: value}}, see environment_json(). */
struct json *plan_profiles_json(const struct plan *plan);

/*
 * The files of `image` and `audio`, named relative to the matrix file, as they
 * are; NULL: the cell sends none. Borrowed from the plan.
 */
const struct media *plan_image(const struct plan *plan, const struct cell *cell);
const struct media *plan_audio(const struct plan *plan, const struct cell *cell);
int64_t plan_audio_ns(const struct plan *plan, const struct cell *cell); /* its length; TIME_UNKNOWN: none */

/* The one of them that all requests of the cell send as it is, so that a server may keep what it computed of it. */
const struct media *plan_fixed_media(const struct plan *plan, const struct cell *cell);

/* What was made for one request; `= {0}` begins. */
struct plan_media {
	struct made_media {
		struct media media;
		struct text bytes;
	} image, audio;
};

/*
 * The request's own picture and recording, see core/fresh_media.h, or those of
 * the files: `input` borrows them from the plan and from `made`, in which the
 * next request's take their place. salt: nonce_salt(). Trial 0 is the warm-up.
 */
void plan_add_media(const struct plan *plan, const struct cell *cell, uint64_t salt, int trial, size_t request,
                    struct plan_media *made, struct input *input);
void plan_media_release(struct plan_media *made);

/*
 * Where the order is informative: makes it, with the times of an earlier run
 * (NULL: there is none), see plan/informative.h. plan_load() has done it without.
 */
void plan_order_informative(struct plan *plan, const struct summary *earlier);

/* How many cells from this place of the sequence on are run together, in rounds: 1 unless the order is interleaved. */
size_t plan_group(const struct plan *plan, size_t first);

/* Whether one server can run both without being started anew in between. */
bool plan_share_start(const struct cell *a, const struct cell *b);

/* A variable of the environment that people set for Ollama, and that no released Ollama reads. */
bool plan_variable_is_imaginary(const char *name);

/* The knob that sets this variable of Ollama, and so overrides it where it is set; NULL: none does. Static. */
const char *plan_variable_knob(const char *name);

/*
 * Why this variable does not do what its name says, with the cure: Ollama has
 * none such or no longer reads it, it has a knob, or llmbench chooses it. NULL:
 * nothing is known against it. The caller frees it.
 */
char *plan_variable_doubt(const char *name);

/* One step of a sweep: a cell with all its trials, or with one of them when it is run in rounds with others. */
struct plan_visit {
	const struct cell *cell;
	bool anchor; /* not for its row: a repeat of the first cell, whole, see the key `anchor` */
	bool starts; /* a managed server is started for it */
	int64_t trials;
};

/*
 * Calls `visit` for all visits in their order, as far as it can be foretold:
 * with `until` every cell takes its most trials, and no server dies. Repeats of
 * the anchor come first, after every `anchor` visits, and last.
 */
void plan_walk(const struct plan *plan, void (*visit)(void *context, const struct plan_visit *visit), void *context);

/* How many times a managed server is started in plan_walk(). */
size_t plan_starts(const struct plan *plan);

/* How many repeats of the anchor there are in it. */
size_t plan_repeats(const struct plan *plan);

#endif
