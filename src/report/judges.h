/*
 * The judges of rules[], and the words that they share.
 */
#ifndef REPORT_JUDGES_H
#define REPORT_JUDGES_H

#include "report/rules.h"

/*
 * How fast people read, in tokens a second: 238 words a minute (Brysbaert
 * 2019, "How many words do we read per minute?", silent reading of English),
 * at 0.75 words a token, the usual rule of thumb for English.
 */
#define READING_TOKENS_PER_S (238.0 / 60 / 0.75)

/* Nielsen 1993, "Usability Engineering", 5.5: what keeps the flow of thought, what keeps attention. */
#define FLOW_S      1.0
#define ATTENTION_S 10.0

enum { TIGHT_MEMORY_PCT = 90, NOISY_PCT = 10 };

/* The measure by which a group's subjects are fast. */
const struct measure *judges_speed(enum group group);

/* The subject's name, in bold. */
void judges_add_name(const struct rule_scope *scope, const struct subject *subject, struct text *into);
/* "**llama3.2** (82.4 tokens/s, parallel 4)" */
void judges_add_place(const struct rule_scope *scope, const struct measure *measure, const struct place *place,
                      struct text *into);
/* The first `count` places: "A (…), B (…) and C (…)". */
void judges_add_places(const struct rule_scope *scope, const struct measure *measure, const struct place *places,
                       size_t count, struct text *into);
/* How many times as good the better one is; ≥ 1. */
double judges_times(const struct measure *measure, const struct place *better, const struct place *worse);

/* How the throughput of a subject grows with what it works on at once; NULL `subject`: it does not. */
struct gain {
	const struct subject *subject;
	struct place least, most;
	double times;
};

/* The subject of the group that gains most, among cells that differ in nothing but parallel and concurrency. */
struct gain judges_gain(const struct rule_scope *scope);

/* judges_findings.c */
bool judge_nothing_measured(const struct rule_scope *scope, struct text *into);
bool judge_fastest(const struct rule_scope *scope, struct text *into);
bool judge_not_apart(const struct rule_scope *scope, struct text *into);
bool judge_reads_along(const struct rule_scope *scope, struct text *into);
bool judge_slower_than_reading(const struct rule_scope *scope, struct text *into);
bool judge_begins_at_once(const struct rule_scope *scope, struct text *into);
bool judge_waits(const struct rule_scope *scope, struct text *into);
bool judge_gain(const struct rule_scope *scope, struct text *into);
bool judge_real_time(const struct rule_scope *scope, struct text *into);
bool judge_slower_than_sound(const struct rule_scope *scope, struct text *into);
bool judge_size(const struct rule_scope *scope, struct text *into);
bool judge_memory_room(const struct rule_scope *scope, struct text *into);
bool judge_memory_tight(const struct rule_scope *scope, struct text *into);
bool judge_load_times(const struct rule_scope *scope, struct text *into);
bool judge_not_done(const struct rule_scope *scope, struct text *into);

/* judges_recommendations.c */
bool judge_choose_fastest(const struct rule_scope *scope, struct text *into);
bool judge_choose_memory(const struct rule_scope *scope, struct text *into);
bool judge_choose_server(const struct rule_scope *scope, struct text *into);
bool judge_choose_parallel(const struct rule_scope *scope, struct text *into);
bool judge_fine_tune(const struct rule_scope *scope, struct text *into);

/* judges_limitations.c */
bool judge_simulated(const struct rule_scope *scope, struct text *into);
bool judge_few_trials(const struct rule_scope *scope, struct text *into);
bool judge_noisy(const struct rule_scope *scope, struct text *into);
bool judge_partly_failed(const struct rule_scope *scope, struct text *into);
bool judge_flagged(const struct rule_scope *scope, struct text *into);
bool judge_conditions(const struct rule_scope *scope, struct text *into);
bool judge_unfinished(const struct rule_scope *scope, struct text *into);
bool judge_other_load(const struct rule_scope *scope, struct text *into);
bool judge_other_machines(const struct rule_scope *scope, struct text *into);
bool judge_system_memory(const struct rule_scope *scope, struct text *into);
bool judge_no_memory(const struct rule_scope *scope, struct text *into);

#endif
