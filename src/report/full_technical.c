#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "report/cells.h"
#include "report/fine_tuning.h"
#include "report/full.h"
#include "report/listing.h"
#include "report/models.h"
#include "report/overview.h"

/* --- Data sets --- */

static void add_dataset(const struct json *dataset, struct document *into)
{
	int64_t samples = json_get_integer(dataset, "samples"), requests = json_get_integer(dataset, "requests");
	const char *field = json_get_string(dataset, "field");
	struct text *item;

	inline_add(document_heading(into, 3), json_get_string(dataset, "path"));
	item = overview_item(into, "Path");
	text_add(item, CODE_ON);
	inline_add(item, json_get_string(dataset, "path"));
	text_add(item, CODE_OFF);
	item = overview_item(into, "Size");
	text_addf(item, samples >= 0 ? "%lld samples" : "–", (long long)samples);
	if (requests >= 0 && requests != samples)
		text_addf(item, ", %lld requests", (long long)requests);
	item = overview_item(into, "Format");
	inline_add(item, json_get_string(dataset, "format"));
	item = overview_item(into, "Fields");
	inline_add(item, field != NULL ? field : "–");
}

/* The texts and files that cells name, each once. */
static void add_named(const struct subjects *subjects, const char *knob, const char *title, struct document *into)
{
	struct listing values = {0};

	for (size_t i = 0; i < subjects->count; i++)
		for (size_t c = 0; c < subjects->items[i].cell_count; c++) {
			struct text value = {0};

			inline_add(&value, json_get_string(subjects->items[i].cells[c]->settings, knob));
			listing_add(&values, &value);
		}
	if (values.count > 0)
		listing_join(&values, "; ", "", overview_item(into, title));
	listing_release(&values);
}

static void add_files_of_prompts(const struct subjects *subjects, struct document *into)
{
	struct json *told = json_new_object();

	for (size_t r = 0; r < subjects->run_count; r++)
		for (const struct json *dataset = json_first(subjects->runs[r]->datasets); dataset != NULL;
		     dataset = json_next(dataset)) {
			const char *path = json_get_string(dataset, "path");

			if (path == NULL || json_get(told, path) != NULL)
				continue;
			json_set_bool(told, path, true);
			add_dataset(dataset, into);
		}
	json_free(told);
}

void full_add_datasets(const struct subjects *subjects, struct document *into)
{
	size_t before = into->count;

	add_named(subjects, "prompt", "Prompts", into);
	add_named(subjects, "image", "Pictures", into);
	add_named(subjects, "audio", "Recordings", into);
	add_files_of_prompts(subjects, into);
	if (into->count == before)
		text_add(document_item(into), "no file: the prompts were made");
}

/* --- System --- */

void full_add_system(const struct subjects *subjects, struct document *into)
{
	int64_t least = JSON_UNKNOWN;

	overview_add_machines(subjects, overview_item(into, "Machine"));
	overview_add_platforms(subjects, overview_item(into, "Operating System"));
	for (size_t i = 0; i < subjects->count; i++) {
		int64_t free_bytes = measure_free_bytes(&subjects->items[i]);

		if (free_bytes != JSON_UNKNOWN && (least == JSON_UNKNOWN || free_bytes < least))
			least = free_bytes;
	}
	models_add_memory(overview_item(into, "Available Memory before a model was loaded, at least"), least);
}

/* --- Frameworks --- */

static const char *failure_of(const struct subject *subject)
{
	for (size_t i = 0; i < subject->cell_count; i++)
		if (subject->cells[i]->status != CELL_DONE && subject->cells[i]->reason != NULL)
			return subject->cells[i]->reason;
	return "no reason is known";
}

