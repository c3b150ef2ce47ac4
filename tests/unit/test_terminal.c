#include <stdlib.h>

#include "document/document.h"
#include "tap.h"

static char *shown(struct document *document, size_t width, bool colour)
{
	struct text text = {0};

	document_write_terminal(document, width, colour, &text);
	document_release(document);
	return text_take(&text);
}

static bool fits(const char *text, size_t width)
{
	bool fit = true;

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		char *line = text_format("%.*s", (int)length, text);

		fit = fit && text_width(line) <= width;
		free(line);
		text += length + (text[length] == '\n');
	}
	return fit;
}

static void prose_is_folded(void)
{
	struct document document = {0};
	char *got;

	text_add(document_heading(&document, 1), "Title");
	text_add(document_paragraph(&document), "One two three four five six seven eight nine ten.");
	text_add(document_item(&document), "alpha beta gamma delta epsilon zeta eta theta");
	text_add(document_subitem(&document), "alpha beta gamma delta epsilon zeta eta theta");
	text_add(document_step(&document), "first");
	text_add(document_step(&document), "second");
	text_add(document_code(&document), "short  \n0123456789012345678901234567890123456789\n\n\033[2J");
	document_rule(&document);
	got = shown(&document, 40, false);
	is_text(got,
	        "Title\n\nOne two three four five six seven eight\nnine ten.\n\n"
	        "- alpha beta gamma delta epsilon zeta\n  eta theta\n"
	        "  - alpha beta gamma delta epsilon zeta\n    eta theta\n\n1. first\n2. second\n\n"
	        "  short\n  0123456789012345678901234567890123456…\n\n  ?[2J\n\n"
	        "────────────────────────────────────────\n",
	        "paragraphs, lists, code, rules");
	free(got);
}

static void long_words_are_broken(void)
{
	struct document document = {0};
	char *got;

	text_add(document_paragraph(&document), "日本語日本語日本語日本語日本語日本語日本語日本語");
	text_add(document_paragraph(&document), "x 0123456789012345678901234567890123456789012345");
	got = shown(&document, 41, false);
	is_text(got,
	        "日本語日本語日本語日本語日本語日本語日本\n語日本語\n\n"
	        "x\n01234567890123456789012345678901234567890\n12345\n",
	        "a character of two columns is never cut, nor stands over the edge");
	free(got);
}

static void marks_are_colours(void)
{
	struct document document = {0};
	char *got;

	text_add(document_heading(&document, 2), "Title");
	text_add(document_paragraph(&document),
	         "0123456789 0123456789 " STRONG("0123456789 0123456789 0123456789") " " CODE("c") ".");
	got = shown(&document, 40, true);
	is_text(got,
	        "\033[1mTitle\033[0m\n\n0123456789 0123456789 \033[1m0123456789\033[0m\n"
	        "\033[1m0123456789 0123456789\033[0m \033[36mc\033[0m.\n",
	        "bold goes on in the next line, and ends at the end of each");
	free(got);
}

static struct table *add_table(struct document *document)
{
	struct table *table = document_table(document);

	table_column(table, "Model");
	table_number_column(table, "Output tokens/s");
	table_column(table, "Notes");
	return table;
}

static void tables_are_aligned(void)
{
	struct document document = {0};
	struct table *table = add_table(&document);
	char *got;

	table_row(table);
	table_cell_text(table, "日本");
	table_cell_number(table, 1234.5, 1);
	table_row(table);
	table_cell_text(table, "a_b|c");
	table_cell_number(table, NAN, 1);
	text_add(table_cell(table, NAN), STRONG("best"));
	got = shown(&document, 80, false);
	is_text(got,
	        "         Output\nModel  tokens/s  Notes\n─────  ────────  ─────\n日本     1234.5\na_b|c         –  "
	        "best\n",
	        "by columns of the terminal, without blanks at the end");
	free(got);
}

static void words_are_folded_before_a_table_is_parted(void)
{
	struct document document = {0};
	struct table *table = add_table(&document);
	char *got;

	table_row(table);
	table_cell_text(table, "m");
	table_cell_number(table, 1, 0);
	table_cell_text(table, "failed to allocate a buffer of 8891928576 bytes");
	table_row(table);
	table_cell_text(table, "n");
	got = shown(&document, 40, false);
	is_text(got,
	        "         Output\nModel  tokens/s  Notes\n─────  ────────  ───────────────────────\n"
	        "m             1  failed to allocate a\n                 buffer of 8891928576\n"
	        "                 bytes\nn\n",
	        "notes on several lines");
	free(got);
}

static void wide_tables_come_in_parts(void)
{
	struct document document = {0};
	struct table *table = document_table(&document);
	char *got;

	table_column(table, "Model");
	table_column(table, "Cell");
	table_column(table, "Of");
	for (size_t i = 0; i < 4; i++)
		table_number_column(table, i % 2 == 0 ? "TTFT p50 (ms)" : "E2E");
	table_row(table);
	table_cell_text(table, "m");
	table_cell_text(table, "parallel 1");
	table_cell_text(table, "me");
	for (size_t i = 0; i < 4; i++)
		table_cell_text(table, "1234 [1200, 1300]");
	got = shown(&document, 60, false);
	is_text(got,
	        "Model  Cell        Of      TTFT p50 (ms)                E2E\n"
	        "─────  ──────────  ──  ─────────────────  ─────────────────\n"
	        "m      parallel 1  me  1234 [1200, 1300]  1234 [1200, 1300]\n\n"
	        "Model  Cell        Of      TTFT p50 (ms)                E2E\n"
	        "─────  ──────────  ──  ─────────────────  ─────────────────\n"
	        "m      parallel 1  me  1234 [1200, 1300]  1234 [1200, 1300]\n",
	        "the first columns stand in each part");
	free(got);
}

/* Whatever the width, nothing is lost and nothing stands over. */
static void nothing_is_left_out(void)
{
	bool fit = true, whole = true;

	for (size_t width = TERMINAL_LEAST; width <= 220; width++) {
		struct document document = {0};
		struct table *table = document_table(&document);
		char *got;

		table_column(table, "Model");
		table_column(table, "Cell");
		for (size_t i = 0; i < 12; i++)
			table_number_column(table, "Time to first token p99 (ms)");
		table_column(table, "Notes");
		table_row(table);
		table_cell_text(table, "hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M");
		table_cell_text(table, "parallel 1");
		for (size_t i = 0; i < 12; i++)
			table_cell_number(table, 1000 + (double)i, 1);
		table_cell_text(table, "remark one two three four five six seven eight nine ten");
		got = shown(&document, width, false);
		fit = fit && fits(got, width);
		for (size_t i = 0; i < 12; i++) {
			char *figure = text_format("%zu.0", 1000 + i);

			whole = whole && strstr(got, figure) != NULL;
			free(figure);
		}
		whole = whole && strstr(got, "remark") != NULL && strstr(got, "ten") != NULL;
		free(got);
	}
	ok(fit, "no line is wider than the terminal, from 40 to 220 columns");
	ok(whole, "every cell is there at each width");
}

int main(void)
{
	prose_is_folded();
	long_words_are_broken();
	marks_are_colours();
	tables_are_aligned();
	words_are_folded_before_a_table_is_parted();
	wide_tables_come_in_parts();
	nothing_is_left_out();
	return tap_done();
}
