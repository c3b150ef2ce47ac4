/* Keys of the matrix file: which there are, and each of them once. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "plan/draft.h"

const struct setting *draft_find(const struct draft *draft, const char *key)
{
	for (size_t i = 0; i < draft->setting_count; i++) {
		if (text_equal(draft->settings[i].key, key))
			return &draft->settings[i];
	}
	return NULL;
}

void draft_put(struct draft *draft, const struct setting *setting)
{
	for (size_t i = 0; i < draft->setting_count; i++) {
		if (text_equal(draft->settings[i].key, setting->key)) {
			draft->settings[i] = *setting;
			return;
		}
	}
	draft->settings =
	    memory_grow(draft->settings, &draft->setting_capacity, draft->setting_count, sizeof(*draft->settings));
	draft->settings[draft->setting_count++] = *setting;
}

void draft_drop(struct draft *draft, const char *key)
{
	for (size_t i = 0; i < draft->setting_count; i++) {
		if (!text_equal(draft->settings[i].key, key))
			continue;
		draft->setting_count--;
		memmove(&draft->settings[i], &draft->settings[i + 1],
		        (draft->setting_count - i) * sizeof(*draft->settings));
		return;
	}
}

/* The nearest of the knobs and the other words; NULL when none is near. */
static const char *nearest_word(const char *word, const char *const *others)
{
	struct text_guess guess = {.word = word};

	cell_field_guess(&guess);
	for (; *others != NULL; others++)
		text_guess_offer(&guess, *others, *others);
	return guess.nearest;
}

static void add_words(struct text *text, const char *const *others)
{
	for (size_t i = 0; i < cell_field_count; i++)
		text_addf(text, "%s%s", text->size > 0 ? ", " : "", cell_fields[i].name);
	for (; *others != NULL; others++)
		text_addf(text, ", %s", *others);
}

const struct cell_field *draft_find_knob(struct draft *draft, const char *source, const struct yaml *node,
                                         const char *word, const char *const *others)
{
	const struct cell_field *field = cell_field_find(word);
	const char *nearest;

	if (field != NULL)
		return field;
	nearest = nearest_word(word, others);
	if (nearest != NULL) {
		draft_fail(draft, source, node, "no such knob %s (did you mean \"%s\"?)", draft_quote(draft, word),
		           nearest);
	} else {
		struct text words = {0};

		add_words(&words, others);
		draft_fail(draft, source, node, "no such knob %s; there are %s", draft_quote(draft, word),
		           text_string(&words));
		text_release(&words);
	}
	return NULL;
}

const char *draft_scalar(struct draft *draft, const char *source, const struct yaml *node, const char *key,
                         const char *allowed)
{
	if (node->kind == YAML_LIST)
		draft_fail(draft, source, node, "%s cannot be a list here; it is %s", key, allowed);
	else if (node->kind == YAML_MAP)
		draft_fail(draft, source, node, "%s cannot be a map; it is %s", key, allowed);
	else if (node->text == NULL)
		draft_fail(draft, source, node, "%s has no value; it is %s", key, allowed);
	else
		return node->text;
	return NULL;
}

bool draft_whole_number(struct draft *draft, const char *key, int64_t least, int64_t *value)
{
	const struct setting *setting = draft_find(draft, key);
	const char *allowed, *text;
	int64_t read;

	if (setting == NULL)
		return true;
	allowed = draft_keep(draft, text_format("an integer from %lld on", (long long)least));
	text = draft_scalar(draft, setting->source, setting->node, key, allowed);
	if (text == NULL)
		return false;
	if (!units_read_integer(text, &read) || read < least)
		return draft_fail(draft, setting->source, setting->node, "%s cannot be %s; it is %s", key,
		                  draft_quote(draft, text), allowed);
	*value = read;
	return true;
}

