/*
 * A document as Markdown. Blocks stand apart by an empty line, items of a list
 * follow each other.
 */
#include <string.h>

#include "document/document.h"
#include "document/markdown.h"

static void add_table(const struct table *table, struct text *into)
{
	text_add_char(into, '|');
	for (size_t i = 0; i < table->column_count; i++) {
		text_add_char(into, ' ');
		markdown_add_inline(into, text_string(&table->columns[i].title), true);
		text_add(into, " |");
	}
	text_add(into, "\n|");
	for (size_t i = 0; i < table->column_count; i++)
		text_add(into, table->columns[i].right ? "----:|" : "----|");
	text_add_char(into, '\n');
	for (size_t row = 0; row < table->row_count; row++) {
		text_add_char(into, '|');
		for (size_t i = 0; i < table->column_count; i++) {
			text_add_char(into, ' ');
			markdown_add_inline(into, text_string(&table_at(table, row, i)->text), true);
			text_add(into, " |");
		}
		text_add_char(into, '\n');
	}
}

static void add_line(struct text *into, const char *before, const struct block *block)
{
	text_add(into, before);
	markdown_add_inline(into, text_string(&block->text), false);
	text_add_char(into, '\n');
}

/* Of the title what would end it is escaped; a blank in a file's name would end its link. */
static void add_image(const struct block *block, struct text *into)
{
	struct text title = {0};

	inline_add(&title, block->plot->title);
	text_add(into, "![");
	for (const char *at = text_string(&title); *at != '\0'; at++)
		text_addf(into, *at == '[' || *at == ']' || *at == '\\' ? "\\%c" : "%c", *at);
	text_add(into, "](");
	for (const char *at = block->file; *at != '\0'; at++)
		if (strchr(" ()<>%\\", *at) != NULL || (unsigned char)*at < ' ')
			text_addf(into, "%%%02X", (unsigned)(unsigned char)*at);
		else
			text_add_char(into, *at);
	text_add(into, ")\n");
	text_release(&title);
}

static void add_block(const struct block *block, size_t step, struct text *into)
{
	static const char *const headings[] = {"", "# ", "## ", "### ", "#### "};

	switch (block->kind) {
	case BLOCK_HEADING:
		add_line(into, headings[block->level], block);
		break;
	case BLOCK_PARAGRAPH:
		add_line(into, "", block);
		break;
	case BLOCK_ITEM:
		add_line(into, block->level > 0 ? "  - " : "- ", block);
		break;
	case BLOCK_STEP:
		text_addf(into, "%zu. ", step);
		add_line(into, "", block);
		break;
	case BLOCK_CODE:
		markdown_add_fence(into, block->language, text_string(&block->text));
		break;
	case BLOCK_TABLE:
		add_table(&block->table, into);
		break;
	case BLOCK_RULE:
		text_add(into, "---\n");
		break;
	case BLOCK_CHART:
		add_image(block, into);
		break;
	}
}

void document_write_markdown(const struct document *document, struct text *into)
{
	size_t step = 0;

	for (size_t i = 0; i < document->count; i++) {
		const struct block *block = &document->blocks[i];
		bool in_list = block_continues_list(document, i);

		if (i > 0 && !in_list)
			text_add_char(into, '\n');
		step = in_list ? step + 1 : 1;
		add_block(block, step, into);
	}
}
