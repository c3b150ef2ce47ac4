#include "core/model_shape.h"

#include <stdlib.h>
#include <string.h>

#include "core/tensor_type.h"

enum { LAYERS_MAX = 10000, TENSORS_MAX = 100000, DIMENSIONS_MAX = 8 };

/* Numbers above this are nobody's model: products of a few of them stay within 64 bits. */
#define NUMBER_MAX ((int64_t)1 << 24)
#define BYTES_MAX  ((int64_t)1 << 50)

static const struct {
	const char *name;
	size_t offset;
} members[] = {
#define MEMBER(name)                                      \
	{                                                 \
#name, offsetof(struct model_shape, name) \
	}
    MEMBER(layers),        MEMBER(embedding),   MEMBER(heads),           MEMBER(kv_heads), MEMBER(key_length),
    MEMBER(value_length),  MEMBER(vocabulary),  MEMBER(sliding_window),  MEMBER(experts),  MEMBER(file_bytes),
    MEMBER(weights_bytes), MEMBER(block_bytes), MEMBER(embedding_bytes),
#undef MEMBER
};
enum { MEMBER_COUNT = sizeof(members) / sizeof(members[0]) };

static int64_t *member(struct model_shape *shape, size_t i)
{
	return (int64_t *)(void *)((char *)shape + members[i].offset);
}

void model_shape_reset(struct model_shape *shape)
{
	*shape = (struct model_shape){0};
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		*member(shape, i) = JSON_UNKNOWN;
}

/* "<architecture>.<key>" */
static const struct json *get(const struct json *info, const char *architecture, const char *key)
{
	char *name = text_format("%s.%s", architecture, key);
	const struct json *value = json_get(info, name);

	free(name);
	return value;
}

static int64_t positive(int64_t number)
{
	return number > 0 && number <= NUMBER_MAX ? number : JSON_UNKNOWN;
}

static int64_t number(const struct json *info, const char *architecture, const char *key)
{
	return positive(json_as_integer(get(info, architecture, key)));
}

/* A number for each layer: their sum. A layer without heads has 0. */
static int64_t sum_of(const struct json *list)
{
	int64_t sum = 0;

	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int64_t heads = json_as_integer(item);

		if (heads < 0 || heads > NUMBER_MAX)
			return JSON_UNKNOWN;
		sum += heads;
	}
	return sum > 0 ? sum : JSON_UNKNOWN;
}

static int64_t most_of(const struct json *list)
{
	int64_t most = JSON_UNKNOWN;

	for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
		if (json_as_integer(item) > most)
			most = json_as_integer(item);
	return positive(most);
}

static void read_heads(const struct json *info, struct model_shape *shape)
{
	const struct json *heads = get(info, shape->architecture, "attention.head_count");
	const struct json *kv = get(info, shape->architecture, "attention.head_count_kv");
	int64_t each;

	shape->heads = json_is_list(heads) ? most_of(heads) : positive(json_as_integer(heads));
	if (json_is_list(kv)) {
		if ((int64_t)json_count(kv) == shape->layers)
			shape->kv_heads = sum_of(kv);
		return;
	}
	each = positive(json_as_integer(kv));
	if (kv == NULL)
		each = shape->heads; /* GGUF: without the key every head has its own */
	if (each != JSON_UNKNOWN && shape->layers != JSON_UNKNOWN)
		shape->kv_heads = each * shape->layers;
}

static void read_lengths(const struct json *info, struct model_shape *shape)
{
	int64_t usual = JSON_UNKNOWN;

	if (shape->heads != JSON_UNKNOWN && shape->embedding != JSON_UNKNOWN)
		usual = positive(shape->embedding / shape->heads);
	shape->key_length = number(info, shape->architecture, "attention.key_length");
	shape->value_length = number(info, shape->architecture, "attention.value_length");
	if (shape->key_length == JSON_UNKNOWN)
		shape->key_length = usual;
	if (shape->value_length == JSON_UNKNOWN)
		shape->value_length = usual;
}

/* GGUF names them by small letters and digits; other bytes could not be written and read again. */
static bool take_architecture(struct model_shape *shape, const char *name)
{
	size_t length = name != NULL ? strlen(name) : 0;

	if (length == 0 || length >= sizeof(shape->architecture))
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	memcpy(shape->architecture, name, length + 1);
	return true;
}

