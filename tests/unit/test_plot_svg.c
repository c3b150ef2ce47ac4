/*
 * Drawings: a few to the letter (UPDATE=1 writes tests/expected/plot anew: look at the pictures before committing), and
 * of these and harder ones that nothing overlaps, leaves the canvas, or breaks the XML.
 */
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "plot/svg.h"
#include "plots.h"
#include "tap.h"

/* Tags are closed in the order in which they were opened, and nothing else is in angle brackets. */
static bool is_well_formed(const char *svg)
{
	char open[16][16];
	size_t depth = 0;

	for (const char *at = svg; (at = strchr(at, '<')) != NULL;) {
		const char *end = strchr(at, '>');
		bool closes = at[1] == '/';
		char name[16] = "";

		if (end == NULL || sscanf(at + 1 + closes, "%15[a-z]", name) != 1)
			return false;
		if (closes && (depth == 0 || strcmp(open[--depth], name) != 0))
			return false;
		if (!closes && end[-1] != '/') {
			if (depth == 16)
				return false;
			strcpy(open[depth++], name);
		}
		at = end;
	}
	for (const char *at = svg; *at != '\0'; at++)
		if (((unsigned char)*at < ' ' && *at != '\n') ||
		    (*at == '&' && strspn(at + 1, "abcdefghijklmnopqrstuvwxyz") == 0))
			return false;
	return depth == 0;
}

struct label {
	struct box box;
	char words[80];
};

/* The next <text>, as wide as the drawing believes it to be. */
static const char *next_label(const char *at, struct label *label)
{
	double size = TEXT_SIZE, width;
	char class[40], anchor[16] = "";
	double x, y;

	at = strstr(at, "<text ");
	if (at == NULL || sscanf(at, "<text class=\"%39[^\"]\" x=\"%lf\" y=\"%lf\"", class, &x, &y) != 3)
		return NULL;
	sscanf(strstr(at, " y="), " y=\"%*[^\"]\" text-anchor=\"%15[a-z]", anchor);
	at = strchr(at, '>') + 1;
	snprintf(label->words, sizeof(label->words), "%.*s", (int)strcspn(at, "<"), at);
	if (strcmp(class, "title") == 0)
		size = TITLE_SIZE;
	{
		char *words = text_format("%.*s", (int)strcspn(at, "<"), at);

		width = svg_text_width(words, size);
		free(words);
	}
	x -= anchor[0] == 'm' ? width / 2 : anchor[0] == 'e' ? width : 0;
	label->box = (struct box){x, y - size * 0.75, width, size * 0.9};
	return at;
}

static bool overlap(const struct box *a, const struct box *b)
{
	return a->x + 0.5 < b->x + b->width && b->x + 0.5 < a->x + a->width && a->y + 0.5 < b->y + b->height &&
	       b->y + 0.5 < a->y + a->height;
}

static void check_layout(const char *svg, const char *name)
{
	struct label *labels = memory_new(2000, sizeof(*labels));
	size_t count = 0, wrong = 0;
	double width = 0, height = 0;

	sscanf(strstr(svg, "viewBox"), "viewBox=\"0 0 %lf %lf\"", &width, &height);
	for (const char *at = svg; count < 2000 && (at = next_label(at, &labels[count])) != NULL;)
		count++;
	for (size_t i = 0; i < count; i++) {
		const struct box *box = &labels[i].box;

		if (box->x < 0 || box->y < 0 || box->x + box->width > width || box->y + box->height > height) {
			printf("# outside: %s\n", labels[i].words);
			wrong++;
		}
		for (size_t k = 0; k < i; k++)
			if (overlap(box, &labels[k].box)) {
				printf("# overlap: %s / %s\n", labels[i].words, labels[k].words);
				wrong++;
			}
	}
	is_int(wrong, 0, name);
	free(labels);
}

static void check_expected(const char *svg, const char *name)
{
	char *path = text_format("tests/expected/plot/%s.svg", name);
	struct failure failure = {0};
	struct text want = {0};

	if (getenv("UPDATE") != NULL)
		file_replace(path, svg, strlen(svg), &failure);
	ok(file_read(path, 1 << 20, &want, &failure) && strcmp(text_string(&want), svg) == 0, path);
	text_release(&want);
	failure_release(&failure);
	free(path);
}

static void check(struct plot *plot, bool expected)
{
	struct text first = {0}, again = {0}, page = {0};

	plot_add_svg(plot, &first);
	plot_add_svg(plot, &again);
	plot_add_inline_svg(plot, 7, &page);
	ok(is_well_formed(text_string(&first)) && is_well_formed(text_string(&page)), plot->name);
	is_text(text_string(&again), text_string(&first), "drawn again it is the same");
	check_layout(text_string(&first), plot->name);
	ok(strstr(text_string(&first), "nan") == NULL && strstr(text_string(&first), "inf\"") == NULL,
	   "nothing is drawn at no place");
	ok(strstr(text_string(&page), "<style") == NULL && strstr(text_string(&page), "id=\"plot-7-title\"") != NULL,
	   "in a page it has ids of its own and the page's style");
	if (expected)
		check_expected(text_string(&first), plot->name);
	text_release(&first);
	text_release(&again);
	text_release(&page);
	plot_free(plot);
}

