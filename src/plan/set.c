/* --set KEY=VALUE: replaces what the file says. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/draft.h"

static void put_server_setting(struct draft *draft, const struct setting *setting)
{
	draft->server_settings = memory_grow(draft->server_settings, &draft->server_setting_capacity,
	                                     draft->server_setting_count, sizeof(*draft->server_settings));
	draft->server_settings[draft->server_setting_count++] = *setting;
}

/* `setting` has its source and node. */
static bool put(struct draft *draft, const char *key, struct setting *setting)
{
	static const char *const parts[] = {"server.url",  "server.start",    "server.adapter",     "server.kind",
	                                    "server.name", "server.env.NAME", "server.models.NAME", NULL};
	const struct plan_key *whole = draft_find_key(key);
	const char *others[DRAFT_KEYS_MAX + sizeof(parts) / sizeof(parts[0])];
	const char *other;
	size_t turn = 0;

	if (text_starts_with(key, "server.")) {
		setting->key = key + strlen("server.");
		put_server_setting(draft, setting);
		return true;
	}
	if (whole != NULL && !whole->settable)
		return draft_fail(draft, setting->source, NULL, "%s cannot be set here%s", key,
		                  text_equal(key, "server") ? "; server.url and server.start can" : "");
	if (whole != NULL) {
		setting->key = whole->name;
		draft_put(draft, setting);
		return true;
	}
	memcpy(others + draft_key_names(true, others), parts, sizeof(parts));
	setting->field = draft_find_knob(draft, setting->source, NULL, key, others);
	if (setting->field == NULL)
		return false;
	setting->key = setting->field->name;
	/* Where two exclude each other the newer word counts. */
	while ((other = draft_excluded(setting->key, &turn)) != NULL)
		draft_drop(draft, other);
	draft_put(draft, setting);
	return true;
}

static bool apply(struct draft *draft, const char *option)
{
	const char *equals = strchr(option, '=');
	struct text source = {0};
	struct setting setting = {0};
	const char *key;

	text_add(&source, "--set ");
	text_add_masked(&source, option, strlen(option));
	setting.source = draft_keep(draft, text_take(&source));
	if (equals == NULL || equals == option)
		return draft_fail(draft, setting.source, NULL, "this is not KEY=VALUE");
	key = draft_keep(draft, memory_copy(option, (size_t)(equals - option)));
	setting.node = draft_keep_tree(draft, yaml_parse_inline(setting.source, equals + 1, draft->failure));
	return setting.node != NULL && put(draft, key, &setting);
}

bool draft_apply_sets(struct draft *draft, const struct plan_options *options)
{
	for (size_t i = 0; options != NULL && i < options->set_count; i++) {
		if (!apply(draft, options->set[i]))
			return false;
	}
	return true;
}
