/* `notes`: further figures for the Notes column. */
#include <stdlib.h>

#include "base/memory.h"
#include "plan/draft.h"

static const char *const names[] = {"change", "gpu", "server"};

static const char allowed[] = "one or a list of: change, gpu, server";

static bool add_note(struct draft *draft, const char *source, const struct yaml *node)
{
	struct plan *plan = draft->plan;
	const char *name = draft_scalar(draft, source, node, "notes", allowed);

	if (name == NULL)
		return false;
	for (size_t i = 0; i < plan->note_count; i++) {
		if (text_equal(plan->notes[i], name))
			return draft_fail(draft, source, node, "notes has %s twice", draft_quote(draft, name));
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!text_equal(names[i], name))
			continue;
		plan->notes = memory_resize(plan->notes, plan->note_count + 1, sizeof(*plan->notes));
		plan->notes[plan->note_count++] = memory_string(name);
		return true;
	}
	return draft_fail(draft, source, node, "notes cannot be %s; it is %s", draft_quote(draft, name), allowed);
}

bool draft_read_notes(struct draft *draft)
{
	const struct setting *setting = draft_find(draft, "notes");
	const struct yaml *node;

	if (setting == NULL)
		return true;
	node = setting->node;
	if (node->kind != YAML_LIST)
		return add_note(draft, setting->source, node);
	for (size_t i = 0; i < node->count; i++) {
		if (!add_note(draft, setting->source, node->items[i]))
			return false;
	}
	return true;
}
