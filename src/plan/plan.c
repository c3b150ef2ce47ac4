#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "plan/draft.h"

#define FILE_LIMIT (1u << 20)

const struct plan_key plan_keys[] = {
    {"title", true, "Heading of the report. Unset: what the machine says it is."},
    {"server", false,
     "How the server is reached or started: a map, or a list of maps (then an axis) with url, of a server that "
     "runs, or start, a command line; and name, adapter, kind, env (a map of variables), models (a map from the "
     "matrix's name of a model to this server's name or file), api_key_env (the variable of llmbench's own environment "
     "that has the key to send, as Authorization: Bearer; the key itself never stands in a matrix or in results), "
     "ca_file (PEM: the certificates to trust for https instead of the system's). In start and env, {model}, {port}, "
     "{parallel}, "
     "{context_size}, {context_total} (of all slots) and {queue_size} are filled in for each cell; {{ is a brace. "
     "The adapter and the kind of server are found by the program that start names, else by asking the server. "
     "Unset: Ollama at http://127.0.0.1:11434."},
    {"profile", false,
     "Named sets of the server's environment variables: a map of name to map of variables; several are an "
     "axis."},
    {"notes", true,
     "Further figures for the Notes column, one or a list: change (of the used memory since before the model's load); "
     "gpu, the highest memory that the GPUs' drivers had allocated, for all programs, of what there is; server, the "
     "peak of the memory of the server's processes. What is not known is left out."},
    {"order", true,
     "In which order cells are run: file, as in the file; shuffled, at random, so that time is no axis; or "
     "interleaved, one trial in turn of each of the cells that can share a server's start, so that a slow "
     "drift meets them all, and each trial loads its model anew; or informative, so that most is known when a run ends "
     "early: each model in turn, with its smallest values, then always the cell that is farthest from all before it, "
     "so that the corners come first and then what halves the gaps; of equally far ones those that took less time in "
     "an earlier run, and last what by it does not fit into the budget. Default: file, and with a budget informative."},
    {"order_seed", true, "Seed of the shuffled order. Default: 1."},
    {"anchor", true,
     "Measures the first cell of the matrix again and again, so that heat and drift of the machine show: before all "
     "others, after every so many cells (of interleaved ones: after so many trials), and at the end. The repeats are "
     "no rows of the tables, but have a section of their own. An integer from 1 on. Unset: no repeats."},
    {"on_battery", true,
     "What to do when the machine runs on battery, where it is slower, or becomes so: stop, with status 3 (2 where "
     "nothing was measured), after which --resume goes on; pause, until it has mains power again; allow, and flag the "
     "cells. Looked at before each trial, unless the server is a simulated one. Default: stop."},
    {"budget", true,
     "Time that the whole run may take, all its parts together when it is resumed: a duration such as 90s or 8h. The "
     "most informative cells come first, see the order informative. When it is used up, the cell that is running ends "
     "after its current trial, and the others are skipped, which is no failure. Unset: no limit."},
    {"give_up_after", true,
     "So many cells in a row that failed because their server could not be had, did not answer or ended, and its other "
     "cells (where it starts with {model}: those of that model) are skipped; cells that ran out of memory do not "
     "count. An integer from 1 on. Default: 3."},
    {"except", false,
     "Cells to leave out: a list of maps of knob to value, or list of values; a cell that matches all of a map "
     "is not run."},
    {0},
};

/* Reads the file into plan->source and its tree. */
static const struct yaml *read_file(struct draft *draft)
{
	struct plan *plan = draft->plan;
	struct text text = {0};
	struct yaml *root = NULL;

	if (file_read(plan->path, FILE_LIMIT, &text, draft->failure))
		root = yaml_parse(draft->source, text_string(&text), text.size, draft->failure);
	plan->source = text_take(&text);
	return draft_keep_tree(draft, root);
}

static bool make_plan(struct draft *draft, const struct plan_options *options)
{
	const struct yaml *root = read_file(draft);

	return root != NULL && draft_read_settings(draft, root) && draft_apply_sets(draft, options) &&
	       draft_read_title(draft) && draft_read_battery(draft) && draft_read_notes(draft) &&
	       draft_read_servers(draft) && draft_read_profiles(draft) && draft_read_axes(draft) &&
	       draft_read_media(draft) && draft_make_cells(draft) && draft_except_cells(draft) &&
	       draft_check_tasks(draft) && draft_keep_only(draft, options) && draft_read_prompts(draft) &&
	       draft_check_starts(draft) && draft_read_limits(draft) && draft_order_cells(draft) &&
	       draft_read_anchor(draft);
}

bool plan_load(const char *path, const struct plan_options *options, struct plan *plan, struct failure *failure)
{
	struct draft draft = {.plan = plan, .failure = failure};
	struct text shown = {0};
	bool made;

	*plan = (struct plan){0};
	plan->memory = memory_new(1, sizeof(*plan->memory));
	plan->path = memory_string(path);
	plan->name = file_stem(path);
	text_add_masked(&shown, path, strlen(path));
	draft.source = draft_keep(&draft, text_take(&shown));
	made = make_plan(&draft, options);
	draft_release(&draft);
	if (!made)
		plan_release(plan);
	return made;
}

static void free_strings(char **strings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

static void free_memory(struct plan_memory *memory)
{
	if (memory == NULL)
		return;
	free_strings(memory->strings, memory->string_count);
	for (size_t i = 0; i < memory->profile_count; i++)
		environment_release(&memory->profiles[i].environment);
	for (size_t i = 0; i < memory->file_count; i++)
		dataset_release(&memory->files[i].dataset);
	media_release(memory);
	free(memory->profiles);
	free(memory->files);
	free(memory);
}

void plan_release(struct plan *plan)
{
	for (size_t i = 0; i < plan->server_count; i++)
		server_settings_release(&plan->servers[i]);
	free_strings(plan->notes, plan->note_count);
	free_strings(plan->warnings, plan->warning_count);
	free_memory(plan->memory);
	free(plan->servers);
	free(plan->cells);
	free(plan->axes);
	free(plan->sequence);
	free(plan->name);
	free(plan->path);
	free(plan->source);
	free(plan->title);
	*plan = (struct plan){0};
}

static const struct cell *at(const struct plan *plan, size_t place)
{
	return &plan->cells[plan->sequence[place]];
}

/* A server that runs already has one start, whatever its cells ask. */
bool plan_share_start(const struct cell *a, const struct cell *b)
{
	return a->server == b->server && (a->server->start == NULL || cell_same_start(a, b));
}

size_t plan_group(const struct plan *plan, size_t first)
{
	size_t count = 1;

	if (plan->order != PLAN_INTERLEAVED)
		return 1;
	while (first + count < plan->cell_count && plan_share_start(at(plan, first), at(plan, first + count)))
		count++;
	return count;
}
