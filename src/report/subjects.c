#include "report/subjects.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "document/document.h"
#include "report/cells.h"
#include "report/hosts.h"
#include "report/models.h"

const struct group_words group_words[GROUP_COUNT] = {
    [GROUP_TEXT] = {"Text Generation Models", "text generation", "Text"},
    [GROUP_VISION] = {"Vision-Language Models", "vision", "Vision"},
    [GROUP_SPEECH] = {"Speech Recognition", "speech recognition", "Speech"},
    [GROUP_EMBEDDING] = {"Embedding Models", "embedding", "Embeddings"},
};

static const struct task_words {
	const char *name, *words;
	enum group group;
} tasks[] = {
    [CELL_TASK_TEXT] = {"text", "Text generation", GROUP_TEXT},
    [CELL_TASK_CAPTION] = {"caption", "Image captioning", GROUP_VISION},
    [CELL_TASK_VQA] = {"vqa", "Visual QA", GROUP_VISION},
    [CELL_TASK_TRANSCRIBE] = {"transcribe", "Transcription", GROUP_SPEECH},
    [CELL_TASK_EMBED] = {"embed", "Embedding", GROUP_EMBEDDING},
};
enum { TASK_COUNT = sizeof(tasks) / sizeof(tasks[0]) };

static enum cell_task task_of(const struct cell_summary *cell)
{
	const char *name = json_get_string(cell->settings, "task");

	for (int i = 0; i < TASK_COUNT; i++)
		if (text_equal(name, tasks[i].name))
			return (enum cell_task)i;
	return CELL_TASK_TEXT;
}

enum group subject_group(const struct subject *subject)
{
	return tasks[subject->task].group;
}

const char *subject_task_words(const struct subject *subject)
{
	return tasks[subject->task].words;
}

/* --- Collecting --- */

static int compare_strings(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* Times are of one form, so their order is that of their bytes. */
static int compare_runs(const void *a, const void *b)
{
	const struct summary *left = *(const struct summary *const *)a, *right = *(const struct summary *const *)b;
	int order = compare_strings(left->started_utc, right->started_utc);

	return order != 0 ? order : compare_strings(left->name, right->name);
}

static struct subject *find(struct subjects *subjects, const struct summary *summary, const struct cell_summary *cell)
{
	const char *server = json_get_string(cell->settings, "server");

	for (size_t i = 0; i < subjects->count; i++) {
		struct subject *subject = &subjects->items[i];

		if (subject->summary == summary && subject->task == task_of(cell) &&
		    text_equal(subject->model_name, cells_model(cell)) && text_equal(subject->server_name, server))
			return subject;
	}
	return NULL;
}

static struct subject *add_subject(struct subjects *subjects, const struct summary *summary,
                                   const struct cell_summary *cell, char **differences)
{
	struct subject *subject;

	subjects->items = memory_resize(subjects->items, subjects->count + 1, sizeof(*subjects->items));
	subject = &subjects->items[subjects->count++];
	*subject = (struct subject){
	    .summary = summary,
	    .server = models_server(summary, cell),
	    .model = models_of_cell(summary, cell),
	    .model_name = cells_model(cell),
	    .server_name = json_get_string(cell->settings, "server"),
	    .task = task_of(cell),
	    .differences = differences,
	};
	return subject;
}

static void add_run(struct subjects *subjects, const struct summary *summary, char **differences)
{
	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct cell_summary *cell = &summary->cells[i];
		struct subject *subject = find(subjects, summary, cell);

		if (subject == NULL)
			subject = add_subject(subjects, summary, cell, differences);
		subject->cells = memory_resize(subject->cells, subject->cell_count + 1, sizeof(*subject->cells));
		subject->cells[subject->cell_count++] = cell;
	}
}

static bool machines_agree(const struct subject *a, const struct subject *b)
{
	struct text left = {0}, right = {0};
	bool agree;

	subject_add_machine(a, &left);
	subject_add_machine(b, &right);
	agree = text_equal(text_string(&left), text_string(&right));
	text_release(&left);
	text_release(&right);
	return agree;
}

/* Two subjects with the same task. */
static void compare(struct subjects *subjects, const struct subject *a, const struct subject *b)
{
	bool same_server = text_equal(a->server_name, b->server_name), same_machine = machines_agree(a, b);

	subjects->servers_differ = subjects->servers_differ || !same_server;
	subjects->machines_differ = subjects->machines_differ || !same_machine;
	if (same_server && same_machine && a->summary != b->summary && text_equal(a->model_name, b->model_name))
		subjects->runs_repeat = true;
}