static void check_words(struct plot *plot, const char *words)
{
	struct text svg = {0};
	char *title = text_format("<title>%s</title>", words);

	plot_add_svg(plot, &svg);
	ok(strstr(text_string(&svg), title) != NULL, words);
	text_release(&svg);
	free(title);
	plot_free(plot);
}

static void test_words(void)
{
	check_words(lines(), "llama3.2, parallel 16: 250 tokens/s [240, 260]");
	check_words(lines(), "someone/with-a-long-name:70b-instruct-q4_K_M-and-more-words, parallel 1: 130 tokens/s");
	check_words(phases(), "system, used, time 2 s: 4.250 GiB");
	check_words(roofline(), "Apple M4, mistral, model size 4.100 GB: 21 tokens/s");
	check_words(heat(), "parallel 128, context size 1024: 720 tokens/s");
	check_words(heat(), "parallel 128, context size 16384: not measured");
	check_words(bars(), "fast]]&gt;?[31m &lt;/svg&gt;, model llama3.2: 0.5000 tokens/J");
}

static size_t count_of(const char *svg, const char *what)
{
	size_t count = 0;

	for (const char *at = svg; (at = strstr(at, what)) != NULL; at++)
		count++;
	return count;
}

static void test_unknown(void)
{
	struct plot *plot = lines(), *empty = plot_new("a/b c", "nothing");
	struct text svg = {0};

	plot_add_svg(plot, &svg);
	is_int(count_of(text_string(&svg), "class=\"point"), 23, "an unknown point is none");
	is_int(count_of(text_string(&svg), "class=\"error\""), 15, "nor has it an interval");
	plot_free(plot);
	text_release(&svg);
	is_text(empty->name, "a-b-c", "a name is safe in files");
	ok(plot_is_empty(empty), "a plot without series is empty");
	plot_set_axis(&empty->y, "y", NULL, PLOT_LOG10);
	plot_add_point(plot_add_series(empty, PLOT_LINE, NULL), 1, 0, NULL);
	plot_add_point(&empty->series[0], 2, NAN, NULL);
	plot_add_point(plot_add_series(empty, PLOT_GUIDE, NULL), 1, 1, NULL);
	ok(plot_is_empty(empty),
	   "and one with only unknown points, some that a logarithmic axis cannot show, and guides");
	plot_add_point(&empty->series[0], 3, 1, NULL);
	ok(!plot_is_empty(empty), "one point makes it a picture");
	plot_free(empty);
	plot_free(NULL);
}

/* Relative luminance and contrast of WCAG 2.1. */
static double luminance(const char *colour)
{
	static const double weights[] = {0.2126, 0.7152, 0.0722};
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		unsigned byte = 0;
		double share;

		sscanf(colour + 1 + 2 * i, "%2x", &byte);
		share = byte / 255.0;
		sum += weights[i] * (share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(const char *a, const char *b)
{
	double left = luminance(a), right = luminance(b);

	return (fmax(left, right) + 0.05) / (fmin(left, right) + 0.05);
}

/* The colour of a rule, in the part of the style that begins there. */
static const char *colour_of(const char *style, const char *rule)
{
	const char *at = strstr(style, rule);

	return at != NULL ? strchr(at, '#') : "#000000";
}

static void test_colours(void)
{
	struct text style = {0};
	const char *parts[2];

	style_add(&style, false);
	parts[0] = text_string(&style);
	parts[1] = strstr(parts[0], "@media");
	for (int dark = 0; dark < 2; dark++) {
		const char *ground = colour_of(parts[dark], "\n.ground{");

		ok(contrast(colour_of(parts[dark], "\n.muted{"), ground) >= 4.5, "labels can be read");
		for (int i = 1; i <= PLOT_TONES; i++) {
			char *rule = text_format("\n.s%d{", i),
			     *what = text_format("series %d, %s", i, dark ? "dark" : "light");

			ok(contrast(colour_of(parts[dark], rule), ground) >= 3, what);
			free(rule);
			free(what);
		}
		for (int i = 1; i <= HEAT_STEPS; i++) {
			char *rule = text_format("\n.h%d{", i), *what = text_format("text in heat %d", i);
			const char *text = colour_of(parts[dark], i <= HEAT_DARK ? "\n.far{" : "\n.near{");

			ok(contrast(colour_of(parts[dark], rule), text) >= 4.5, what);
			free(rule);
			free(what);
		}
	}
	text_release(&style);
}

int main(void)
{
	check(lines(), true);
	check(phases(), true);
	check(steps(), true);
	check(roofline(), true);
	check(bars(), true);
	check(heat(), true);
	check(crowd(), false);
	check(lonely(), false);
	check(cloud(), false);
	check(wide_heat(), false);
	test_words();
	test_unknown();
	test_colours();
	return tap_done();
}
