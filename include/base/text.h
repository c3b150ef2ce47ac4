/*
 * A growing string, and the few things that everyone does to strings.
 * `= {0}` is the empty text; text_release() is safe on it and leaves it empty.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data;      /* NULL while nothing was ever added; afterwards NUL-terminated at data[size] */
	size_t size;     /* bytes, without the NUL */
	size_t capacity; /* bytes allocated */
};

#define TEXT_PRINTF(string, first) __attribute__((format(printf, string, first)))

void text_release(struct text *text);
void text_clear(struct text *text); /* keeps the memory */
void text_reserve(struct text *text, size_t more);

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t size);
void text_add_char(struct text *text, char c);
void text_addf(struct text *text, const char *format, ...) TEXT_PRINTF(2, 3);
void text_addv(struct text *text, const char *format, va_list arguments) TEXT_PRINTF(2, 0);

/*
 * Adds foreign text (a server's, a file's) so that it cannot drive a terminal,
 * nor look like what it is not: malformed bytes and hidden characters become
 * '?', so do joiners that have nothing to join (after ASCII), new lines and tabs
 * a blank.
 */
void text_add_masked(struct text *text, const char *bytes, size_t size);

/*
 * The same for XML and HTML, as content or between double quotes: & < > " are
 * escaped, and the two characters that XML does not allow become '?'.
 */
void text_add_escaped(struct text *text, const char *bytes, size_t size);

/* As a string of JSON, in quotes; malformed bytes become U+FFFD, hidden characters escapes. */
void text_add_quoted(struct text *text, const char *string);

/*
 * Every occurrence of a secret that is not empty becomes '*' for each byte, so
 * that no place moves; also where JSON or an address has escaped some of its
 * characters, each in at most TEXT_HIDE_SPREAD bytes. False: there is none.
 */
enum { TEXT_HIDE_SPREAD = 16 };
bool text_hide(char *bytes, size_t size, const char *secret);

/* What a hexadecimal digit is worth, in either case; -1: it is none. */
int text_hex_digit(char c);

/* The string, "" when empty; borrowed until the text changes. */
const char *text_string(const struct text *text);

/* Hands the string over (never NULL) and leaves the text empty. The caller frees it. */
char *text_take(struct text *text);

/* printf into a new string that the caller frees. */
char *text_format(const char *format, ...) TEXT_PRINTF(1, 2);

/* NULL equals only NULL. */
bool text_equal(const char *a, const char *b);
bool text_starts_with(const char *string, const char *prefix);

/* Edit distance (insert, delete, replace, swap of neighbours), ASCII case ignored. */
size_t text_distance(const char *a, const char *b);

/*
 * Which name somebody meant by a wrong word: starts as `= {.word = word}`, is
 * offered every name, and then has in `nearest` the nearest one that is near:
 * one slip, and one more for every four letters of the word. NULL: none is.
 */
struct text_guess {
	const char *word;
	const char *nearest; /* borrowed; the first of equally near ones */
	size_t distance;     /* of what was offered for it */
};

/* An alias is offered for the name that it `means`; a name means itself. */
void text_guess_offer(struct text_guess *guess, const char *name, const char *means);

/* Bytes of the UTF-8 character at the start of `bytes`, 0 when they are malformed or `size` is 0. */
size_t text_utf8(const char *bytes, size_t size, uint32_t *point);

/* Control characters, those that turn the direction of text, and those that show nothing. */
bool text_is_hidden(uint32_t point);
/* What joins its neighbours, or keeps them apart: nothing by itself, but needed within words and emoji. */
bool text_is_joiner(uint32_t point);

/*
 * Display width of UTF-8 text in terminal columns (East-Asian wide = 2,
 * combining = 0); a malformed byte counts 1.
 */
size_t text_width(const char *string);

#endif
