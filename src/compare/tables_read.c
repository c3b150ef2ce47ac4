/*
 * A reader of Markdown that sees headings, fenced blocks and GitHub's tables;
 * all else is passed over. Every byte may be hostile.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compare/tables.h"
#include "core/cell.h"

enum { LEVELS = 6 };

struct reader {
	const char *at, *end;
	const char *line; /* the one that was read, without its end */
	size_t length;
	char fence; /* of the block that is open; 0: none */
	size_t fence_length;
	char *headings[LEVELS + 1]; /* by level, from 1 */
};

static size_t skip_blanks(const char *bytes, size_t size)
{
	size_t blanks = 0;

	while (blanks < size && (bytes[blanks] == ' ' || bytes[blanks] == '\t'))
		blanks++;
	return blanks;
}

/* The next line, its indent and its end left out. */
static bool next_line(struct reader *reader)
{
	const char *end;
	size_t blanks;

	if (reader->at == reader->end)
		return false;
	end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	end = end ? end : reader->end;
	reader->line = reader->at;
	reader->length = (size_t)(end - reader->at);
	reader->at = end == reader->end ? end : end + 1;
	blanks = skip_blanks(reader->line, reader->length);
	reader->line += blanks;
	reader->length -= blanks;
	while (reader->length > 0 && strchr(" \t\r", reader->line[reader->length - 1]) != NULL)
		reader->length--;
	return true;
}

static size_t run_of(const struct reader *reader, char c)
{
	size_t run = 0;

	while (run < reader->length && reader->line[run] == c)
		run++;
	return run;
}

/* True: the line begins, ends or is within a fenced block. */
static bool in_fence(struct reader *reader)
{
	char c = reader->length > 0 ? reader->line[0] : '\0';
	size_t run = c == '`' || c == '~' ? run_of(reader, c) : 0;

	if (reader->fence != '\0') {
		if (c == reader->fence && run >= reader->fence_length && run == reader->length)
			reader->fence = '\0';
		return true;
	}
	if (run < 3)
		return false;
	reader->fence = c;
	reader->fence_length = run;
	return true;
}

static void take_heading(struct reader *reader)
{
	size_t level = run_of(reader, '#');
	size_t blanks = skip_blanks(reader->line + level, reader->length - level);

	if (level < 1 || level > LEVELS || blanks == 0)
		return;
	for (size_t i = level; i <= LEVELS; i++) {
		free(reader->headings[i]);
		reader->headings[i] = NULL;
	}
	reader->headings[level] = memory_copy(reader->line + level + blanks, reader->length - level - blanks);
}

/* Headings below the title of the document; the title where there is no other. */
static char *section_of(const struct reader *reader)
{
	struct text section = {0};

	for (size_t i = 2; i <= LEVELS; i++)
		if (reader->headings[i] != NULL)
			text_addf(&section, "%s%s", section.size > 0 ? ", " : "", reader->headings[i]);
	if (section.size == 0 && reader->headings[1] != NULL)
		text_add(&section, reader->headings[1]);
	return text_take(&section);
}

/* --- Rows --- */

/* Bold marks say nothing of a value. */
static char *without_marks(struct text *cell)
{
	const char *bytes = text_string(cell);
	size_t first = skip_blanks(bytes, cell->size), last = cell->size;
	char *copy;

	while (last > first && (bytes[last - 1] == ' ' || bytes[last - 1] == '\t'))
		last--;
	if (last - first >= 4 && memcmp(bytes + first, "**", 2) == 0 && memcmp(bytes + last - 2, "**", 2) == 0) {
		first += 2;
		last -= 2;
	}
	copy = memory_copy(bytes + first, last - first);
	text_clear(cell);
	return copy;
}

/* Cells of a line that begins with a bar, at most `most`; fewer are filled up when `cells` says how many there are. */
static size_t split(const struct reader *reader, char **cells, size_t most)
{
	struct text cell = {0};
	size_t count = 0;

	for (size_t i = 1; i < reader->length && count < most; i++) {
		char c = reader->line[i];
		bool escaped = c == '\\' && i + 1 < reader->length && strchr("|\\", reader->line[i + 1]) != NULL;

		if (escaped)
			text_add_char(&cell, reader->line[++i]);
		else if (c != '|')
			text_add_char(&cell, c);
		if ((c == '|' && !escaped) || (i + 1 >= reader->length && c != '|'))
			cells[count++] = without_marks(&cell);
	}
	text_release(&cell);
	return count;
}

static bool is_bar(const struct reader *reader)
{
	return reader->length > 1 && reader->line[0] == '|';
}

