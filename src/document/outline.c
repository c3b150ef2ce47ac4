#include "document/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "document/html.h"

#define DEEPEST_OF_CONTENTS 3

static bool has_id(const struct outline *outline, const char *id)
{
	for (size_t i = 0; i < outline->count; i++)
		if (text_equal(outline->entries[i].id, id))
			return true;
	return false;
}

/* "Model: llama3.2 (2.0GB)" → "model-llama3-2-2-0gb"; then "model-llama3-2-2-0gb-2". */
static char *make_id(const struct outline *outline, const char *heading)
{
	static const char kept[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	struct text id = {0};
	size_t words;

	for (; *heading != '\0'; heading++) {
		char c = *heading >= 'A' && *heading <= 'Z' ? (char)(*heading - 'A' + 'a') : *heading;

		if (strchr(kept, c) != NULL)
			text_add_char(&id, c);
		else if (id.size > 0 && id.data[id.size - 1] != '-')
			text_add_char(&id, '-');
	}
	while (id.size > 0 && id.data[id.size - 1] == '-')
		id.data[--id.size] = '\0';
	if (id.size == 0)
		text_add(&id, "section");
	words = id.size;
	for (size_t number = 2; has_id(outline, text_string(&id)); number++) {
		id.data[id.size = words] = '\0';
		text_addf(&id, "-%zu", number);
	}
	return text_take(&id);
}

static size_t count_titles(const struct document *document)
{
	size_t count = 0;

	for (size_t i = 0; i < document->count; i++)
		count += document->blocks[i].kind == BLOCK_HEADING && document->blocks[i].level == 1;
	return count;
}

static void add_entry(struct outline *outline, const struct block *heading, int level)
{
	int above = outline->count > 0 ? outline->entries[outline->count - 1].level : 1;
	struct outline_entry entry = {.text = &heading->text, .level = level > above + 1 ? above + 1 : level};

	entry.id = make_id(outline, text_string(&heading->text));
	outline->entries = memory_resize(outline->entries, outline->count + 1, sizeof(*outline->entries));
	outline->entries[outline->count++] = entry;
}

/* Several reports on one page: the page is named after all of them. */
static void add_title(struct text *title, const char *heading)
{
	if (title->size > 0)
		text_add(title, " · ");
	text_add(title, heading);
}

void outline_make(struct outline *outline, const struct document *document)
{
	size_t titles = count_titles(document);

	for (size_t i = 0; i < document->count; i++) {
		const struct block *block = &document->blocks[i];

		if (block->kind != BLOCK_HEADING)
			continue;
		if (outline->count == 0)
			outline->titled = titles == 1 && block->level == 1;
		if (block->level == 1)
			add_title(&outline->title, text_string(&block->text));
		add_entry(outline, block, block->level + (!outline->titled && titles > 0));
	}
	if (outline->title.size == 0)
		text_add(&outline->title, "llmbench report");
}

void outline_release(struct outline *outline)
{
	for (size_t i = 0; i < outline->count; i++)
		free(outline->entries[i].id);
	free(outline->entries);
	text_release(&outline->title);
	*outline = (struct outline){0};
}

static bool is_listed(const struct outline_entry *entry)
{
	return entry->level > 1 && entry->level <= DEEPEST_OF_CONTENTS;
}

void outline_write_contents(const struct outline *outline, struct text *into)
{
	size_t listed = 0;
	int depth = 1; /* lists that are open, and the page's title above them */

	for (size_t i = 0; i < outline->count; i++)
		listed += is_listed(&outline->entries[i]);
	if (listed < 2)
		return;
	for (size_t i = 0; i < outline->count; i++) {
		const struct outline_entry *entry = &outline->entries[i];

		if (!is_listed(entry))
			continue;
		if (entry->level > depth)
			text_add(into, "\n<ol>\n");
		else
			text_add(into, "</li>\n");
		for (; depth > entry->level; depth--)
			text_add(into, "</ol>\n</li>\n");
		depth = entry->level;
		text_addf(into, "<li><a href=\"#%s\">", entry->id);
		html_add_inline(into, text_string(entry->text));
		text_add(into, "</a>");
	}
	for (; depth > 1; depth--)
		text_add(into, "</li>\n</ol>\n");
}
