#include "plan/forecast.h"

#include <math.h>
#include <string.h>

#include "plan/gguf.h"
#include "plan/known_models.h"

const char *shape_source_word(enum shape_source source)
{
	static const char *const words[] = {
#define X(symbol, word) [symbol] = (word),
	    SHAPE_SOURCES(X)
#undef X
	};

	return (size_t)source < sizeof(words) / sizeof(words[0]) ? words[source] : NULL;
}

/* Tensors have the sizes of the table's when everything else is the same, and the files to within a percent. */
static void complete(const char *name, struct model_shape *shape)
{
	const struct model_shape *known = known_model(name);
	double size;

	if (known == NULL || shape->weights_bytes != JSON_UNKNOWN)
		return;
	size = (double)(shape->file_bytes != JSON_UNKNOWN ? shape->file_bytes : known->file_bytes);
	if (strcmp(known->architecture, shape->architecture) == 0 && known->layers == shape->layers &&
	    known->embedding == shape->embedding && known->kv_heads == shape->kv_heads &&
	    fabs(size - (double)known->file_bytes) < (double)known->file_bytes / 100)
		*shape = *known;
}

static bool from_file(const struct cell *cell, struct model_shape *shape, struct text *problem)
{
	const char *path = environment_get(&cell->server->models, cell->model);
	struct text ignored = {0}, *into = problem != NULL ? problem : &ignored;
	size_t size = path != NULL ? strlen(path) : 0;
	bool good = false;

	if (size > 5 && strcmp(path + size - 5, ".gguf") == 0) {
		size_t before = into->size;

		good = gguf_read(path, shape, into);
		if (good)
			into->size = before;
	}
	text_release(&ignored);
	return good;
}

static bool from_run(const struct cell *cell, const struct summary *earlier, struct model_shape *shape)
{
	for (size_t i = 0; earlier != NULL && i < earlier->model_count; i++) {
		const struct model_facts *model = &earlier->models[i];

		if (model->shape.architecture[0] == '\0' || !text_equal(model->name, cell->model) ||
		    !text_equal(model->server, cell->server->name))
			continue;
		*shape = model->shape;
		return true;
	}
	return false;
}

enum shape_source forecast_shape(const struct cell *cell, const struct model_facts *told, const struct summary *earlier,
                                 struct model_shape *shape, struct text *problem)
{
	const struct model_shape *known;

	model_shape_reset(shape);
	if (told != NULL && told->shape.architecture[0] != '\0') {
		*shape = told->shape;
		complete(cell->model, shape);
		return SHAPE_SERVER;
	}
	if (from_file(cell, shape, problem))
		return SHAPE_FILE;
	known = known_model(cell->model);
	if (known != NULL) {
		*shape = *known;
		return SHAPE_TABLE;
	}
	return from_run(cell, earlier, shape) ? SHAPE_RUN : SHAPE_UNKNOWN;
}

/* --- Time --- */

/* How far the settings are from each other, in doublings; INFINITY: not to be compared. */
static double distance(const struct cell *cell, const struct json *settings)
{
	const struct {
		const char *knob;
		int64_t value;
	} knobs[] = {
	    {"parallel", cell->parallel},
	    {"requests", cell->requests},
	    {"context_size", cell->context_size},
	    {"output_tokens", cell->output_tokens},
	};
	double sum = 0;

	if (!text_equal(json_get_string(settings, "model"), cell->model) ||
	    !text_equal(json_get_string(settings, "server"), cell->server->name))
		return INFINITY;
	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		double other = json_get_number(settings, knobs[i].knob);

		if (knobs[i].value > 0 && other > 0)
			sum += fabs(log2((double)knobs[i].value / other));
		else if (knobs[i].value > 0 || other > 0)
			sum += 1; /* one of them leaves it open */
	}
	return sum;
}

