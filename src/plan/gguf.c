#include "plan/gguf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "core/tensor_type.h"

enum { PAIRS_MAX = 1 << 16, TENSORS_MAX = 1 << 17, NAME_MAX_BYTES = 256, LIST_MAX = 10000, DIMENSIONS_MAX = 4 };

/* Types of values. */
enum { VALUE_STRING = 8, VALUE_ARRAY = 9, VALUE_TYPES = 13 };
enum { VALUE_UINT8, VALUE_INT8, VALUE_UINT16, VALUE_INT16, VALUE_UINT32, VALUE_INT32, VALUE_UINT64 = 10, VALUE_INT64 };

static const uint8_t value_bytes[VALUE_TYPES] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

struct reader {
	FILE *file;
	uint64_t left; /* bytes of the file behind this place: no length may be more */
	bool bad;
};

static bool take(struct reader *reader, void *into, uint64_t size)
{
	if (!reader->bad && size <= reader->left && fread(into, 1, (size_t)size, reader->file) == size) {
		reader->left -= size;
		return true;
	}
	reader->bad = true;
	memset(into, 0, (size_t)size);
	return false;
}

/* Tokens are many and short: to seek would throw the file's buffer away for each. */
static void skip(struct reader *reader, uint64_t size)
{
	char passed[512];

	if (size <= sizeof(passed))
		take(reader, passed, size);
	else if (reader->bad || size > reader->left || fseeko(reader->file, (off_t)size, SEEK_CUR) != 0)
		reader->bad = true;
	else
		reader->left -= size;
}

static uint64_t take_unsigned(struct reader *reader, size_t size)
{
	unsigned char bytes[8];
	uint64_t value = 0;

	take(reader, bytes, size);
	for (size_t i = size; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

/* The string, cut to what fits; its rest is skipped. */
static void take_string(struct reader *reader, char *into, size_t capacity)
{
	uint64_t size = take_unsigned(reader, 8), kept = size < capacity - 1 ? size : capacity - 1;

	into[0] = '\0';
	if (take(reader, into, kept))
		into[kept] = '\0';
	skip(reader, size - kept);
}

/* A whole number of its width; JSON_UNKNOWN for what is none. */
static int64_t take_number(struct reader *reader, uint32_t type)
{
	uint64_t bits = take_unsigned(reader, value_bytes[type]);

	switch (type) {
	case VALUE_INT8:
		return (int8_t)bits;
	case VALUE_INT16:
		return (int16_t)bits;
	case VALUE_INT32:
		return (int32_t)bits;
	case VALUE_UINT8:
	case VALUE_UINT16:
	case VALUE_UINT32:
	case VALUE_INT64:
		return (int64_t)bits;
	case VALUE_UINT64:
		return bits <= INT64_MAX ? (int64_t)bits : JSON_UNKNOWN;
	}
	return JSON_UNKNOWN;
}

/* Long lists are the tokenizer's; they are passed over. */
static struct json *take_array(struct reader *reader)
{
	uint32_t type = (uint32_t)take_unsigned(reader, 4);
	uint64_t count = take_unsigned(reader, 8);
	struct json *list = NULL;

	if (type >= VALUE_TYPES || type == VALUE_ARRAY || count > reader->left) {
		reader->bad = true;
	} else if (type == VALUE_STRING) {
		for (uint64_t i = 0; i < count && !reader->bad; i++)
			skip(reader, take_unsigned(reader, 8));
	} else if (count > LIST_MAX) {
		skip(reader, count * value_bytes[type]);
	} else {
		list = json_new_list();
		for (uint64_t i = 0; i < count && !reader->bad; i++)
			json_append_integer(list, take_number(reader, type));
	}
	return list;
}

static void take_pair(struct reader *reader, struct json *info)
{
	char key[NAME_MAX_BYTES], value[NAME_MAX_BYTES];
	uint32_t type;

	take_string(reader, key, sizeof(key));
	type = (uint32_t)take_unsigned(reader, 4);
	if (type >= VALUE_TYPES) {
		reader->bad = true;
	} else if (type == VALUE_STRING) {
		take_string(reader, value, sizeof(value));
		json_set_string(info, key, value);
	} else if (type == VALUE_ARRAY) {
		json_set(info, key, take_array(reader));
	} else {
		json_set_integer(info, key, take_number(reader, type));
	}
}

static void take_tensor(struct reader *reader, struct model_shape *shape, struct tensor_sums *sums)
{
	char name[NAME_MAX_BYTES];
	uint32_t dimensions;
	const struct tensor_type *type;
	uint64_t numbers = 1, last = 0;

	take_string(reader, name, sizeof(name));
	dimensions = (uint32_t)take_unsigned(reader, 4);
	if (dimensions > DIMENSIONS_MAX)
		reader->bad = true;
	for (uint32_t i = 0; i < dimensions && !reader->bad; i++) {
		last = take_unsigned(reader, 8);
		if (last == 0 || last > (UINT64_C(1) << 48) / numbers)
			reader->bad = true;
		else
			numbers *= last;
	}
	type = tensor_type_of((uint32_t)take_unsigned(reader, 4));
	take_unsigned(reader, 8); /* where it lies: tensors are listed in the order of the file */
	if (!reader->bad)
		model_shape_add_tensor(shape, sums, name,
		                       type != NULL ? tensor_bytes(type, (int64_t)numbers) : JSON_UNKNOWN,
		                       (int64_t)last);
}

/* After the magic. */
static bool read_header(struct reader *reader, int64_t file_bytes, struct model_shape *shape)
{
	uint64_t version = take_unsigned(reader, 4), tensors = take_unsigned(reader, 8);
	uint64_t pairs = take_unsigned(reader, 8);
	struct json *info = json_new_object();
	struct tensor_sums sums = {0};

	if (version < 2 || version > 3 || pairs > PAIRS_MAX || tensors > TENSORS_MAX)
		reader->bad = true;
	for (uint64_t i = 0; i < pairs && !reader->bad; i++)
		take_pair(reader, info);
	if (!reader->bad && !model_shape_read(info, shape))
		reader->bad = true;
	for (uint64_t i = 0; i < tensors && !reader->bad; i++)
		take_tensor(reader, shape, &sums);
	if (!reader->bad && !(json_get_integer(info, "split.count") > 1)) {
		shape->file_bytes = file_bytes;
		model_shape_end_tensors(shape, &sums);
	}
	json_free(info);
	return !reader->bad;
}

bool gguf_read(const char *path, struct model_shape *shape, struct text *problem)
{
	struct stat status;
	struct reader reader = {0};
	char magic[4];
	bool good = false;

	model_shape_reset(shape);
	if (stat(path, &status) != 0) {
		text_addf(problem, "cannot be read: %s", strerror(errno));
	} else if (!S_ISREG(status.st_mode)) {
		text_add(problem, "is no file"); /* opening a pipe would wait */
	} else if ((reader.file = fopen(path, "rb")) == NULL) {
		text_addf(problem, "cannot be read: %s", strerror(errno));
	} else {
		reader.left = (uint64_t)status.st_size;
		if (!take(&reader, magic, sizeof(magic)) || memcmp(magic, "GGUF", sizeof(magic)) != 0)
			text_add(problem, "is no GGUF file");
		else if (!read_header(&reader, (int64_t)status.st_size, shape))
			text_add(problem, "has a header that is damaged, or of a version that is not known");
		else
			good = true;
	}
	if (!good)
		model_shape_reset(shape);
	if (reader.file != NULL)
		fclose(reader.file);
	return good;
}
