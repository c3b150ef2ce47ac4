/*
 * What requests say: the files of `prompts` and `trace`, and whether the knobs
 * that tell the rest fit to each other.
 */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "plan/draft.h"

#define FILE_LIMIT (256u << 20)

static const char *key_of(const struct plan_file *file)
{
	return file->is_trace ? "trace" : "prompts";
}

static bool fail_at(struct draft *draft, const char *key, const char *message)
{
	const struct setting *setting = draft_find(draft, key);

	return draft_fail(draft, setting != NULL ? setting->source : draft->source,
	                  setting != NULL ? setting->node : NULL, "%s", message);
}

/* Like fail_at(), with a message that it frees. */
static bool fail_with(struct draft *draft, const char *key, char *message)
{
	return fail_at(draft, key, draft_keep(draft, message));
}

static bool read_file(struct draft *draft, struct plan_file *file)
{
	enum dataset_kind kind = file->is_trace ? DATASET_TRACE : DATASET_PROMPTS;
	const char *path = draft_path(draft, file->name);
	struct failure failure = {0};
	struct text bytes = {0}, shown = {0};
	struct dataset_options options = {
	    .kind = kind, .field = file->field, .turns = file->turns == CELL_UNSET ? 0 : (size_t)file->turns};
	bool good;

	if (!dataset_is_readable(kind, file->name))
		return fail_with(draft, key_of(file),
		                 text_format("%s cannot be %s; it is a file that ends in %s", key_of(file),
		                             draft_quote(draft, file->name), dataset_endings(kind)));
	text_add_masked(&shown, path, strlen(path));
	options.name = draft_keep(draft, text_take(&shown));
	good = file_read(path, FILE_LIMIT, &bytes, &failure);
	if (good)
		good = dataset_read(&options, &bytes, &file->dataset, draft->failure);
	else
		fail_at(draft, key_of(file), failure.message);
	failure_release(&failure);
	text_release(&bytes);
	return good;
}

static struct plan_file wanted_by(const struct cell *cell)
{
	if (cell->trace != NULL)
		return (struct plan_file){.name = cell->trace, .is_trace = true, .turns = CELL_UNSET};
	return (struct plan_file){.name = cell->prompts, .field = cell->prompt_field, .turns = cell->turns};
}

static struct plan_file *find_file(const struct plan *plan, const struct plan_file *wanted)
{
	struct plan_memory *memory = plan->memory;

	for (size_t i = 0; i < memory->file_count; i++) {
		struct plan_file *file = &memory->files[i];

		if (file->is_trace == wanted->is_trace && file->turns == wanted->turns &&
		    text_equal(file->name, wanted->name) && text_equal(file->field, wanted->field))
			return file;
	}
	return NULL;
}

static bool add_file(struct draft *draft, const struct plan_file *wanted)
{
	struct plan_memory *memory = draft->plan->memory;

	memory->files = memory_grow(memory->files, &memory->file_capacity, memory->file_count, sizeof(*memory->files));
	memory->files[memory->file_count] = *wanted;
	return read_file(draft, &memory->files[memory->file_count++]);
}

/* --- Knobs that mean nothing without others, wherever they stand --- */

static const struct {
	const char *knob, *needs, *or_needs; /* or_needs: NULL: nothing else will do */
} needs[] = {
    {"prompt_field", "prompts", NULL},    {"shared_prefix_tokens", "input_tokens", "trace"},
    {"turns", "input_tokens", "prompts"}, {"think_time", "turns", "prompts"},
    {"trace_speed", "trace", NULL},
};

static bool check_needs(struct draft *draft)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		const char *other = needs[i].or_needs;

		if (draft_find(draft, needs[i].knob) == NULL || draft_find(draft, needs[i].needs) != NULL ||
		    (other != NULL && draft_find(draft, other) != NULL))
			continue;
		return fail_with(draft, needs[i].knob,
		                 text_format("%s needs %s%s%s", needs[i].knob, needs[i].needs,
		                             other != NULL ? " or " : "", other != NULL ? other : ""));
	}
	return true;
}

/* --- Cells --- */

