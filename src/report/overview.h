/*
 * Sections that the styles tasks and full share: what was measured where, what
 * it takes, what is missing.
 */
#ifndef REPORT_OVERVIEW_H
#define REPORT_OVERVIEW_H

#include "document/document.h"
#include "report/subjects.h"

/* An item that begins with its title in bold, "Size: ", to be filled in. */
struct text *overview_item(struct document *into, const char *title);

/* The title of the runs, of several ones all that differ. */
void overview_add_title(const struct subjects *subjects, struct document *into);

/* Inline, what all runs say of themselves, each once. */
void overview_add_dates(const struct subjects *subjects, struct text *into);
void overview_add_machines(const struct subjects *subjects, struct text *into);
void overview_add_platforms(const struct subjects *subjects, struct text *into);
void overview_add_servers(const struct subjects *subjects, struct text *into);
void overview_add_tools(const struct subjects *subjects, struct text *into);

/* A model on several servers, on several machines or in several runs is one. */
size_t overview_count_models(const struct subjects *subjects);

/* "3 of 4 models were measured, in 10 of 12 cells: text generation and vision, on Ollama 0.24.0." */
void overview_add_summary(const struct subjects *subjects, struct text *into);

/* Items: the findings of each group, begun with its name when there are several. */
void overview_add_findings(const struct subjects *subjects, struct document *into);

/* Items: the room that the models' files take, each file once, in all and by server. */
void overview_add_storage(const struct subjects *subjects, struct document *into);

/* Items: cells that failed, were skipped or did not come to their end, with the reason. Nothing when there are none. */
void overview_add_pending(const struct subjects *subjects, struct document *into);
void overview_add_pending_of(const struct subjects *subjects, const struct subject *subject, struct document *into);
bool overview_has_pending(const struct subjects *subjects);

/* What a row of the subject says beside its figures: knobs that vary, what failed, flags. */
void overview_add_notes(const struct subject *subject, struct text *into);

#endif
