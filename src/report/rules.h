/*
 * What reports say in sentences: findings, recommendations, limitations. Each
 * sentence is a rule over figures, one row of a table, and stands only where
 * its figures make it true.
 */
#ifndef REPORT_RULES_H
#define REPORT_RULES_H

#include "document/document.h"
#include "report/measures.h"
#include "report/subjects.h"

enum rule_place { RULE_FINDING, RULE_RECOMMENDATION, RULE_LIMITATION };

/* What a rule judges. */
struct rule_scope {
	const struct subjects *subjects;
	enum group group; /* of a rule of the whole report: means nothing */
};

struct rule {
	const char *name;
	enum rule_place place;
	unsigned groups;     /* GROUP_BITs of those that it is judged for; 0: once, for the whole report */
	const char *meaning; /* when it fires, with its limits and their source */
	/* Adds its words (inline, a sentence) and returns true, or does nothing. */
	bool (*judge)(const struct rule_scope *scope, struct text *into);
};

extern const struct rule rules[];
extern const size_t rule_count;

/* NULL: there is none of that name. */
const struct rule *rule_find(const char *name);

/* An item for each rule that fires for the group; returns how many. `before` stands before each (inline; "": nothing).
 */
size_t rules_add(const struct subjects *subjects, enum rule_place place, enum group group, const char *before,
                 struct document *into);
/* The same of the rules of the whole report. */
size_t rules_add_whole(const struct subjects *subjects, enum rule_place place, struct document *into);

#endif