static void add_memory(struct subjects *subjects, const struct report_input *input)
{
	int64_t *memory = hosts_memory(input);

	for (size_t i = 0; i < subjects->count; i++)
		for (size_t run = 0; run < input->count; run++)
			if (subjects->items[i].summary == input->runs[run].summary)
				subjects->items[i].memory_bytes = memory[run];
	free(memory);
}

void subjects_collect(const struct report_input *input, struct subjects *into)
{
	static const char *const hidden[] = {"server", "model", "task", NULL};

	*into = (struct subjects){.runs = memory_new(input->count, sizeof(*into->runs)),
	                          .differences = memory_new(input->count, sizeof(*into->differences)),
	                          .run_count = input->count};

	for (size_t i = 0; i < input->count; i++)
		into->runs[i] = input->runs[i].summary;
	qsort(into->runs, into->run_count, sizeof(*into->runs), compare_runs);
	for (size_t i = 0; i < into->run_count; i++) {
		into->differences[i] = cells_differences(into->runs[i], hidden);
		add_run(into, into->runs[i], into->differences[i]);
	}
	add_memory(into, input);
	for (size_t i = 0; i < into->count; i++)
		for (size_t j = 0; j < i; j++)
			if (subject_group(&into->items[i]) == subject_group(&into->items[j]))
				compare(into, &into->items[i], &into->items[j]);
}

void subjects_release(struct subjects *subjects)
{
	for (size_t i = 0; i < subjects->count; i++)
		free(subjects->items[i].cells);
	for (size_t i = 0; i < subjects->run_count; i++)
		cells_free_differences(subjects->runs[i], subjects->differences[i]);
	free(subjects->items);
	free(subjects->runs);
	free(subjects->differences);
	*subjects = (struct subjects){0};
}

/* --- Walking and naming --- */

const struct subject *subjects_next(const struct subjects *subjects, enum group group, const struct subject *last)
{
	for (size_t i = last != NULL ? (size_t)(last - subjects->items) + 1 : 0; i < subjects->count; i++)
		if (subject_group(&subjects->items[i]) == group)
			return &subjects->items[i];
	return NULL;
}

size_t subjects_in(const struct subjects *subjects, enum group group)
{
	size_t count = 0;

	for (size_t i = 0; i < subjects->count; i++)
		count += subject_group(&subjects->items[i]) == group;
	return count;
}

void subject_add_server(const struct subject *subject, struct text *into)
{
	const char *name = subject->server_name != NULL ? subject->server_name
	                   : subject->server != NULL    ? subject->server->name
	                                                : NULL;

	inline_add(into, name != NULL ? name : "unknown server");
	if (subject->server != NULL && subject->server->version != NULL) {
		text_add_char(into, ' ');
		inline_add(into, subject->server->version);
	}
}

/* The cell that knows most of where it ran. */
static const struct cell_summary *telling_cell(const struct subject *subject)
{
	for (size_t i = 0; i < subject->cell_count; i++)
		if (subject->cells[i]->status == CELL_DONE)
			return subject->cells[i];
	return subject->cells[0];
}

bool subject_is_simulated(const struct subject *subject)
{
	return models_device(subject->summary, telling_cell(subject)) != NULL;
}

void subject_add_machine(const struct subject *subject, struct text *into)
{
	models_add_machine(subject->summary, telling_cell(subject), subject->memory_bytes, into);
}

static void add_rest(const struct subjects *subjects, const struct subject *subject, struct text *into)
{
	if (subjects->machines_differ) {
		text_add(into, ", ");
		subject_add_machine(subject, into);
	}
	if (subjects->runs_repeat) {
		text_add(into, ", run of ");
		inline_add(into, subject->summary->started_utc ? subject->summary->started_utc : "unknown time");
	}
}

static const char *model_of(const struct subject *subject)
{
	return *subject->model_name != '\0' ? subject->model_name : "unnamed model";
}

void subject_add_model(const struct subjects *subjects, const struct subject *subject, struct text *into)
{
	inline_add(into, model_of(subject));
	add_rest(subjects, subject, into);
}

void subject_add_name(const struct subjects *subjects, const struct subject *subject, struct text *into)
{
	inline_add(into, model_of(subject));
	if (subjects->servers_differ && subject->server_name != NULL) {
		text_add(into, " on ");
		inline_add(into, subject->server_name);
	}
	add_rest(subjects, subject, into);
}

const char *subject_cell_words(const struct subject *subject, const struct cell_summary *cell)
{
	return subject->differences[cell - subject->summary->cells];
}

size_t subject_cells_with(const struct subject *subject, enum cell_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < subject->cell_count; i++)
		count += subject->cells[i]->status == status;
	return count;
}

const char *list_separator(size_t at, size_t count)
{
	return at == 0 ? "" : at + 1 == count ? " and " : ", ";
}
