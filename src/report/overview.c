#include "report/overview.h"

#include <string.h>

#include "report/hosts.h"
#include "report/listing.h"
#include "report/models.h"
#include "report/rules.h"

struct text *overview_item(struct document *into, const char *title)
{
	struct text *item = document_item(into);

	text_addf(item, STRONG("%s:") " ", title);
	return item;
}

void overview_add_title(const struct subjects *subjects, struct document *into)
{
	struct listing titles = {0};

	for (size_t i = 0; i < subjects->run_count; i++) {
		struct text title = {0};

		inline_add(&title, subjects->runs[i]->title);
		listing_add(&titles, &title);
	}
	listing_join(&titles, "; ", "Benchmark", document_heading(into, 1));
	listing_release(&titles);
}

/* "2026-11-28", or "2026-11-28 to 2026-11-30"; runs stand by their time. */
void overview_add_dates(const struct subjects *subjects, struct text *into)
{
	struct listing dates = {0};

	for (size_t i = 0; i < subjects->run_count; i++) {
		const char *started = subjects->runs[i]->started_utc;
		struct text date = {0};

		if (started != NULL)
			text_add_masked(&date, started, strcspn(started, "T"));
		if (i == 0 || i + 1 == subjects->run_count)
			listing_add(&dates, &date);
		text_release(&date);
	}
	listing_join(&dates, " to ", "unknown", into);
	listing_release(&dates);
}

static void add_count(const struct json *host, const char *key, const char *noun, struct text *into)
{
	int64_t count = json_get_integer(host, key);

	if (count > 0)
		text_addf(into, ", %lld %s", (long long)count, noun);
}

/* Of a simulated device the host says nothing. */
static void add_machine(const struct subject *subject, struct text *into)
{
	const struct json *host = subject->summary->host;
	const char *title = json_get_string(host, "title");

	if (subject_is_simulated(subject)) {
		text_add(into, "a simulated ");
		subject_add_machine(subject, into);
		return;
	}
	inline_add(into, title != NULL ? title : "unknown machine");
	add_count(host, "physical_cores", "cores", into);
	if (json_get_integer(host, "memory_bytes") > 0) {
		text_add(into, ", ");
		models_add_memory(into, json_get_integer(host, "memory_bytes"));
		text_add(into, " of memory");
	}
	if (host_gpu(host) != NULL) {
		text_add(into, ", GPU ");
		inline_add(into, host_gpu(host));
	}
}

static void add_platform(const struct subject *subject, struct text *into)
{
	static const char *const keys[] = {"system", "system_version", "architecture"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *word = json_get_string(subject->summary->host, keys[i]);

		if (word == NULL)
			continue;
		text_add(into, into->size == 0 ? "" : i == 1 ? " " : ", ");
		inline_add(into, word);
	}
}

static void add_tool(const struct subject *subject, struct text *into)
{
	text_add(into, "llmbench ");
	inline_add(into, subject->summary->tool_version ? subject->summary->tool_version : "of an unknown version");
}

/* What `add` says of each subject, once. */
static void add_each(const struct subjects *subjects, void (*add)(const struct subject *, struct text *),
                     struct text *into)
{
	struct listing said = {0};

	for (size_t i = 0; i < subjects->count; i++) {
		struct text text = {0};

		add(&subjects->items[i], &text);
		listing_add(&said, &text);
	}
	listing_join(&said, "; ", "unknown", into);
	listing_release(&said);
}

void overview_add_machines(const struct subjects *subjects, struct text *into)
{
	add_each(subjects, add_machine, into);
}

void overview_add_platforms(const struct subjects *subjects, struct text *into)
{
	add_each(subjects, add_platform, into);
}

void overview_add_servers(const struct subjects *subjects, struct text *into)
{
	add_each(subjects, subject_add_server, into);
}

void overview_add_tools(const struct subjects *subjects, struct text *into)
{
	add_each(subjects, add_tool, into);
}

static size_t groups_used(const struct subjects *subjects)
{
	size_t used = 0;

	for (int group = 0; group < GROUP_COUNT; group++)
		used += subjects_in(subjects, (enum group)group) > 0;
	return used;
}

size_t overview_count_models(const struct subjects *subjects)
{
	struct listing names = {0};
	size_t count;

	for (size_t i = 0; i < subjects->count; i++) {
		struct text name = {0};

		text_add(&name, subjects->items[i].model_name);
		listing_add(&names, &name);
	}
	count = names.count;
	listing_release(&names);
	return count;
}

/* What subjects are. */
static const char *noun_of(const struct subjects *subjects)
{
	if (subjects->servers_differ)
		return "combinations of model and server";
	if (overview_count_models(subjects) == subjects->count)
		return subjects->count == 1 ? "model" : "models";
	if (subjects->machines_differ)
		return "combinations of model and machine";
	return subjects->runs_repeat ? "combinations of model and run" : "combinations of model and task";
}

void overview_add_summary(const struct subjects *subjects, struct text *into)
{
	size_t measured = 0, cells = 0, done = 0, at = 0;

	for (size_t i = 0; i < subjects->count; i++) {
		size_t here = subject_cells_with(&subjects->items[i], CELL_DONE);

		measured += here > 0;
		done += here;
		cells += subjects->items[i].cell_count;
	}
	text_addf(into, "%zu of %zu %s %s measured, in %zu of %zu cell%s: ", measured, subjects->count,
	          noun_of(subjects), measured == 1 ? "was" : "were", done, cells, cells == 1 ? "" : "s");
	for (int group = 0; group < GROUP_COUNT; group++)
		if (subjects_in(subjects, (enum group)group) > 0)
			text_addf(into, "%s%s", list_separator(at++, groups_used(subjects)), group_words[group].noun);
	text_add(into, ", on ");
	overview_add_servers(subjects, into);
	text_add_char(into, '.');
}

void overview_add_findings(const struct subjects *subjects, struct document *into)
{
	for (int group = 0; group < GROUP_COUNT; group++) {
		struct text before = {0};

		if (groups_used(subjects) > 1)
			text_addf(&before, STRONG("%s") ": ", group_words[group].label);
		rules_add(subjects, RULE_FINDING, (enum group)group, text_string(&before), into);
		text_release(&before);
	}
}
