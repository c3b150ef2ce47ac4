#include "target/ollama_table.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Between columns and after the last one; an empty first column makes it the indentation too. */
static const char padding[] = "    ";

/* In the first column, and in others that have fewer lines than their row, continuation lines hold this. */
static const char filler[] = "  ";

/* What a line that is too long costs, besides its square. */
static const int64_t too_long_cost = 100000;

/* A cell's text, cut at every blank, for the choice of line ends. */
struct words {
	char *text;      /* blanks are NUL while it is cut */
	size_t count;    /* words; two blanks in a row have an empty one between them */
	size_t *begins;  /* of each word in `text`, and one behind the last */
	size_t *columns; /* [i]: width of the words before word i */
	size_t longest;  /* width of the widest word */
};

static struct words words_cut(char *text)
{
	size_t size = strlen(text), count = 1;
	struct words words = {.text = text};

	for (size_t i = 0; i < size; i++)
		count += text[i] == ' ';
	words.begins = memory_new(count + 1, sizeof(*words.begins));
	words.columns = memory_new(count + 1, sizeof(*words.columns));
	for (size_t at = 0; at <= size; words.count++) {
		size_t length = strcspn(text + at, " "), width;

		text[at + length] = '\0';
		width = text_width(text + at);
		words.begins[words.count] = at;
		words.columns[words.count + 1] = words.columns[words.count] + width;
		words.longest = width > words.longest ? width : words.longest;
		at += length + 1;
	}
	assert(words.count == count);
	words.begins[count] = size + 1;
	return words;
}

/* Of a line of words [first, end). */
static size_t line_width(const struct words *words, size_t first, size_t end)
{
	return words->columns[end] - words->columns[first] + (end - first - 1);
}

/*
 * Where each line should end that begins with a word: `ends`, owned by the
 * caller. Chosen so that the sum of the squares of what lines lack to the
 * limit is least, the last line being free; of equal choices the shortest
 * first line.
 */
static size_t *choose_ends(const struct words *words, size_t limit)
{
	size_t *ends = memory_new(words->count, sizeof(*ends));
	int64_t *costs = memory_new(words->count, sizeof(*costs));

	for (size_t first = words->count; first-- > 0;) {
		costs[first] = INT64_MAX;
		if (line_width(words, first, words->count) <= limit) {
			costs[first] = 0;
			ends[first] = words->count;
			continue;
		}
		for (size_t end = first + 1; end < words->count; end++) {
			int64_t lack = (int64_t)limit - (int64_t)line_width(words, first, end);
			int64_t line = lack * lack + (lack < 0 ? too_long_cost : 0);

			/* From here on each further word only makes it dearer. */
			if (lack < 0 && line >= costs[first])
				break;
			if (line + costs[end] < costs[first]) {
				costs[first] = line + costs[end];
				ends[first] = end;
			}
		}
	}
	free(costs);
	return ends;
}

/* Puts \n where lines end and blanks elsewhere, and returns the width of the widest line. */
static size_t words_join(struct words *words, const size_t *ends)
{
	size_t widest = 0;

	for (size_t i = 1; i < words->count; i++)
		words->text[words->begins[i] - 1] = ' ';
	for (size_t first = 0; first < words->count; first = ends[first]) {
		size_t width = line_width(words, first, ends[first]);

		widest = width > widest ? width : widest;
		if (ends[first] < words->count)
			words->text[words->begins[ends[first]] - 1] = '\n';
	}
	return widest;
}

/* Returns the width that the cell takes: a wrapped one takes the whole limit, even if its lines are shorter. */
static size_t wrap(char *cell, size_t limit)
{
	size_t width = text_width(cell), widest;
	struct words words;
	size_t *ends;

	if (width <= limit)
		return width;
	words = words_cut(cell);
	ends = choose_ends(&words, words.longest > limit ? words.longest : limit);
	widest = words_join(&words, ends);
	free(ends);
	free(words.begins);
	free(words.columns);
	return widest > limit ? widest : limit;
}

void ollama_table_add_row(struct ollama_table *table)
{
	table->rows = memory_grow(table->rows, &table->capacity, table->count, sizeof(*table->rows));
	table->rows[table->count] = (struct ollama_row){.order = table->count};
	table->count++;
}

void ollama_table_add_cell(struct ollama_table *table, const char *text, size_t size)
{
	struct ollama_row *row;
	struct text masked = {0};
	size_t column, width;

	assert(table->count > 0 && table->limit > 0);
	row = &table->rows[table->count - 1];
	column = row->count;
	text_add_masked(&masked, text, size);
	row->cells = memory_grow(row->cells, &row->capacity, row->count, sizeof(*row->cells));
	row->cells[row->count++] = text_take(&masked);
	width = wrap(row->cells[column], table->limit);
	if (column == table->width_count) {
		table->widths =
		    memory_grow(table->widths, &table->width_capacity, table->width_count, sizeof(*table->widths));
		table->widths[table->width_count++] = 0;
	}
	if (width > table->widths[column])
		table->widths[column] = width;
}

static const char *first_cell(const struct ollama_row *row)
{
	return row->count > 0 ? row->cells[0] : "";
}

static int compare_rows(const void *a, const void *b)
{
	const struct ollama_row *left = a, *right = b;
	int order = strcmp(first_cell(left), first_cell(right));

	return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

void ollama_table_sort(struct ollama_table *table)
{
	if (table->count > 0)
		qsort(table->rows, table->count, sizeof(*table->rows), compare_rows);
}

/* The next line of a cell, padded to its column; *cell moves behind it and becomes NULL after the last one. */
static void print_line(const char **cell, size_t column_width, struct text *into)
{
	size_t size = *cell != NULL ? strcspn(*cell, "\n") : 0;
	char *line = *cell != NULL ? memory_copy(*cell, size) : memory_string(filler);

	text_add(into, line);
	for (size_t width = text_width(line); width < column_width; width++)
		text_add_char(into, ' ');
	text_add(into, padding);
	free(line);
	if (*cell != NULL)
		*cell = (*cell)[size] == '\n' ? *cell + size + 1 : NULL;
}

static size_t height(const struct ollama_row *row)
{
	size_t most = 1;

	for (size_t i = 0; i < row->count; i++) {
		size_t lines = 1;

		for (const char *at = row->cells[i]; *at != '\0'; at++)
			lines += *at == '\n';
		most = lines > most ? lines : most;
	}
	return most;
}

static void print_row(const struct ollama_row *row, const size_t *widths, struct text *into)
{
	const char **cells = memory_new(row->count, sizeof(*cells));
	size_t lines = height(row);

	for (size_t i = 0; i < row->count; i++)
		cells[i] = row->cells[i];
	for (size_t line = 0; line < lines; line++) {
		text_addf(into, "%s%s", line > 0 ? filler : "", padding);
		for (size_t i = 0; i < row->count; i++)
			print_line(&cells[i], widths[i], into);
		text_add_char(into, '\n');
	}
	free(cells);
}

void ollama_table_print(const struct ollama_table *table, struct text *into)
{
	for (size_t i = 0; i < table->count; i++)
		print_row(&table->rows[i], table->widths, into);
}

void ollama_table_release(struct ollama_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		for (size_t j = 0; j < table->rows[i].count; j++)
			free(table->rows[i].cells[j]);
		free(table->rows[i].cells);
	}
	free(table->rows);
	free(table->widths);
	*table = (struct ollama_table){0};
}