static double metric_or_zero(const struct cell_summary *cell, const char *name)
{
	const struct metric_summary *metric = &cell->metrics[metric_find(name) - metrics];

	return metric->values.n > 0 ? metric->values.mean : 0;
}

/* Of the tokens that a trial asks for; 1 where one of them does not say. */
static double times_the_work(const struct cell *cell, const struct json *settings)
{
	double requests = json_get_number(settings, "requests"), tokens = json_get_number(settings, "output_tokens");
	double times = 1;

	if (requests > 0)
		times *= (double)cell->requests / requests;
	if (tokens > 0 && cell->output_tokens > 0)
		times *= (double)cell->output_tokens / tokens;
	return times;
}

static double whole(const struct cell *cell, const struct cell_summary *earlier)
{
	double trial_s = earlier->duration_s * times_the_work(cell, earlier->settings);

	return trial_s * (double)cell->trials + metric_or_zero(earlier, "model_load_s") +
	       metric_or_zero(earlier, "server_start_s");
}

struct forecast_time forecast_time(const struct cell *cell, const struct summary *earlier)
{
	struct forecast_time time = {.seconds = NAN};
	double nearest = INFINITY, sum = 0;
	struct text id = {0};

	cell_add_id(cell, &id);
	for (size_t i = 0; earlier != NULL && i < earlier->cell_count; i++) {
		const struct cell_summary *other = &earlier->cells[i];
		bool same = text_equal(other->id, text_string(&id));
		double away = same ? -1 : distance(cell, other->settings);

		if (other->status != CELL_DONE || isnan(other->duration_s) || away > nearest || isinf(away))
			continue;
		if (away < nearest)
			time.cells = 0, sum = 0;
		nearest = away;
		time.same = same;
		time.cells++;
		sum += whole(cell, other);
	}
	if (time.cells > 0)
		time.seconds = sum / (double)time.cells;
	text_release(&id);
	return time;
}

/* --- All of it --- */

static bool is_one_of(const char *word, const char *const *words)
{
	for (; word != NULL && *words != NULL; words++)
		if (text_equal(word, *words))
			return true;
	return false;
}

/* Servers that allocate as the memory model says; NULL: they do not, and `why` says so. */
static const char *modelled_kind(const struct cell *cell, const struct server_facts *told, struct text *why)
{
	static const char *const llama[] = {"llama-server", "llamafile", NULL};
	const char *kind = cell->server->kind != NULL ? cell->server->kind : told != NULL ? told->kind : NULL;
	const char *adapter = cell->server->adapter != NULL ? cell->server->adapter
	                      : told != NULL                ? told->adapter
	                                                    : NULL;

	if (is_one_of(kind, llama))
		return "llama-server";
	if (text_equal(kind, "ollama") || text_equal(adapter, "ollama") || (kind == NULL && adapter == NULL))
		return "ollama";
	text_addf(why, "how %s uses memory is not known", kind != NULL ? kind : adapter);
	return NULL;
}

void forecast_cell(const struct cell *cell, const struct forecast_input *input, struct forecast *into)
{
	const char *kind = modelled_kind(cell, input->server, &into->why);
	const char *version = input->server != NULL ? input->server->version : NULL;
	struct text problem = {0};

	model_shape_reset(&into->shape);
	memory_prediction_reset(&into->memory);
	into->time = forecast_time(cell, input->earlier);
	if (kind == NULL)
		return;
	into->source = forecast_shape(cell, input->model, input->earlier, &into->shape, &problem);
	if (into->source == SHAPE_UNKNOWN && problem.size > 0) {
		text_addf(&into->why, "the file of its model %s", text_string(&problem));
	} else {
		into->setup = memory_setup_of(cell, kind, version, &into->assumed);
		into->memory = memory_predict(&into->shape, &into->setup, input->machine, &into->why);
	}
	text_release(&problem);
}

void forecast_release(struct forecast *forecast)
{
	text_release(&forecast->why);
	text_release(&forecast->assumed);
}
