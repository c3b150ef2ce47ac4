/*
 * What a report speaks of. A subject is a model on a server in one run, doing
 * one task, with all its cells. Subjects stand by their run's time, then as in
 * the matrix, in whatever order the runs were given.
 */
#ifndef REPORT_SUBJECTS_H
#define REPORT_SUBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/summary.h"
#include "report/report.h"

/* What is compared with each other. */
enum group { GROUP_TEXT, GROUP_VISION, GROUP_SPEECH, GROUP_EMBEDDING };
enum { GROUP_COUNT = GROUP_EMBEDDING + 1 };

struct group_words {
	const char *title; /* of its section: "Text Generation Models" */
	const char *noun;  /* within a sentence: "text generation" */
	const char *label; /* of a line: "Text" */
};

extern const struct group_words group_words[GROUP_COUNT];

/* Everything is borrowed but `cells`. */
struct subject {
	const struct summary *summary;
	const struct server_facts *server; /* NULL: it was never asked */
	const struct model_facts *model;   /* NULL: it never told any */
	const char *model_name, *server_name;
	enum cell_task task;
	int64_t memory_bytes;              /* of hosts_memory() */
	const struct cell_summary **cells; /* the array is owned; at least one, in the plan's order */
	size_t cell_count;
	char **differences; /* of the run: by the cell's place in the summary */
};

/* `= {0}` is empty. */
struct subjects {
	struct subject *items;
	size_t count;
	const struct summary **runs; /* by their time */
	char ***differences;         /* of each run */
	size_t run_count;
	bool servers_differ, machines_differ, runs_repeat; /* two runs have the same model on the same server */
};

void subjects_collect(const struct report_input *input, struct subjects *into);
void subjects_release(struct subjects *subjects);

enum group subject_group(const struct subject *subject);
/* "Image captioning", as the Task column has it. */
const char *subject_task_words(const struct subject *subject);

/* The next subject of a group after `last` (NULL: the first); NULL: no more. */
const struct subject *subjects_next(const struct subjects *subjects, enum group group, const struct subject *last);
size_t subjects_in(const struct subjects *subjects, enum group group);

/* Inline: the model's name, with server, machine and run where the subjects differ in them. */
void subject_add_name(const struct subjects *subjects, const struct subject *subject, struct text *into);
/* Inline: the server's name, with its version. */
void subject_add_server(const struct subject *subject, struct text *into);
/* The same without the server, for tables that have a column of them. */
void subject_add_model(const struct subjects *subjects, const struct subject *subject, struct text *into);
/* Inline: the machine, or the simulated device. */
bool subject_is_simulated(const struct subject *subject);
void subject_add_machine(const struct subject *subject, struct text *into);
/* "parallel 4, num_gpu 0": what tells the cell from the others of its model; "" when it is the only one. Borrowed. */
const char *subject_cell_words(const struct subject *subject, const struct cell_summary *cell);

size_t subject_cells_with(const struct subject *subject, enum cell_status status);

/* Of a list of `count` things: what stands between the one at `at` and the one before it: "", ", " or " and ". */
const char *list_separator(size_t at, size_t count);

#endif
