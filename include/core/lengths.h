/*
 * How long prompts or answers are: a number of tokens, or a distribution. In
 * the matrix file: 512, {mean: 512, spread: 128}, {min: 100, max: 900} or
 * {median: 512, sigma: 0.6}.
 */
#ifndef CORE_LENGTHS_H
#define CORE_LENGTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"

enum lengths_shape {
	LENGTHS_FIXED,
	LENGTHS_UNIFORM,   /* from minimum to maximum, each as likely */
	LENGTHS_NORMAL,    /* of mean `center` and standard deviation `spread` */
	LENGTHS_LOGNORMAL, /* exp of a normal one: of median `center`; its logarithm has the standard deviation `spread`
	                    */
};

struct lengths {
	enum lengths_shape shape;
	double center, spread;
	int64_t minimum, maximum;          /* no length is outside; what would be is drawn again */
	bool bounded_below, bounded_above; /* they were said */
};

/*
 * Reads a number or a map; lengths are from `least` to `most`. A normal or
 * lognormal map may have min and max too, with its center between them.
 * False: it is not that.
 */
bool lengths_read(const char *string, int64_t least, int64_t most, struct lengths *lengths);

/* The same, in a fixed order of keys. */
void lengths_add(const struct lengths *lengths, struct text *into);

/* A number, or {"mean":512,"spread":128}. */
struct json *lengths_json(const struct lengths *lengths);

/* The number, the center, or the middle between minimum and maximum. */
int64_t lengths_typical(const struct lengths *lengths);

/* The next length; the same seed gives the same lengths on every machine. */
int64_t lengths_draw(const struct lengths *lengths, uint64_t *seed);

#endif
