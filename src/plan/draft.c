#include "plan/draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SHOWN_BYTES 60 /* of a value in a message */

const char *draft_keep(struct draft *draft, char *string)
{
	struct plan_memory *memory = draft->plan->memory;

	memory->strings =
	    memory_grow(memory->strings, &memory->string_capacity, memory->string_count, sizeof(*memory->strings));
	memory->strings[memory->string_count++] = string;
	return string;
}

const char *draft_quote(struct draft *draft, const char *string)
{
	struct text text = {0};
	size_t size = strlen(string), shown = size;

	if (size > SHOWN_BYTES) {
		shown = SHOWN_BYTES;
		/* Not within a character: those bytes would be masked. */
		while (shown > 0 && ((unsigned char)string[shown] & 0xc0) == 0x80)
			shown--;
	}
	text_add_char(&text, '"');
	text_add_masked(&text, string, shown);
	text_add(&text, shown < size ? "…\"" : "\"");
	return draft_keep(draft, text_take(&text));
}

const struct yaml *draft_keep_tree(struct draft *draft, struct yaml *tree)
{
	if (tree == NULL)
		return NULL;
	draft->trees = memory_grow(draft->trees, &draft->tree_capacity, draft->tree_count, sizeof(*draft->trees));
	draft->trees[draft->tree_count++] = tree;
	return tree;
}

static void add_place(struct text *text, const char *source, const struct yaml *node)
{
	text_add(text, source);
	if (node != NULL && node->line > 0)
		text_addf(text, ":%d:%d", node->line, node->column);
	text_add(text, ": ");
}

bool draft_fail(struct draft *draft, const char *source, const struct yaml *node, const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	add_place(&text, source, node);
	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	failure_set(draft->failure, STATUS_USER_MISTAKE, "%s", text_string(&text));
	text_release(&text);
	return false;
}

void draft_warn(struct draft *draft, const char *source, const struct yaml *node, const char *format, ...)
{
	struct plan *plan = draft->plan;
	struct text text = {0};
	va_list arguments;

	add_place(&text, source, node);
	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	plan->warnings = memory_resize(plan->warnings, plan->warning_count + 1, sizeof(*plan->warnings));
	plan->warnings[plan->warning_count++] = text_take(&text);
}

const char *draft_path(struct draft *draft, const char *name)
{
	const char *path = draft->plan->path, *slash = strrchr(path, '/');

	if (*name == '/' || slash == NULL)
		return draft_keep(draft, memory_string(name));
	return draft_keep(draft, text_format("%.*s/%s", (int)(slash - path), path, name));
}

void draft_release(struct draft *draft)
{
	for (size_t i = 0; i < draft->tree_count; i++)
		yaml_tree_free(draft->trees[i]);
	for (size_t i = 0; i < draft->axis_count; i++)
		free(draft->axes[i].values);
	free(draft->trees);
	free(draft->axes);
	free(draft->settings);
	free(draft->server_settings);
	*draft = (struct draft){0};
}