/* |----|:--:| */
static bool is_delimiter(const struct reader *reader)
{
	bool dashes = false;

	for (size_t i = 0; i < reader->length; i++) {
		if (strchr("|-: \t", reader->line[i]) == NULL || reader->line[i] == '\0')
			return false;
		dashes = dashes || reader->line[i] == '-';
	}
	return is_bar(reader) && dashes;
}

/* --- Tables --- */

/* A column that says what was measured, and not what came out. */
static bool is_setting(const char *title)
{
	static const char *const titles[] = {"Framework",    "Server",   "Model",
	                                     "Machine",      "Profile",  "Cell",
	                                     "Task",         "Figure",   "Queue Size",
	                                     "Context Size", "Requests", "Number of Parallel Model Requests Allowed"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (text_equal(titles[i], title))
			return true;
	return cell_field_find(title) != NULL;
}

static bool has_setting(const struct tables_table *table)
{
	for (size_t i = 0; i < table->columns; i++)
		if (is_setting(table->titles[i]))
			return true;
	return false;
}

/* "Queue Size 512, Requests 128"; the first column alone where none is a setting. */
static char *key_of(const struct tables_table *table, char *const *row)
{
	bool settings = has_setting(table);
	struct text key = {0};

	for (size_t i = 0; i < table->columns; i++)
		if ((settings ? is_setting(table->titles[i]) : i == 0) && *row[i] != '\0')
			text_addf(&key, "%s%s %s", key.size > 0 ? ", " : "", table->titles[i], row[i]);
	return text_take(&key);
}

static void add_row(const struct reader *reader, struct tables_table *table)
{
	size_t columns = table->columns, given;
	char **row;

	table->cells = memory_resize(table->cells, (table->rows + 1) * columns, sizeof(*table->cells));
	table->keys = memory_resize(table->keys, table->rows + 1, sizeof(*table->keys));
	row = &table->cells[table->rows * columns];
	given = split(reader, row, columns);
	while (given < columns)
		row[given++] = memory_string("");
	table->keys[table->rows++] = key_of(table, row);
}

static bool too_large(const char *name, struct failure *failure)
{
	return failure_set(failure, STATUS_USER_MISTAKE,
	                   "\"%s\" has more than %d rows in its tables, or %d columns: it is no report", name,
	                   TABLES_ROWS_MAX, TABLES_COLUMNS_MAX);
}

/* The line is its head, the next one what stands below heads. True also when it is no table. */
static bool read_table(struct reader *reader, const char *name, struct tables *tables, struct failure *failure)
{
	char *titles[TABLES_COLUMNS_MAX + 1];
	size_t columns = split(reader, titles, TABLES_COLUMNS_MAX + 1);
	struct reader ahead = *reader;
	bool is_table = columns > 0 && next_line(&ahead) && is_delimiter(&ahead);
	struct tables_table *table;

	if (!is_table || columns > TABLES_COLUMNS_MAX) {
		for (size_t i = 0; i < columns; i++)
			free(titles[i]);
		return !is_table || too_large(name, failure);
	}
	tables->tables = memory_resize(tables->tables, tables->count + 1, sizeof(*tables->tables));
	table = &tables->tables[tables->count++];
	*table = (struct tables_table){.section = section_of(reader), .columns = columns};
	table->titles = memory_new(columns, sizeof(*titles));
	memcpy(table->titles, titles, columns * sizeof(*titles));
	tables->rows++;
	do
		*reader = ahead;
	while (next_line(&ahead) && is_bar(&ahead) && ++tables->rows <= TABLES_ROWS_MAX &&
	       (add_row(&ahead, table), true));
	return tables->rows <= TABLES_ROWS_MAX || too_large(name, failure);
}

bool tables_read(const char *bytes, size_t size, const char *name, struct tables *tables, struct failure *failure)
{
	struct reader reader = {.at = bytes, .end = bytes + size};
	bool good = true;

	*tables = (struct tables){0};
	while (good && next_line(&reader)) {
		if (in_fence(&reader))
			continue;
		if (is_bar(&reader))
			good = read_table(&reader, name, tables, failure);
		else
			take_heading(&reader);
	}
	for (size_t i = 0; i <= LEVELS; i++)
		free(reader.headings[i]);
	if (good && tables->count == 0)
		good = failure_set(failure, STATUS_USER_MISTAKE, "\"%s\" has no table", name);
	if (!good)
		tables_release(tables);
	return good;
}

void tables_release(struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		struct tables_table *table = &tables->tables[i];

		for (size_t j = 0; j < table->columns; j++)
			free(table->titles[j]);
		for (size_t j = 0; j < table->columns * table->rows; j++)
			free(table->cells[j]);
		for (size_t j = 0; j < table->rows; j++)
			free(table->keys[j]);
		free(table->section);
		free(table->titles);
		free(table->cells);
		free(table->keys);
	}
	free(tables->tables);
	*tables = (struct tables){0};
}
