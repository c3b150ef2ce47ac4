/*
 * A fuzz target is a file fuzz_NAME.c with LLVMFuzzerTestOneInput(): any bytes
 * are one input, and what must hold for all of them it says by must(). With
 * clang's libFuzzer inputs are made up (`make fuzz`); with replay.c, whatever
 * the compiler, those of corpus/NAME are tried once more (`make unit`).
 *
 * An input begins with a few bytes that choose what is done with the rest, so
 * that one target has all forms of it: see feed_choose().
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the program, as a finding, when it does not hold; `what` is the rule that was broken. */
#define must(condition, what) fuzz_must((condition), (what), __FILE__, __LINE__)
void fuzz_must(bool holds, const char *what, const char *file, int line);

/* The same text: NULL equals only NULL. Both are shown when it does not hold. */
#define must_equal(a, b, what) fuzz_must_equal((a), (b), (what), __FILE__, __LINE__)
void fuzz_must_equal(const char *a, const char *b, const char *what, const char *file, int line);

/* What is left of an input. */
struct feed {
	const char *bytes;
	size_t size;
};
struct feed feed_of(const uint8_t *bytes, size_t size);

/* A number below `count`, from the next byte: '0' is 0, '1' is 1, …; 0 when nothing is left. */
size_t feed_choose(struct feed *feed, size_t count);

/* Up to the next line that is `mark` alone, or all that is left; the mark is passed over. */
struct feed feed_part(struct feed *feed, const char *mark);

/* A copy of what is left, up to its first NUL. The caller frees it. */
char *feed_string(const struct feed *feed);

/*
 * Puts what is left into a file in a folder of this process; both go when it
 * ends, unless by a finding. Its path, borrowed.
 */
const char *fuzz_file(const struct feed *feed);

/* Whether it is UTF-8 that drives no terminal, as text_add_masked() leaves foreign text; `lines`: with new lines. */
bool fuzz_is_shown_safely(const char *text, bool lines);

/* The value as a line of JSON, which it frees; NULL: null. The caller frees the line. */
char *fuzz_line(struct json *json);

#endif
