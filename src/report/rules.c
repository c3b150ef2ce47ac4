#include "report/rules.h"

#include "report/judges.h"

#define TEXT       GROUP_BIT(GROUP_TEXT)
#define VISION     GROUP_BIT(GROUP_VISION)
#define SPEECH     GROUP_BIT(GROUP_SPEECH)
#define EMBEDDINGS GROUP_BIT(GROUP_EMBEDDING)
#define TALKS      (TEXT | VISION)

const struct rule rules[] = {
    {"nothing-measured", RULE_FINDING, GROUPS_ALL, "No cell of the task is done.", judge_nothing_measured},
    {"fastest", RULE_FINDING, GROUPS_ALL,
     "One of at least two models is faster than all others beyond their 95 % intervals; without intervals, beyond "
     "the digits that are printed.",
     judge_fastest},
    {"not-apart", RULE_FINDING, GROUPS_ALL, "The intervals of the fastest two or more models overlap.",
     judge_not_apart},
    {"reads-along", RULE_FINDING, TALKS,
     "No measured cell's median answer comes slower than people read: 5.3 tokens/s, which is 238 words a minute "
     "(Brysbaert "
     "2019) at 0.75 words a token.",
     judge_reads_along},
    {"slower-than-reading", RULE_FINDING, TALKS, "A measured cell's median answer does.", judge_slower_than_reading},
    {"begins-at-once", RULE_FINDING, TALKS,
     "No measured cell's median time to the first text is above 1 s, which keeps the flow of thought (Nielsen 1993).",
     judge_begins_at_once},
    {"waits", RULE_FINDING, TALKS,
     "A measured cell's median time to the first text is above 10 s, which loses attention (Nielsen 1993).",
     judge_waits},
    {"gain", RULE_FINDING, TALKS,
     "Working on more requests at once makes more tokens/s, beyond the intervals, between cells that differ in "
     "parallel and concurrency alone.",
     judge_gain},
    {"real-time", RULE_FINDING, SPEECH,
     "Every measured cell's median recording is written down in less time than it lasts.", judge_real_time},
    {"slower-than-sound", RULE_FINDING, SPEECH, "A measured cell's median recording is not.", judge_slower_than_sound},
    {"size", RULE_FINDING, TALKS | EMBEDDINGS,
     "Two ranked models of one run and server differ in size, and in speed beyond the intervals: the largest against "
     "the smallest.",
     judge_size},
    {"memory-room", RULE_FINDING, GROUPS_ALL, "No measured cell's peak reached 90 % of its machine's memory.",
     judge_memory_room},
    {"memory-tight", RULE_FINDING, GROUPS_ALL, "A measured cell's peak did.", judge_memory_tight},
    {"load-times", RULE_FINDING, GROUPS_ALL, "The load of at least two models was timed.", judge_load_times},
    {"not-done", RULE_FINDING, GROUPS_ALL, "Cells failed or were skipped.", judge_not_done},

    {"choose-fastest", RULE_RECOMMENDATION, GROUPS_ALL, "At least two models are ranked by speed.",
     judge_choose_fastest},
    {"choose-memory", RULE_RECOMMENDATION, GROUPS_ALL, "At least two models are ranked by memory.",
     judge_choose_memory},
    {"choose-server", RULE_RECOMMENDATION, GROUPS_ALL,
     "One model was measured on several servers of one machine, and on one of them it is faster beyond the intervals.",
     judge_choose_server},
    {"choose-parallel", RULE_RECOMMENDATION, TALKS, "As for gain, by at least a tenth.", judge_choose_parallel},
    {"fine-tune", RULE_RECOMMENDATION, TALKS,
     "By the estimate of its memory, fine-tuning with LoRA would fit for a model that was measured.", judge_fine_tune},

    {"simulated", RULE_LIMITATION, 0, "A server is simulated.", judge_simulated},
    {"unfinished", RULE_LIMITATION, 0, "A run did not come to its end.", judge_unfinished},
    {"few-trials", RULE_LIMITATION, 0, "A measured cell has fewer than 3 trials, and so no interval.",
     judge_few_trials},
    {"noisy", RULE_LIMITATION, 0, "Half of the interval of a measured cell's speed is above 10 % of it.", judge_noisy},
    {"partly-failed", RULE_LIMITATION, 0, "Requests failed in a cell that is done: it is not ranked.",
     judge_partly_failed},
    {"flagged", RULE_LIMITATION, 0, "A measured cell has flags.", judge_flagged},
    {"conditions", RULE_LIMITATION, 0, "The machine's condition spoiled a cell.", judge_conditions},
    {"other-load", RULE_LIMITATION, 0, "Runs that are compared were given different loads.", judge_other_load},
    {"other-machines", RULE_LIMITATION, 0, "Models that are compared were measured on different machines.",
     judge_other_machines},
    {"system-memory", RULE_LIMITATION, 0, "Memory was measured: it is the whole system's.", judge_system_memory},
    {"no-memory", RULE_LIMITATION, 0, "Something was measured, but no memory.", judge_no_memory},
};

const size_t rule_count = sizeof(rules) / sizeof(rules[0]);

const struct rule *rule_find(const char *name)
{
	for (size_t i = 0; i < rule_count; i++)
		if (text_equal(rules[i].name, name))
			return &rules[i];
	return NULL;
}

static size_t add_rule(const struct rule *rule, const struct rule_scope *scope, const char *before,
                       struct document *into)
{
	struct text words = {0};
	bool fires = rule->judge(scope, &words);

	if (fires)
		text_addf(document_item(into), "%s%s", before, text_string(&words));
	text_release(&words);
	return fires;
}

size_t rules_add(const struct subjects *subjects, enum rule_place place, enum group group, const char *before,
                 struct document *into)
{
	const struct rule_scope scope = {subjects, group};
	size_t count = 0;

	for (size_t i = 0; i < rule_count; i++)
		if (rules[i].place == place && (rules[i].groups & GROUP_BIT(group)) && subjects_in(subjects, group) > 0)
			count += add_rule(&rules[i], &scope, before, into);
	return count;
}

size_t rules_add_whole(const struct subjects *subjects, enum rule_place place, struct document *into)
{
	const struct rule_scope scope = {subjects, GROUP_TEXT};
	size_t count = 0;

	for (size_t i = 0; i < rule_count; i++)
		if (rules[i].place == place && rules[i].groups == 0)
			count += add_rule(&rules[i], &scope, "", into);
	return count;
}
