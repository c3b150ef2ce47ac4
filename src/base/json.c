/*
 * struct json is a cJSON item under another name. Numbers that we build are
 * stored as their text (cJSON_Raw), because cJSON keeps numbers as double.
 * Writing is our own: cJSON's printer rounds doubles to 15 digits when the rest
 * is within an epsilon, and copies malformed UTF-8.
 */
#include "base/json.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "base/memory.h"
#include "base/surrogates.h"
#include "base/units.h"

#define DEPTH_LIMIT 64

/* Beyond it neighbouring integers share a double. */
#define INTEGER_LIMIT 9007199254740991.0

static const cJSON *item_of(const struct json *json)
{
	return (const cJSON *)json;
}

static struct json *json_of(cJSON *item)
{
	if (item == NULL)
		memory_exhausted();
	return (struct json *)item;
}

/* As if there were always memory: see memory.h. */
void json_open(void)
{
	cJSON_Hooks hooks = {.malloc_fn = memory_take, .free_fn = free};

	cJSON_InitHooks(&hooks);
}

/*
 * Counted before parsing, because cJSON recurses for each level and makes a
 * node of some 80 bytes for each value: one more than there are separators.
 */
static bool is_too_much(const char *bytes, size_t size)
{
	bool in_string = false;
	size_t values = 1;
	int depth = 0;

	for (size_t i = 0; i < size; i++) {
		char c = bytes[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == ']' || c == '}'))
			depth--;
		else if (!in_string && (c == '[' || c == '{' || c == ',') && ++values > JSON_VALUES_MAX)
			return true;
		if (!in_string && (c == '[' || c == '{') && ++depth > DEPTH_LIMIT)
			return true;
	}
	return false;
}

static struct json *parse(const char *bytes, size_t size)
{
	const char *end = NULL;
	cJSON *item;

	item = cJSON_ParseWithLengthOpts(bytes, size, &end, false);
	if (item == NULL)
		return NULL;
	while (end < bytes + size && (*end == ' ' || *end == '\t' || *end == '\r' || *end == '\n'))
		end++;
	if (end == bytes + size)
		return (struct json *)item;
	cJSON_Delete(item);
	return NULL;
}

struct json *json_parse(const char *bytes, size_t size)
{
	struct json *json;
	char *whole;

	if (size == 0 || is_too_much(bytes, size))
		return NULL;
	json = parse(bytes, size);
	if (json != NULL)
		return json;
	whole = surrogates_mend(bytes, size);
	if (whole != NULL)
		json = parse(whole, size);
	free(whole);
	return json;
}

void json_free(struct json *json)
{
	cJSON_Delete((cJSON *)json);
}

const struct json *json_get(const struct json *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(item_of(object), key);

	return cJSON_IsNull(value) ? NULL : (const struct json *)value;
}

const char *json_get_string(const struct json *object, const char *key)
{
	return json_as_string(json_get(object, key));
}

double json_get_number(const struct json *object, const char *key)
{
	return json_as_number(json_get(object, key));
}

int64_t json_get_integer(const struct json *object, const char *key)
{
	return json_as_integer(json_get(object, key));
}

bool json_get_bool(const struct json *object, const char *key, bool otherwise)
{
	const cJSON *value = item_of(json_get(object, key));

	return cJSON_IsBool(value) ? cJSON_IsTrue(value) : otherwise;
}

size_t json_count(const struct json *list_or_object)
{
	size_t count = 0;

	for (const struct json *item = json_first(list_or_object); item != NULL; item = json_next(item))
		count++;
	return count;
}

const struct json *json_first(const struct json *list_or_object)
{
	const cJSON *item = item_of(list_or_object);

	return cJSON_IsArray(item) || cJSON_IsObject(item) ? (const struct json *)item->child : NULL;
}

const struct json *json_next(const struct json *member)
{
	return member != NULL ? (const struct json *)item_of(member)->next : NULL;
}

const struct json *json_at(const struct json *list_or_object, size_t index)
{
	const struct json *item = json_first(list_or_object);

	while (item != NULL && index-- > 0)
		item = json_next(item);
	return item;
}

const char *json_key(const struct json *member)
{
	return member != NULL ? item_of(member)->string : NULL;
}

const char *json_as_string(const struct json *value)
{
	return cJSON_IsString(item_of(value)) ? item_of(value)->valuestring : NULL;
}

double json_as_number(const struct json *value)
{
	const cJSON *item = item_of(value);
	double number = NAN;

	if (cJSON_IsNumber(item))
		number = item->valuedouble;
	else if (cJSON_IsRaw(item))
		number = strtod(item->valuestring, NULL);
	return isfinite(number) ? number : NAN;
}