bool draft_choice(struct draft *draft, const char *key, const char *const *names, size_t *value)
{
	const struct setting *setting = draft_find(draft, key);
	struct text words = {0};
	const char *allowed, *text;

	if (setting == NULL)
		return true;
	for (size_t i = 0; names[i] != NULL; i++)
		text_addf(&words, "%s%s", i > 0 ? ", " : "one of ", names[i]);
	allowed = draft_keep(draft, text_take(&words));
	text = draft_scalar(draft, setting->source, setting->node, key, allowed);
	if (text == NULL)
		return false;
	for (size_t i = 0; names[i] != NULL; i++) {
		if (text_equal(names[i], text)) {
			*value = i;
			return true;
		}
	}
	return draft_fail(draft, setting->source, setting->node, "%s cannot be %s; it is %s", key,
	                  draft_quote(draft, text), allowed);
}

const struct plan_key *draft_find_key(const char *word)
{
	for (const struct plan_key *key = plan_keys; key->name != NULL; key++) {
		if (text_equal(key->name, word))
			return key;
	}
	return NULL;
}

const char *draft_excluded(const char *key, size_t *turn)
{
	static const char *const exclusive[][2] = {
	    {"prompt", "prompts"}, {"prompt", "input_tokens"}, {"prompt", "trace"}, {"prompts", "input_tokens"},
	    {"prompts", "trace"},  {"input_tokens", "trace"},  {"rate", "trace"},
	};

	while (*turn < 2 * sizeof(exclusive) / sizeof(exclusive[0])) {
		const char *const *pair = exclusive[*turn / 2];
		size_t side = (*turn)++ % 2;

		if (text_equal(pair[side], key))
			return pair[1 - side];
	}
	return NULL;
}

/* A knob under two of its names, or two ways to say what the prompts are. */
static bool check_conflict(struct draft *draft, const struct yaml *key, const struct setting *setting)
{
	const char *other;
	size_t turn = 0;

	if (draft_find(draft, setting->key) != NULL)
		return draft_fail(draft, draft->source, key, "\"%s\" is another name of \"%s\", which stands already",
		                  key->text, setting->key);
	while ((other = draft_excluded(setting->key, &turn)) != NULL) {
		if (draft_find(draft, other) != NULL)
			return draft_fail(draft, draft->source, key, "\"%s\" and \"%s\" exclude each other", other,
			                  setting->key);
	}
	return true;
}

size_t draft_key_names(bool only_settable, const char **names)
{
	size_t count = 0;

	for (const struct plan_key *key = plan_keys; key->name != NULL; key++) {
		assert(count < DRAFT_KEYS_MAX);
		if (key->settable || !only_settable)
			names[count++] = key->name;
	}
	return count;
}

bool draft_read_settings(struct draft *draft, const struct yaml *root)
{
	const char *others[DRAFT_KEYS_MAX + 1] = {NULL};

	draft_key_names(false, others);
	if (root->kind != YAML_MAP)
		return draft_fail(draft, draft->source, root,
		                  "a matrix is a map of knobs, one a line, such as \"model: llama3.2\"");
	for (size_t i = 0; i < root->count; i++) {
		const struct yaml *key = root->keys[i];
		const struct plan_key *other = draft_find_key(key->text);
		struct setting setting = {.source = draft->source, .node = root->items[i]};

		if (other != NULL) {
			setting.key = other->name;
		} else {
			setting.field = draft_find_knob(draft, draft->source, key, key->text, others);
			if (setting.field == NULL)
				return false;
			setting.key = setting.field->name;
		}
		if (!check_conflict(draft, key, &setting))
			return false;
		draft_put(draft, &setting);
	}
	return true;
}

bool draft_read_battery(struct draft *draft)
{
	static const char *const names[] = {
#define X(symbol, name) [symbol] = (name),
	    PLAN_BATTERIES(X)
#undef X
		NULL};
	size_t choice = PLAN_BATTERY_STOP;
	bool good = draft_choice(draft, "on_battery", names, &choice);

	draft->plan->on_battery = (enum plan_battery)choice;
	return good;
}

bool draft_read_title(struct draft *draft)
{
	const struct setting *setting = draft_find(draft, "title");
	const char *title;

	if (setting == NULL)
		return true;
	title = draft_scalar(draft, setting->source, setting->node, "title", "text");
	draft->plan->title = memory_string(title);
	return title != NULL;
}
