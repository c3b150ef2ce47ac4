/*
 * The model's block as `ollama show` lays it out: sections of a title and a
 * table; which rows there are is here, the table is in ollama_table.c.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "target/ollama.h"
#include "target/ollama_table.h"

enum {
	NARROW = 30, /* columns beyond which a cell is wrapped */
	WIDE = 100,  /* the same for prose: system prompt, licence */
	PROSE_LINES = 2,
};

static void add_pair(struct ollama_table *table, const char *label, const char *value)
{
	if (value == NULL)
		return;
	ollama_table_add_row(table);
	ollama_table_add_cell(table, label, strlen(label));
	ollama_table_add_cell(table, value, strlen(value));
}

static void add_integer(struct ollama_table *table, const char *label, const struct json *info,
                        const char *architecture, const char *key)
{
	char *full_key = text_format("%s.%s", architecture, key);
	int64_t value = json_get_integer(info, full_key);
	char digits[24];

	free(full_key);
	if (value == JSON_UNKNOWN)
		return;
	snprintf(digits, sizeof(digits), "%" PRId64, value);
	add_pair(table, label, digits);
}

static const struct count_unit {
	int64_t unit;
	int decimals;
	char letter;
} count_units[] = {{1000000000, 1, 'B'}, {1000000, 2, 'M'}, {1000, 0, 'K'}};
enum { COUNT_UNITS = sizeof(count_units) / sizeof(count_units[0]) };

char *ollama_count_words(int64_t count)
{
	if (count < 0)
		return NULL;
	for (size_t i = 0; i < COUNT_UNITS; i++)
		if (count >= count_units[i].unit)
			return text_format("%.*f%c", count % count_units[i].unit == 0 ? 0 : count_units[i].decimals,
			                   (double)count / (double)count_units[i].unit, count_units[i].letter);
	return text_format("%" PRId64, count);
}

int64_t ollama_words_count(const char *words)
{
	size_t size = words != NULL ? strlen(words) : 0;
	int64_t count = JSON_UNKNOWN;
	char *number;
	double value;

	if (size < 2)
		return JSON_UNKNOWN;
	number = memory_copy(words, size - 1);
	for (size_t i = 0; i < COUNT_UNITS; i++)
		if (words[size - 1] == count_units[i].letter && units_read_real(number, &value) && value > 0 &&
		    value < 1e6)
			count = llround(value * (double)count_units[i].unit);
	free(number);
	return count;
}

static void add_count(struct ollama_table *table, const struct json *info, const char *said)
{
	char *counted = ollama_count_words(json_get_integer(info, "general.parameter_count"));

	add_pair(table, "parameters", said != NULL && *said != '\0' ? said : counted);
	free(counted);
}

/* A section: title, table, and an empty line between it and the one before. Frees the table. */
static void print_section(struct text *block, const char *title, struct ollama_table *table)
{
	text_addf(block, "%s  %s\n", block->size > 0 ? "\n" : "", title);
	ollama_table_print(table, block);
	ollama_table_release(table);
}

static void print_model(struct text *block, const struct json *show)
{
	struct ollama_table table = {.limit = NARROW};
	const struct json *info = json_get(show, "model_info"), *details = json_get(show, "details");
	const char *architecture = json_get_string(info, "general.architecture");
	const char *quantization = json_get_string(details, "quantization_level");
	const char *requires = json_get_string(show, "requires");

	if (json_get_string(show, "remote_host") != NULL) {
		add_pair(&table, "Remote model", json_get_string(show, "remote_model"));
		add_pair(&table, "Remote URL", json_get_string(show, "remote_host"));
	}
	add_pair(&table, "architecture", info != NULL ? architecture : json_get_string(details, "family"));
	add_count(&table, info, json_get_string(details, "parameter_size"));
	if (architecture != NULL) {
		add_integer(&table, "context length", info, architecture, "context_length");
		add_integer(&table, "embedding length", info, architecture, "embedding_length");
	}
	add_pair(&table, "quantization", quantization != NULL ? quantization : "");
	if (requires != NULL && *requires != '\0')
		add_pair(&table, "requires", requires);
	print_section(block, "Model", &table);
}

