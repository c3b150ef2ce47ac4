#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "target/ollama.h"
#include "target/ollama_table.h"
#include "target/openai.h"
#include "target/words.h"

enum { NARROW = 30, KEYS = 6 };

enum { ARCHITECTURE, PARAMETERS, CONTEXT, EMBEDDING, QUANTIZATION, VOCABULARY, ROWS };

/* Each server has its own names: llama-server, LM Studio, vLLM, TGI, SGLang. */
static const struct row {
	const char *label;      /* in the block; NULL: not there */
	const char *keys[KEYS]; /* NULL: no more */
	bool counted;           /* large numbers: "3.2B" */
} rows[ROWS] = {
    [ARCHITECTURE] = {"architecture", {"arch"}, false},
    [PARAMETERS] = {"parameters", {"n_params"}, true},
    [CONTEXT] = {"context length",
                 {"n_ctx_train", "max_context_length", "max_model_len", "max_total_tokens", "context_length"},
                 false},
    [EMBEDDING] = {"embedding length", {"n_embd"}, false},
    [QUANTIZATION] = {"quantization", {"ftype", "quantization", "model_dtype", "dtype"}, false},
    [VOCABULARY] = {NULL, {"n_vocab"}, false},
};

static const struct json *find_value(const struct json *const sources[OPENAI_SOURCES], const struct row *row)
{
	for (size_t s = 0; s < OPENAI_SOURCES; s++)
		for (size_t k = 0; k < KEYS && row->keys[k] != NULL; k++)
			if (json_get(sources[s], row->keys[k]) != NULL)
				return json_get(sources[s], row->keys[k]);
	return NULL;
}

/* NULL: it is neither a text nor a count. The caller frees it. */
static char *value_words(const struct json *value, bool counted)
{
	const char *string = json_as_string(value);
	int64_t integer = json_as_integer(value);

	if (string != NULL)
		return *string != '\0' ? text_format("%s", string) : NULL;
	if (integer < 0)
		return NULL;
	return counted ? ollama_count_words(integer) : text_format("%" PRId64, integer);
}

static void add_cell(struct ollama_table *table, const char *text)
{
	ollama_table_add_cell(table, text, strlen(text));
}

static void print(struct text *block, const char *title, struct ollama_table *table)
{
	if (table->count > 0) {
		text_addf(block, "%s  %s\n", block->size > 0 ? "\n" : "", title);
		ollama_table_print(table, block);
	}
	ollama_table_release(table);
}

char *openai_block(const struct json *const sources[OPENAI_SOURCES], const struct json *capabilities)
{
	struct ollama_table model = {.limit = NARROW}, can = {.limit = NARROW};
	struct text block = {0};

	for (size_t i = 0; i < ROWS; i++) {
		char *words = value_words(find_value(sources, &rows[i]), rows[i].counted);

		if (words == NULL || rows[i].label == NULL) {
			free(words);
			continue;
		}
		ollama_table_add_row(&model);
		add_cell(&model, rows[i].label);
		add_cell(&model, words);
		free(words);
	}
	for (const struct json *item = json_first(capabilities); item != NULL; item = json_next(item)) {
		if (json_as_string(item) == NULL)
			continue;
		ollama_table_add_row(&can);
		add_cell(&can, json_as_string(item));
	}
	print(&block, "Model", &model);
	print(&block, "Capabilities", &can);
	return block.size > 0 ? text_take(&block) : NULL;
}

static char *masked_of(const struct json *const sources[OPENAI_SOURCES], size_t row)
{
	const char *string = json_as_string(find_value(sources, &rows[row]));

	return string != NULL && *string != '\0' ? words_masked(string, strlen(string)) : NULL;
}

static int64_t count_of(const struct json *const sources[OPENAI_SOURCES], size_t row)
{
	int64_t count = json_as_integer(find_value(sources, &rows[row]));

	return count > 0 ? count : JSON_UNKNOWN;
}

void openai_read_shape(const struct json *const sources[OPENAI_SOURCES], struct model_facts *model)
{
	free(model->architecture);
	free(model->quantization);
	model->architecture = masked_of(sources, ARCHITECTURE);
	model->quantization = masked_of(sources, QUANTIZATION);
	model->parameters = count_of(sources, PARAMETERS);
	model->embedding_length = count_of(sources, EMBEDDING);
	model->vocabulary = count_of(sources, VOCABULARY);
}