int64_t json_as_integer(const struct json *value)
{
	const cJSON *item = item_of(value);
	double number;

	if (cJSON_IsRaw(item)) {
		char *end;
		long long exact;

		errno = 0;
		exact = strtoll(item->valuestring, &end, 10);
		if (errno == 0 && *end == '\0')
			return exact;
	}
	number = json_as_number(value);
	if (isnan(number) || fabs(number) > INTEGER_LIMIT || number != floor(number))
		return JSON_UNKNOWN;
	return (int64_t)number;
}

bool json_is_object(const struct json *value)
{
	return cJSON_IsObject(item_of(value));
}

bool json_is_list(const struct json *value)
{
	return cJSON_IsArray(item_of(value));
}

struct json *json_new_object(void)
{
	return json_of(cJSON_CreateObject());
}

struct json *json_new_list(void)
{
	return json_of(cJSON_CreateArray());
}

void json_set(struct json *object, const char *key, struct json *value)
{
	assert(json_is_object(object));
	if (value == NULL)
		value = json_of(cJSON_CreateNull());
	if (!cJSON_AddItemToObject((cJSON *)object, key, (cJSON *)value))
		memory_exhausted();
}

void json_append(struct json *list, struct json *value)
{
	assert(json_is_list(list));
	if (value == NULL)
		value = json_of(cJSON_CreateNull());
	if (!cJSON_AddItemToArray((cJSON *)list, (cJSON *)value))
		memory_exhausted();
}

static struct json *new_string(const char *value)
{
	return value == NULL ? NULL : json_of(cJSON_CreateString(value));
}

static struct json *new_number(double value)
{
	struct text digits = {0};
	struct json *json;

	if (!isfinite(value))
		return NULL;
	units_add_real(&digits, value);
	json = json_of(cJSON_CreateRaw(text_string(&digits)));
	text_release(&digits);
	return json;
}

static struct json *new_integer(int64_t value)
{
	char digits[24];

	if (value == JSON_UNKNOWN)
		return NULL;
	snprintf(digits, sizeof digits, "%" PRId64, value);
	return json_of(cJSON_CreateRaw(digits));
}

void json_set_string(struct json *object, const char *key, const char *value)
{
	json_set(object, key, new_string(value));
}

void json_set_number(struct json *object, const char *key, double value)
{
	json_set(object, key, new_number(value));
}

void json_set_integer(struct json *object, const char *key, int64_t value)
{
	json_set(object, key, new_integer(value));
}

void json_set_bool(struct json *object, const char *key, bool value)
{
	json_set(object, key, json_of(cJSON_CreateBool(value)));
}

void json_append_string(struct json *list, const char *value)
{
	json_append(list, new_string(value));
}

void json_append_number(struct json *list, double value)
{
	json_append(list, new_number(value));
}

void json_append_integer(struct json *list, int64_t value)
{
	json_append(list, new_integer(value));
}

struct json *json_copy(const struct json *value)
{
	return value == NULL ? NULL : json_of(cJSON_Duplicate(item_of(value), true));
}

static void add_scalar(struct text *text, const cJSON *item)
{
	if (cJSON_IsString(item)) {
		text_add_quoted(text, item->valuestring);
	} else if (cJSON_IsRaw(item)) {
		text_add(text, item->valuestring);
	} else if (cJSON_IsBool(item)) {
		text_add(text, cJSON_IsTrue(item) ? "true" : "false");
	} else if (cJSON_IsNumber(item) && isfinite(item->valuedouble)) {
		units_add_real(text, item->valuedouble);
	} else {
		text_add(text, "null");
	}
}

static void add_new_line(struct text *text, int depth)
{
	text_add_char(text, '\n');
	for (int i = 0; i < depth; i++)
		text_add_char(text, '\t');
}

/* `depth` is the level of indentation, -1 for one line. */
static void add_value(struct text *text, const struct json *value, int depth)
{
	bool object = json_is_object(value);
	const struct json *member = json_first(value);
	int inner = depth < 0 ? -1 : depth + 1;

	if (!object && !json_is_list(value)) {
		add_scalar(text, item_of(value));
		return;
	}
	text_add_char(text, object ? '{' : '[');
	for (; member != NULL; member = json_next(member)) {
		if (depth >= 0)
			add_new_line(text, inner);
		if (object) {
			text_add_quoted(text, json_key(member));
			text_add(text, depth < 0 ? ":" : ": ");
		}
		add_value(text, member, inner);
		if (json_next(member) != NULL)
			text_add_char(text, ',');
		else if (depth >= 0)
			add_new_line(text, depth);
	}
	text_add_char(text, object ? '}' : ']');
}

void json_add_to(struct text *text, const struct json *value)
{
	add_value(text, value, -1);
}

void json_add_indented(struct text *text, const struct json *value)
{
	add_value(text, value, 0);
}
