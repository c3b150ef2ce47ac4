/*
 * What can be said of a cell before it is run: its memory, from the shape of
 * its model, and its time, from earlier cells.
 */
#ifndef PLAN_FORECAST_H
#define PLAN_FORECAST_H

#include "core/memory_model.h"
#include "core/summary.h"

/* X(symbol, word for people): where a model's shape was found, in the order of being asked. */
#define SHAPE_SOURCES(X)                        \
	X(SHAPE_UNKNOWN, "not known")           \
	X(SHAPE_SERVER, "the server")           \
	X(SHAPE_FILE, "its GGUF file")          \
	X(SHAPE_TABLE, "the table of llmbench") \
	X(SHAPE_RUN, "an earlier run")

enum shape_source {
#define X(symbol, word) symbol,
	SHAPE_SOURCES(X)
#undef X
};

/* NULL after the last one. */
const char *shape_source_word(enum shape_source source);

/*
 * The shape of the cell's model: as the server told it (NULL: it did not), of
 * the file that `models` of the server names, of the table, or of an earlier
 * run (NULL: there is none). What a server does not tell, the sizes of tensors,
 * is taken from the table when it is the same model. `problem` (may be NULL)
 * gets why a file that is named could not be read.
 */
enum shape_source forecast_shape(const struct cell *cell, const struct model_facts *told, const struct summary *earlier,
                                 struct model_shape *shape, struct text *problem);

/* Seconds of a whole cell: all its trials, loading, the server's start when that was measured. */
struct forecast_time {
	double seconds; /* NAN: no earlier cell is like it */
	size_t cells;   /* that it rests on */
	bool same;      /* they had the same settings, or else those of the nearest, scaled by the tokens asked for */
};

struct forecast_time forecast_time(const struct cell *cell, const struct summary *earlier);

/* What is known beforehand; everything is borrowed, NULL: nothing. */
struct forecast_input {
	const struct memory_machine *machine;
	const struct server_facts *server; /* of a server that answers */
	const struct model_facts *model;   /* likewise */
	const struct summary *earlier;     /* a run of the matrix on this machine */
};

/* `= {0}` begins. */
struct forecast {
	enum shape_source source;
	struct model_shape shape;
	struct memory_setup setup; /* of a server that is modelled, else 0 */
	struct memory_prediction memory;
	struct text why;     /* the memory cannot be predicted; empty when it is */
	struct text assumed; /* what the matrix leaves to the server: "flash attention on, num_batch 512" */
	struct forecast_time time;
};

void forecast_cell(const struct cell *cell, const struct forecast_input *input, struct forecast *into);
void forecast_release(struct forecast *forecast);

#endif
