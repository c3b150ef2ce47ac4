#include "run/dropped.h"

#include <stdlib.h>

#include "base/memory.h"

enum { DROPPED_NAMED = 5 }; /* of dropped cells so many are named */

/* "llama3.2, parallel 16": the model, and the knobs that vary now. */
static void add_cell(const struct plan *plan, const struct json *settings, struct text *into)
{
	struct text words = {0};

	text_add(&words, json_get_string(settings, "model") != NULL ? json_get_string(settings, "model") : "?");
	for (size_t i = 0; i < plan->axis_count; i++) {
		const struct json *value = json_get(settings, plan->axes[i]);

		if (value == NULL || text_equal(plan->axes[i], "model"))
			continue;
		text_addf(&words, ", %s ", plan->axes[i]);
		json_add_to(&words, value);
	}
	text_add_masked(into, text_string(&words), words.size);
	text_release(&words);
}

static bool is_dropped(struct dropped *dropped, const char *id)
{
	for (size_t i = 0; i < dropped->count; i++) {
		size_t place = (dropped->last + i) % dropped->count;

		if (text_equal(dropped->ids[place], id)) {
			dropped->last = place;
			return true;
		}
	}
	return false;
}

void dropped_add(struct dropped *dropped, const struct plan *plan, const struct json *line)
{
	const char *id = json_get_string(line, "id");

	if (is_dropped(dropped, id))
		return;
	if (dropped->count < DROPPED_NAMED) {
		text_add(&dropped->names, dropped->count > 0 ? "; " : "");
		add_cell(plan, json_get(line, "settings"), &dropped->names);
	} else if (dropped->count == DROPPED_NAMED) {
		text_add(&dropped->names, "; …");
	}
	dropped->ids = memory_grow(dropped->ids, &dropped->capacity, dropped->count, sizeof(*dropped->ids));
	dropped->last = dropped->count;
	dropped->ids[dropped->count++] = memory_string(id);
}

void dropped_say(const struct dropped *dropped, const struct session *session, const char *why)
{
	if (dropped->count > 0)
		session_warn(session, "dropped what was measured of %zu cell%s %s: %s; it is in %s/dropped.jsonl",
		             dropped->count, dropped->count == 1 ? "" : "s", why, text_string(&dropped->names),
		             store_folder(session->store));
}

void dropped_release(struct dropped *dropped)
{
	for (size_t i = 0; i < dropped->count; i++)
		free(dropped->ids[i]);
	free(dropped->ids);
	text_release(&dropped->names);
}