static void print_capabilities(struct text *block, const struct json *capabilities)
{
	struct ollama_table table = {.limit = NARROW};

	if (json_count(capabilities) == 0)
		return;
	for (const struct json *item = json_first(capabilities); item != NULL; item = json_next(item)) {
		const char *name = json_as_string(item);

		ollama_table_add_row(&table);
		ollama_table_add_cell(&table, name != NULL ? name : "", name != NULL ? strlen(name) : 0);
	}
	print_section(block, "Capabilities", &table);
}

static void print_projector(struct text *block, const struct json *info)
{
	struct ollama_table table = {.limit = NARROW};
	const char *architecture = json_get_string(info, "general.architecture");

	if (!json_is_object(info) || architecture == NULL)
		return;
	add_pair(&table, "architecture", architecture);
	add_count(&table, info, NULL);
	add_integer(&table, "embedding length", info, architecture, "vision.embedding_length");
	add_integer(&table, "dimensions", info, architecture, "vision.projection_dim");
	print_section(block, "Projector", &table);
}

static size_t skip_blanks(const char *line, size_t at, size_t size)
{
	while (at < size && strchr(" \t\r\v\f", line[at]) != NULL)
		at++;
	return at;
}

static size_t skip_word(const char *line, size_t at, size_t size)
{
	while (at < size && strchr(" \t\r\v\f", line[at]) == NULL)
		at++;
	return at;
}

/* One cell for each word: a stop string with blanks has several. */
static void add_words(struct ollama_table *table, const char *line, size_t size)
{
	size_t at = skip_blanks(line, 0, size);

	if (size > 0)
		ollama_table_add_row(table);
	while (at < size) {
		size_t end = skip_word(line, at, size);

		ollama_table_add_cell(table, line + at, end - at);
		at = skip_blanks(line, end, size);
	}
}

/* The server lists its parameters in an order that changes from call to call. */
static void print_parameters(struct text *block, const char *parameters)
{
	struct ollama_table table = {.limit = NARROW};

	if (parameters == NULL || *parameters == '\0')
		return;
	while (*parameters != '\0') {
		size_t size = strcspn(parameters, "\n");

		add_words(&table, parameters, size);
		parameters += size + (parameters[size] == '\n');
	}
	ollama_table_sort(&table);
	print_section(block, "Parameters", &table);
}

/* Lines of a system prompt or licence that are not blank: the first two, and "..." where the layout tells of more. */
static void print_prose(struct text *block, const char *title, const char *prose, bool tells_more)
{
	struct ollama_table table = {.limit = WIDE};
	size_t lines = 0;

	if (prose == NULL || *prose == '\0')
		return;
	while (*prose != '\0' && lines <= PROSE_LINES) {
		size_t size = strcspn(prose, "\n"), begin = skip_blanks(prose, 0, size), end = size;

		while (end > begin && skip_blanks(prose, end - 1, end) == end)
			end--;
		if (end > begin && ++lines <= PROSE_LINES) {
			ollama_table_add_row(&table);
			ollama_table_add_cell(&table, prose + begin, end - begin);
		}
		prose += size + (prose[size] == '\n');
	}
	if (lines > PROSE_LINES && tells_more) {
		ollama_table_add_row(&table);
		ollama_table_add_cell(&table, "...", 3);
	}
	print_section(block, title, &table);
}

static bool parse_version(const char *version, long parts[3])
{
	for (int i = 0; i < 3; i++) {
		char *end;

		parts[i] = strtol(version, &end, 10);
		if (end == version || (i < 2 && *end != '.'))
			return false;
		version = end + 1;
	}
	return true;
}

/* Builds from source call themselves 0.0.0: they count as newest, as does what is no version. */
static bool is_older(const char *version, long major, long minor, long patch)
{
	long had[3];

	if (version == NULL || !parse_version(version, had) || (had[0] == 0 && had[1] == 0 && had[2] == 0))
		return false;
	if (had[0] != major)
		return had[0] < major;
	return had[1] != minor ? had[1] < minor : had[2] < patch;
}

char *ollama_block(const struct json *show, const char *version)
{
	bool tells_more = !is_older(version, 0, 7, 1);
	struct text block = {0};

	print_model(&block, show);
	print_capabilities(&block, json_get(show, "capabilities"));
	print_projector(&block, json_get(show, "projector_info"));
	print_parameters(&block, json_get_string(show, "parameters"));
	print_prose(&block, "System", json_get_string(show, "system"), tells_more);
	print_prose(&block, "License", json_get_string(show, "license"), tells_more);
	return text_take(&block);
}