/* All subjects of the first one's server in its run. */
static void add_framework(const struct subjects *subjects, size_t first, struct document *into)
{
	const struct subject *subject = &subjects->items[first];
	size_t done = 0, cells = 0;
	struct text *item = document_item(into);

	for (size_t i = first; i < subjects->count; i++) {
		if (subjects->items[i].summary != subject->summary ||
		    !text_equal(subjects->items[i].server_name, subject->server_name))
			continue;
		done += subject_cells_with(&subjects->items[i], CELL_DONE);
		cells += subjects->items[i].cell_count;
	}
	text_add(item, STRONG_ON);
	subject_add_server(subject, item);
	text_add(item, STRONG_OFF);
	if (subject->server != NULL && subject->server->kind != NULL &&
	    (subject->server->name == NULL || strcasecmp(subject->server->kind, subject->server->name) != 0)) {
		text_add(item, ", of the kind ");
		inline_add(item, subject->server->kind);
	}
	if (done > 0) {
		text_addf(item, ": measured, %zu of %zu cells", done, cells);
	} else {
		text_add(item, ": could not be measured: ");
		inline_add(item, failure_of(subject));
	}
}

void full_add_frameworks(const struct subjects *subjects, struct document *into)
{
	for (size_t i = 0; i < subjects->count; i++) {
		bool told = false;

		for (size_t j = 0; j < i && !told; j++)
			told = subjects->items[j].summary == subjects->items[i].summary &&
			       text_equal(subjects->items[j].server_name, subjects->items[i].server_name);
		if (!told)
			add_framework(subjects, i, into);
	}
}

/* --- Files --- */

static void add_file(const struct subject *subject, struct text *into)
{
	const struct model_facts *model = subject->model;

	text_add(into, STRONG_ON);
	inline_add(into, model != NULL && model->full_name != NULL ? model->full_name : subject->model_name);
	text_add(into, STRONG_OFF);
	if (model == NULL ||
	    (model->size_bytes == JSON_UNKNOWN && model->quantization == NULL && model->digest == NULL)) {
		text_add(into, ": nothing is known of it");
		return;
	}
	text_add(into, ": ");
	models_add_size(into, model->size_bytes);
	text_add(into, ", quantization ");
	inline_add(into, model->quantization ? model->quantization : "–");
	text_add(into, ", digest ");
	text_add(into, CODE_ON);
	inline_add(into, model->digest ? model->digest : "–");
	text_add(into, CODE_OFF);
}

void full_add_files(const struct subjects *subjects, struct document *into)
{
	struct listing files = {0};

	for (size_t i = 0; i < subjects->count; i++) {
		struct text file = {0};

		add_file(&subjects->items[i], &file);
		listing_add(&files, &file);
	}
	for (size_t i = 0; i < files.count; i++)
		text_add(document_step(into), files.items[i]);
	listing_release(&files);
}

/* --- Methodology --- */

/* What cells were asked for, or came to: the least and the most, and each once what is no number. */
struct asked {
	int64_t low, high;
	struct listing words;
};

static void add_number(struct asked *asked, int64_t value)
{
	if (value == JSON_UNKNOWN)
		return;
	asked->low = asked->high == JSON_UNKNOWN || value < asked->low ? value : asked->low;
	asked->high = value > asked->high ? value : asked->high;
}

static void ask_knob(const struct cell_summary *cell, const char *knob, struct asked *asked)
{
	add_number(asked, json_get_integer(cell->settings, knob));
}

static double count_of(const struct distribution *values)
{
	return (double)values->n;
}

/* Of a cell that was measured as many as it came to, which `until` decides. */
static void ask_trials(const struct cell_summary *cell, const char *knob, struct asked *asked)
{
	double count = cells_metric(cell, "duration_s", count_of);

	if (count < 1e15) /* more trials, which only a damaged summary has, may be no integer */
		add_number(asked, (int64_t)count);
	else if (isnan(json_get_number(cell->settings, "until_pct")))
		ask_knob(cell, knob, asked);
}

static bool makes_text(const struct cell_summary *cell)
{
	const char *task = json_get_string(cell->settings, "task");

	return !text_equal(task, "transcribe") && !text_equal(task, "embed");
}

static void ask_tokens(const struct cell_summary *cell, const char *knob, struct asked *asked)
{
	bool drawn = json_is_object(json_get(cell->settings, knob));
	bool replayed = json_get_string(cell->settings, "trace") != NULL;
	struct text value = {0}, words = {0};

	if (!makes_text(cell))
		return;
	if (!drawn && !replayed) {
		ask_knob(cell, knob, asked);
		return;
	}
	cells_add_setting(cell, knob, &value);
	text_add(&words, replayed ? "as the trace says, else " : "");
	text_add(&words, drawn ? "as drawn from " : "");
	inline_add(&words, text_string(&value));
	listing_add(&asked->words, &words);
	text_release(&value);
}