static bool check_conversation(struct draft *draft, const struct cell *cell, const struct dataset *dataset)
{
	bool several = cell->turns != CELL_UNSET && cell->turns > 1;
	bool made = cell->input_tokens != CELL_UNSET && several;

	if (several && dataset != NULL && !dataset->has_turns)
		return fail_with(draft, "turns",
		                 text_format("turns is %lld, but %s has no conversations; they are objects of a .jsonl "
		                             "file with messages: [{\"role\": \"user\", \"content\": \"…\"}, …]",
		                             (long long)cell->turns, draft_quote(draft, cell->prompts)));
	if ((made || (dataset != NULL && dataset->has_turns)) && cell->api != CELL_API_CHAT)
		return fail_at(draft, draft_find(draft, "turns") != NULL ? "turns" : "prompts",
		               "a conversation has several messages, which api: generate cannot send; set api: chat");
	return true;
}

/* Else the template would be there, and the row would say that it was not. */
static bool check_raw(struct draft *draft, const struct cell *cell)
{
	return cell->raw != CELL_ON || cell->api != CELL_API_CHAT ||
	       fail_at(
		   draft, "raw",
		   "raw: true leaves out the template, which api: chat cannot; set api: generate, or leave out these "
		   "cells by except");
}

/* Of a picture or a recording the server counts tokens too, and which of them are a prompt's is not known. */
static bool check_task(struct draft *draft, const struct cell *cell)
{
	const char *knob = cell->trace != NULL ? "trace" : "input_tokens";
	enum cell_task task = cell_task(cell);

	if (task == CELL_TASK_TEXT || task == CELL_TASK_EMBED ||
	    (cell->trace == NULL && cell->input_tokens == CELL_UNSET))
		return true;
	return fail_with(draft, knob,
	                 text_format("%s is for the tasks text and embed, whose prompts are all that is sent", knob));
}

static bool check_prefix(struct draft *draft, const struct cell *cell)
{
	if (cell->shared_prefix_tokens == CELL_UNSET || cell->input_tokens == CELL_UNSET ||
	    cell->shared_prefix_tokens < cell->input_tokens)
		return true;
	return fail_with(
	    draft, "shared_prefix_tokens",
	    text_format("shared_prefix_tokens is %lld, which leaves nothing of input_tokens, typically %lld; "
	                "prompts need tokens of their own",
	                (long long)cell->shared_prefix_tokens, (long long)cell->input_tokens));
}

/* All arrivals are replayed unless the matrix says how many. */
static bool set_requests(struct draft *draft, struct cell *cell, const struct dataset *trace)
{
	if (draft_find(draft, "requests") == NULL)
		cell->requests = (int64_t)trace->count;
	if (cell->requests <= (int64_t)trace->count)
		return true;
	return fail_with(draft, "requests",
	                 text_format("requests is %lld, but %s has %zu arrivals", (long long)cell->requests,
	                             draft_quote(draft, cell->trace), trace->count));
}

static bool read_cell(struct draft *draft, struct cell *cell)
{
	struct plan_file wanted = wanted_by(cell);
	const struct dataset *dataset;

	if (wanted.name != NULL && find_file(draft->plan, &wanted) == NULL && !add_file(draft, &wanted))
		return false;
	dataset = plan_dataset(draft->plan, cell);
	if (cell->trace != NULL && !set_requests(draft, cell, dataset))
		return false;
	return check_task(draft, cell) && check_conversation(draft, cell, dataset) && check_prefix(draft, cell) &&
	       check_raw(draft, cell);
}

bool draft_read_prompts(struct draft *draft)
{
	struct plan *plan = draft->plan;

	if (!check_needs(draft))
		return false;
	for (size_t i = 0; i < plan->cell_count; i++)
		if (!read_cell(draft, &plan->cells[i]))
			return false;
	return true;
}

const struct dataset *plan_dataset(const struct plan *plan, const struct cell *cell)
{
	struct plan_file wanted = wanted_by(cell);
	const struct plan_file *file = wanted.name != NULL ? find_file(plan, &wanted) : NULL;

	return file != NULL ? &file->dataset : NULL;
}

struct json *plan_datasets_json(const struct plan *plan)
{
	struct json *list = json_new_list();

	for (size_t i = 0; i < plan->memory->file_count; i++)
		json_append(list, dataset_json(&plan->memory->files[i].dataset, plan->memory->files[i].name));
	return list;
}
