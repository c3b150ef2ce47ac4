/*
 * Flags: what a reader must know before trusting a cell. One row each; the
 * rows that are checked here look at what was asked, what the server's answers
 * and log prove, and the records. Pure.
 */
#ifndef CORE_FLAG_H
#define CORE_FLAG_H

#include <stdbool.h>
#include <stddef.h>

#include "core/cell.h"
#include "core/facts.h"
#include "core/input.h"
#include "core/proof.h"
#include "core/record.h"
#include "core/summary.h"

/* All that is known of one cell. Everything is borrowed. */
struct evidence {
	const struct cell *cell;
	const struct model_facts *model; /* as loaded, see `asked_loaded` */
	bool asked_loaded;               /* the server said what is loaded; else its part of `model` is not known */
	struct proof loaded;             /* from the log since the model was loaded */
	struct proof measured;           /* from the log while the requests were measured */
	const struct record *records;    /* of all trials, in order */
	size_t count;
	const char *const *prompts;      /* sent in turn; each trial begins with the first */
	size_t prompt_count;             /* 0: not known */
	bool unique_prompts;             /* each with a nonce before it, or with a picture or a recording */
	const struct media *fixed_media; /* sent with each request as it is; NULL: none */
	double load_s;                   /* the load before anything was measured; NAN unknown */
};

enum flag_place {
	FLAG_IN_NOTES, /* something differs from what the cell asked, or failed: in the Notes of its row */
	FLAG_UNDER,    /* what is asked has this consequence: under the tables */
};

struct flag {
	const char *name;  /* `llmbench help NAME` */
	const char *words; /* that stand in each text of this flag, and in no other's */
	enum flag_place place;
	const char *meaning; /* when it is raised, with its limits; sentences */
	const char *cure;
	/* Adds the flag's text and returns true, or does nothing. NULL: raised elsewhere. */
	bool (*check)(const struct evidence *evidence, struct text *into);
};

extern const struct flag flags[];
extern const size_t flag_count;

const struct flag *flag_find(const char *name);

/* The row that a flag's text belongs to; NULL when it is of no row. */
const struct flag *flag_of_text(const char *text);

/* Adds the text of each flag that the evidence raises, in the table's order. */
void flags_raise(const struct evidence *evidence, struct cell_summary *into);

#endif