bool model_shape_read(const struct json *info, struct model_shape *shape)
{
	const char *architecture = json_get_string(info, "general.architecture");

	if (!take_architecture(shape, architecture))
		return false;
	shape->layers = number(info, architecture, "block_count");
	if (shape->layers > LAYERS_MAX)
		shape->layers = JSON_UNKNOWN;
	shape->embedding = number(info, architecture, "embedding_length");
	shape->vocabulary = number(info, architecture, "vocab_size");
	shape->sliding_window = number(info, architecture, "attention.sliding_window");
	shape->experts = number(info, architecture, "expert_count");
	read_heads(info, shape);
	read_lengths(info, shape);
	return true;
}

void model_shape_add_tensor(struct model_shape *shape, struct tensor_sums *sums, const char *name, int64_t bytes,
                            int64_t rows)
{
	bool embedding = text_equal(name, "token_embd.weight");

	if (bytes == JSON_UNKNOWN || sums->unknown) {
		sums->unknown = true;
		return;
	}
	sums->weights += bytes;
	if (sums->weights > BYTES_MAX)
		sums->unknown = true;
	if (text_starts_with(name, "blk."))
		sums->blocks += bytes;
	if (text_equal(name, "output.weight"))
		sums->output = true;
	if (embedding) {
		sums->embedding = bytes;
		sums->within = sums->weights > bytes;
		shape->vocabulary = positive(rows);
	} else if (sums->embedding > 0) {
		sums->after = true;
	}
}

void model_shape_end_tensors(struct model_shape *shape, const struct tensor_sums *sums)
{
	if (sums->unknown || sums->embedding == 0 || sums->blocks == 0)
		return;
	shape->weights_bytes = sums->weights;
	shape->block_bytes = sums->blocks;
	shape->embedding_bytes = sums->embedding;
	shape->tied = !sums->output;
	shape->embedding_within = sums->within && sums->after;
}

/* JSON_UNKNOWN when one is missing or their product is nobody's tensor. */
static int64_t numbers_of(const struct json *dimensions, int64_t *rows)
{
	int64_t product = 1, last = JSON_UNKNOWN;

	if (json_count(dimensions) == 0 || json_count(dimensions) > DIMENSIONS_MAX)
		return JSON_UNKNOWN;
	for (const struct json *item = json_first(dimensions); item != NULL; item = json_next(item)) {
		last = json_as_integer(item);
		if (last <= 0 || last > NUMBER_MAX || product > ((int64_t)1 << 48) / last)
			return JSON_UNKNOWN;
		product *= last;
	}
	*rows = last;
	return product;
}

void model_shape_read_tensors(const struct json *tensors, struct model_shape *shape)
{
	struct tensor_sums sums = {0};

	if (json_count(tensors) == 0 || json_count(tensors) > TENSORS_MAX)
		return;
	for (const struct json *item = json_first(tensors); item != NULL; item = json_next(item)) {
		const struct tensor_type *type = tensor_type_named(json_get_string(item, "type"));
		int64_t rows = JSON_UNKNOWN, numbers = numbers_of(json_get(item, "shape"), &rows);
		const char *name = json_get_string(item, "name");
		int64_t bytes = type != NULL ? tensor_bytes(type, numbers) : JSON_UNKNOWN;

		model_shape_add_tensor(shape, &sums, name != NULL ? name : "", bytes, rows);
	}
	model_shape_end_tensors(shape, &sums);
}

struct json *model_shape_json(const struct model_shape *shape)
{
	struct json *json;
	struct model_shape copy = *shape;

	if (shape->architecture[0] == '\0')
		return NULL;
	json = json_new_object();
	json_set_string(json, "architecture", shape->architecture);
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		json_set_integer(json, members[i].name, *member(&copy, i));
	json_set_bool(json, "tied", shape->tied);
	json_set_bool(json, "embedding_within", shape->embedding_within);
	return json;
}

void model_shape_parse(const struct json *json, struct model_shape *shape)
{
	model_shape_reset(shape);
	if (!take_architecture(shape, json_get_string(json, "architecture")))
		return;
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		int64_t value = json_get_integer(json, members[i].name);

		*member(shape, i) = value > 0 && value <= BYTES_MAX ? value : JSON_UNKNOWN;
	}
	if (shape->block_bytes == JSON_UNKNOWN || shape->embedding_bytes == JSON_UNKNOWN ||
	    shape->block_bytes + shape->embedding_bytes > shape->weights_bytes)
		shape->weights_bytes = shape->block_bytes = shape->embedding_bytes = JSON_UNKNOWN;
	shape->tied = json_get_bool(json, "tied", false);
	shape->embedding_within = json_get_bool(json, "embedding_within", false);
}
