/* What reports say of a model: figures with units, and whose facts they are. */
#include "report/models.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

struct row {
	int64_t count;
	const char *words;
};

static void check(void (*add)(struct text *into, int64_t count), const struct row *rows)
{
	for (; rows->words != NULL; rows++) {
		struct text text = {0};

		add(&text, rows->count);
		is_text(text_string(&text), rows->words, rows->words);
		text_release(&text);
	}
}

static void test_figures(void)
{
	static const struct row parameters[] = {
	    {3212749888, "3.2B"},
	    {70553706560, "70.6B"},
	    {494032768, "494M"},
	    {999499999, "999M"},
	    {999600000, "1.0B"},
	    {12000, "12K"},
	    {7, "7"},
	    {JSON_UNKNOWN, "–"},
	    {0, NULL},
	};
	static const struct row sizes[] = {
	    {2019393189, "2.0GB"},
	    {446000000, "446MB"},
	    {42520413916, "42.5GB"},
	    {7444480, "7MB"},
	    {999600000, "1.0GB"},
	    {1500, "2kB"},
	    {0, "0B"},
	    {JSON_UNKNOWN, "–"},
	    {0, NULL},
	};

	static const struct row memory[] = {
	    {17179869184, "16.0GiB"},
	    {1073741823, "1.0GiB"},
	    {218103808, "208MiB"},
	    {1500, "1KiB"},
	    {500, "500B"},
	    {JSON_UNKNOWN, "–"},
	    {0, NULL},
	};

	check(models_add_memory, memory);
	check(models_add_parameters, parameters);
	check(models_add_size, sizes);
}

static void test_facts(void)
{
	struct model_facts models[] = {{.name = "m", .server = "a"}, {.name = "m", .server = "b"}};
	struct server_facts servers[] = {{.name = "a"}, {.name = "b"}};
	struct cell_summary cell = {.settings = json_parse("{\"model\":\"m\",\"server\":\"b\"}", 26)};
	struct cell_summary other = {.settings = json_parse("{\"model\":\"n\",\"server\":null}", 27)};
	struct summary summary = {.models = models, .model_count = 2, .servers = servers, .server_count = 2};

	ok(models_of_cell(&summary, &cell) == &models[1], "the model of the cell's server");
	ok(models_server(&summary, &cell) == &servers[1], "and that server");
	ok(models_of_cell(&summary, &other) == NULL && models_server(&summary, &other) == NULL,
	   "of what no server told nothing is known");
	json_free(cell.settings);
	json_free(other.settings);
}

int main(void)
{
	test_figures();
	test_facts();
	return tap_done();
}
