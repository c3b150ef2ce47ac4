#include <math.h>

#include "plot/svg.h"

enum { CELL_HEIGHT = 34, CELL_WIDTH_MOST = 96, SIDE_MOST = 220, VALUE_SIZE = 11, MANY_ROWS = 24, LOW_HEIGHT = 20 };

static double value_at(const struct plot *plot, size_t x, size_t y)
{
	return plot->heat[x * plot->y.category_count + y];
}

/* drawing->x has the range of values. */
void heat_fit(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	size_t columns = plot->x.category_count, rows = plot->y.category_count;
	struct box *inside = &drawing->inside;
	double side = 0;

	for (size_t i = 0; i < rows; i++)
		side = fmax(side, svg_text_width(plot->y.categories[i], TEXT_SIZE));
	inside->x = MARGIN + fmin(side, SIDE_MOST) + 8;
	inside->y = drawing->top + (plot->y.label ? 28 : 12);
	inside->width = fmin(CANVAS_WIDTH - MARGIN - inside->x, (double)(columns * CELL_WIDTH_MOST));
	inside->height = (double)(rows * (rows > MANY_ROWS ? LOW_HEIGHT : CELL_HEIGHT));
	drawing->height = inside->y + inside->height + 22 + (plot->x.label ? 20 : 0) + MARGIN / 2.0;
	drawing->x = (struct scale){.low = INFINITY, .high = -INFINITY};
	for (size_t x = 0; x < columns; x++)
		for (size_t y = 0; y < rows; y++) {
			drawing->x.low = fmin(drawing->x.low, value_at(plot, x, y));
			drawing->x.high = fmax(drawing->x.high, value_at(plot, x, y));
		}
}

static int step_of(const struct drawing *drawing, double value)
{
	double span = drawing->x.high - drawing->x.low;
	int step = span > 0 ? (int)((value - drawing->x.low) / span * HEAT_STEPS) : HEAT_STEPS / 2;

	return step < HEAT_STEPS ? step : HEAT_STEPS - 1;
}

/* What is missing is hatched. */
static void draw_missing(struct drawing *drawing, const struct box *cell)
{
	text_addf(drawing->into, "<path class=\"hatch\" d=\"");
	for (int line = 1; 8 * line < cell->width + cell->height; line++) {
		double x = fmin(8 * line, cell->width), y = 8 * line - x;
		double down = fmin(x, cell->height - y);

		text_addf(drawing->into, "M%.1f,%.1fl%.1f,%.1f", cell->x + x, cell->y + y, -down, down);
	}
	text_add(drawing->into, "\"/>");
}

static void draw_cell(struct drawing *drawing, size_t x, size_t y, const struct box *cell)
{
	double value = value_at(drawing->plot, x, y);
	bool known = isfinite(value);
	struct text *into = drawing->into;
	struct text words = {0};
	int step = known ? step_of(drawing, value) : 0;

	text_add(into, "<g class=\"point\" tabindex=\"0\"><title>");
	say_heat(drawing->plot, x, y, &words);
	svg_add_escaped(into, text_string(&words));
	text_add(into, "</title>");
	text_addf(into, "<rect class=\"%s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
	          known ? "h" : "ground n", known ? step + 1 : 0, cell->x, cell->y, cell->width, cell->height);
	if (!known)
		draw_missing(drawing, cell);
	text_clear(&words);
	number_add(&words, value, DIGITS_IN_CELLS);
	if (known && svg_text_width(text_string(&words), VALUE_SIZE) < cell->width)
		svg_add_text(into, step < HEAT_DARK ? "value far" : "value near", cell->x + cell->width / 2,
		             cell->y + cell->height / 2 + 4, ANCHOR_MIDDLE, text_string(&words), cell->width,
		             VALUE_SIZE);
	text_add(into, "</g>\n");
	text_release(&words);
}

static void draw_names(struct drawing *drawing, double width, double height)
{
	const struct plot *plot = drawing->plot;
	const struct box *inside = &drawing->inside;
	double bottom = inside->y + inside->height;
	size_t every = axis_names_every(&plot->x, width);

	for (size_t x = 0; x < plot->x.category_count; x += every)
		svg_add_text(drawing->into, "muted", inside->x + width * ((double)x + 0.5), bottom + 18, ANCHOR_MIDDLE,
		             plot->x.categories[x], width * (double)every - 4, TEXT_SIZE);
	for (size_t y = 0; y < plot->y.category_count; y++)
		svg_add_text(drawing->into, "muted", inside->x - 8, inside->y + height * ((double)y + 0.5) + 4,
		             ANCHOR_END, plot->y.categories[y], SIDE_MOST, TEXT_SIZE);
	if (plot->y.label != NULL)
		svg_add_text(drawing->into, "ink", MARGIN, inside->y - 10, ANCHOR_START, plot->y.label,
		             CANVAS_WIDTH - 2 * MARGIN, TEXT_SIZE);
	if (plot->x.label != NULL)
		svg_add_text(drawing->into, "ink", inside->x + inside->width / 2, bottom + 38, ANCHOR_MIDDLE,
		             plot->x.label, CANVAS_WIDTH / 2.0, TEXT_SIZE);
}

void heat_draw(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	const struct box *inside = &drawing->inside;
	double width = inside->width / (double)plot->x.category_count;
	double height = inside->height / (double)plot->y.category_count;

	for (size_t y = 0; y < plot->y.category_count; y++)
		for (size_t x = 0; x < plot->x.category_count; x++) {
			const struct box cell = {inside->x + width * (double)x + 1, inside->y + height * (double)y + 1,
			                         width - 2, height - 2};

			draw_cell(drawing, x, y, &cell);
		}
	draw_names(drawing, width, height);
}