/* "128", "1 to 8", "128 or as drawn from {min: 4, max: 20}", "–". */
static void add_asked(const struct asked *asked, struct text *into)
{
	const char *otherwise = asked->high == JSON_UNKNOWN ? "–" : "";

	if (asked->high != JSON_UNKNOWN && asked->low == asked->high)
		text_addf(into, "%lld", (long long)asked->low);
	else if (asked->high != JSON_UNKNOWN)
		text_addf(into, "%lld to %lld", (long long)asked->low, (long long)asked->high);
	if (*otherwise == '\0' && asked->words.count > 0)
		text_add(into, " or ");
	listing_join(&asked->words, " or ", otherwise, into);
}

static void add_load(const struct subjects *subjects, struct document *into)
{
	static const struct {
		const char *knob, *words;
		void (*ask)(const struct cell_summary *cell, const char *knob, struct asked *asked);
	} knobs[] = {{"requests", "requests of a trial", ask_knob},
	             {"trials", "trials", ask_trials},
	             {"warmup", "requests before them, to warm up", ask_knob},
	             {"output_tokens", "output tokens at most", ask_tokens}};
	struct text *step = document_step(into);

	text_add(step, STRONG("Inference") ": ");
	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		struct asked asked = {.low = JSON_UNKNOWN, .high = JSON_UNKNOWN};

		for (size_t s = 0; s < subjects->count; s++)
			for (size_t c = 0; c < subjects->items[s].cell_count; c++)
				knobs[i].ask(subjects->items[s].cells[c], knobs[i].knob, &asked);
		text_addf(step, "%s%s ", i > 0 ? "; " : "", knobs[i].words);
		add_asked(&asked, step);
		listing_release(&asked.words);
	}
	text_add_char(step, '.');
}

static void add_memory_definition(const struct subjects *subjects, struct document *into)
{
	struct listing definitions = {0};

	for (size_t i = 0; i < subjects->run_count; i++) {
		struct text definition = {0};

		inline_add(&definition, json_get_string(subjects->runs[i]->host, "memory_definition"));
		listing_add(&definitions, &definition);
	}
	if (definitions.count > 0) {
		struct text *step = document_step(into);

		text_add(step, STRONG("Used memory") ": ");
		listing_join(&definitions, "; ", "", step);
		text_add_char(step, '.');
	}
	listing_release(&definitions);
}

static void add_formula(const struct subjects *subjects, struct document *into)
{
	bool any = false;

	for (size_t i = 0; i < subjects->count && !any; i++) {
		const struct subject *subject = &subjects->items[i];
		struct fine_tuning estimate = fine_tuning_estimate(subject->model, measure_free_bytes(subject));

		any = estimate.verdict != FINE_TUNING_UNKNOWN;
		fine_tuning_release(&estimate);
	}
	if (any) {
		struct text *step = document_step(into);

		text_add(step, STRONG("Fine-tuning with LoRA") ": not run; what it would need is an estimate: ");
		fine_tuning_add_formula(step);
	}
}

void full_add_methodology(const struct subjects *subjects, struct document *into)
{
	add_load(subjects, into);
	for (size_t i = 0; i < MEASURE_COUNT; i++)
		if (measure_is_known(&measures[i], subjects))
			text_addf(document_step(into), STRONG("%s") ": %s.", measures[i].title, measures[i].definition);
	add_memory_definition(subjects, into);
	add_formula(subjects, into);
	text_add(
	    document_step(into),
	    STRONG("Several cells") ": the lowest and the highest figure stand; best performers are by each model's "
				    "best cell, whose settings stand beside it.");
	text_add(document_step(into), STRONG("[low, high]") ": the 95 % confidence interval of the mean over trials "
	                                                    "(Student's t); – is not measured.");
	text_add(document_step(into), STRONG("Samples") ": the first answer with text, as it came; nothing judges it.");
}
