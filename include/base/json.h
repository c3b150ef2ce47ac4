/*
 * JSON values; json.c is the only file that includes cJSON. Reading is
 * forgiving (every accessor takes NULL and returns "unknown"), writing is
 * exact: keys keep the order in which they were set, integers keep all their
 * 64 bits, and what is unknown is written as null.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct json; /* a value of any type */

/* Unknown numbers: NAN for double, JSON_UNKNOWN for integers. */
#define JSON_UNKNOWN INT64_MIN

/* So many values in one text, each of which costs some 80 bytes. */
enum { JSON_VALUES_MAX = 1 << 22 };

/*
 * Called once, before everything else: without it, bytes for which there is no
 * memory look as if they were no JSON.
 */
void json_open(void);

/*
 * NULL when the bytes are not one JSON value (blanks around it are fine). At
 * most 64 levels deep. Half a pair of surrogates, as a server writes it that
 * cuts text within a character, reads as U+FFFD.
 */
struct json *json_parse(const char *bytes, size_t size);
void json_free(struct json *json);

/* Reading. The key is matched with its case; an absent key and null are the same: unknown. */
const struct json *json_get(const struct json *object, const char *key);
const char *json_get_string(const struct json *object, const char *key); /* NULL unknown */
double json_get_number(const struct json *object, const char *key);      /* NAN unknown */
int64_t json_get_integer(const struct json *object, const char *key);    /* JSON_UNKNOWN; exact to 2^53 */
bool json_get_bool(const struct json *object, const char *key, bool otherwise);

size_t json_count(const struct json *list_or_object); /* 0 for anything else */
const struct json *json_at(const struct json *list_or_object, size_t index);
const struct json *json_first(const struct json *list_or_object); /* in turn: for long lists, */
const struct json *json_next(const struct json *member);          /* where json_at would be slow */
const char *json_key(const struct json *member);                  /* NULL for a list's item */
const char *json_as_string(const struct json *value);
double json_as_number(const struct json *value);
int64_t json_as_integer(const struct json *value);
bool json_is_object(const struct json *value);
bool json_is_list(const struct json *value);

/* Building. A child that is set or appended belongs to its parent; a key that exists is not looked for. */
struct json *json_new_object(void);
struct json *json_new_list(void);
void json_set(struct json *object, const char *key, struct json *value); /* NULL writes null */
void json_set_string(struct json *object, const char *key, const char *value);
void json_set_number(struct json *object, const char *key, double value); /* shortest text that reads back equal */
void json_set_integer(struct json *object, const char *key, int64_t value);
void json_set_bool(struct json *object, const char *key, bool value);
void json_append(struct json *list, struct json *value);
void json_append_string(struct json *list, const char *value);
void json_append_number(struct json *list, double value);
void json_append_integer(struct json *list, int64_t value);
struct json *json_copy(const struct json *value);

/* One line without blanks, no new line at the end; malformed UTF-8 is written as U+FFFD, hidden characters (text.h) as
 * escapes. */
void json_add_to(struct text *text, const struct json *value);
/* The same, indented by tabs for people. */
void json_add_indented(struct text *text, const struct json *value);

#endif
