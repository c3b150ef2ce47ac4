/*
 * Plots for the tests of drawing: ordinary ones, and some that ask too much.
 */
#ifndef PLOTS_H
#define PLOTS_H

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "plot/plot.h"

static struct plot *lines(void)
{
	static const char *const names[] = {"llama3.2", "mistral",
	                                    "someone/with-a-long-name:70b-instruct-q4_K_M-and-more-words"};
	struct plot *plot = plot_new("lines", "Output tokens/s by parallel");

	plot_set_axis(&plot->x, "parallel", NULL, PLOT_LOG2);
	plot_set_axis(&plot->y, "output tokens/s", "tokens/s", PLOT_LINEAR);
	plot->y.from_zero = true;
	for (int m = 0; m < 3; m++) {
		struct plot_series *series = plot_add_series(plot, PLOT_LINE, names[m]);

		for (int i = 0; i < 8; i++) {
			double value = m == 1 && i == 4 ? NAN : (50 + 40 * m) * (1 + i);
			const struct interval interval = {value * 0.96, value * 1.04};

			plot_add_point(series, 1 << i, value, m == 2 ? NULL : &interval);
		}
	}
	return plot;
}

static struct plot *phases(void)
{
	struct plot *plot = plot_new("phases", "Memory over the course of the run");
	struct plot_series *series;

	plot_set_axis(&plot->x, "time", "s", PLOT_LINEAR);
	plot_set_axis(&plot->y, "memory", "GiB", PLOT_LINEAR);
	plot_add_band(plot, 2, 9, "loading");
	plot_add_band(plot, 9, 40, "measuring");
	plot_add_band(plot, 52, 60, "loading");
	plot_add_band(plot, 60, 99, "measuring");
	series = plot_add_series(plot, PLOT_LINE, "system, used");
	for (int i = 0; i < 50; i++)
		plot_add_point(series, 2 * i, i < 5 ? 4.25 : i < 22 ? 9.5 : i < 30 ? NAN : 7.75, NULL);
	return plot;
}

static struct plot *steps(void)
{
	struct plot *plot = plot_new("steps", "TTFT: share of requests within a time");

	plot_set_axis(&plot->x, "TTFT", "ms", PLOT_LOG10);
	plot_set_axis(&plot->y, "requests", "%", PLOT_LINEAR);
	for (int s = 0; s < 2; s++) {
		struct plot_series *series = plot_add_series(plot, PLOT_STEPS, s == 0 ? "parallel 1" : "parallel 16");

		for (int i = 1; i <= 10; i++)
			plot_add_point(series, (20 + 60 * s) * i, 10 * i, NULL);
	}
	return plot;
}

static struct plot *roofline(void)
{
	static const struct {
		const char *model;
		double gb, rate;
	} models[] = {{"qwen2.5:0.5b", 0.4, 160}, {"llama3.2:1b", 1.3, 62},   {"llama3.2", 2, 41},
	              {"mistral", 4.1, 21},       {"llama3.1:8b", 4.9, 17.5}, {"qwen2.5:7b", 4.7, 18},
	              {"llama3.1:70b", 43, 2}};
	struct plot *plot = plot_new("roofline", "Decode rate by model size");
	struct plot_series *series;

	plot_set_axis(&plot->x, "model size", "GB", PLOT_LOG10);
	plot_set_axis(&plot->y, "decode rate", "tokens/s", PLOT_LOG10);
	series = plot_add_series(plot, PLOT_POINTS, "Apple M4");
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		plot_add_point(series, models[i].gb, models[i].rate, NULL)->label = memory_string(models[i].model);
	series = plot_add_series(plot, PLOT_GUIDE, "120 GB/s / size");
	series->tone = 0;
	plot_add_point(series, 0.4, 300, NULL);
	plot_add_point(series, 43, 120 / 43.0, NULL);
	return plot;
}

static struct plot *bars(void)
{
	static const char *const models[] = {"llama3.2", "mistral", "phi4",
	                                     "a name that is longer than its place is wide"};
	struct plot *plot = plot_new("bars", "Tokens per joule <script>alert(1)</script> & \"more\"");

	plot_set_axis(&plot->x, "model", NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, "tokens/J", "tokens/J", PLOT_LINEAR);
	for (int s = 0; s < 2; s++) {
		struct plot_series *series =
		    plot_add_series(plot, PLOT_BARS, s == 0 ? "quiet" : "fast]]>\x1b[31m\n</svg>");

		for (int i = 0; i < 4; i++) {
			const struct interval interval = {i + 0.8, i + 1.3};

			plot_add_point(series, (double)plot_category(&plot->x, models[i]),
			               s == 1 && i == 2 ? NAN : i + 1 - s * 0.5, s == 0 ? &interval : NULL);
		}
	}
	return plot;
}

static struct plot *heat(void)
{
	struct plot *plot = plot_new("heat", "Output tokens/s by context size and parallel");

	plot_set_axis(&plot->x, "parallel", NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, "context size", NULL, PLOT_LINEAR);
	for (int i = 0; i < 8; i++) {
		char *name = text_format("%d", 1 << i);

		plot_category(&plot->x, name);
		free(name);
	}
	for (int i = 0; i < 5; i++) {
		char *name = text_format("%d", 1024 << i);

		plot_category(&plot->y, name);
		free(name);
	}
	plot_make_heat(plot, "output tokens/s", "tokens/s");
	for (size_t x = 0; x < 8; x++)
		for (size_t y = 0; y < 5 && x + y < 9; y++)
			plot_set_heat(plot, x, y, 90.0 * (double)(x + 1) / (1 + (double)y / 8));
	return plot;
}

/* As many series, categories and letters as nobody should ask for. */
static struct plot *crowd(void)
{
	struct plot *plot =
	    plot_new("crowd", "A title that goes on and on, longer than any canvas is wide, because somebody "
	                      "named a model so that it does not fit anywhere at all");

	plot_set_axis(&plot->x,
	              "an axis whose label is too long as well, at least for the space that there is, and some more",
	              "units", PLOT_LINEAR);
	plot_set_axis(&plot->y,
	              "so is this one: it is longer than the picture, too, and ends somewhere beyond its right edge",
	              "units", PLOT_LINEAR);
	for (int i = 0; i < 200; i++) {
		char *name = text_format("category number %d", i);

		plot_category(&plot->x, name);
		free(name);
	}
	for (int s = 0; s < 30; s++) {
		char *name = text_format("series %d with 日本語 and a few words more", s);
		struct plot_series *series = plot_add_series(plot, PLOT_LINE, name);

		for (int i = 0; i < 200; i += 7)
			plot_add_point(series, i, -1e15 + s * 1e13 * i, NULL);
		free(name);
	}
	return plot;
}

static struct plot *lonely(void)
{
	struct plot *plot = plot_new("lonely", "");

	plot_set_axis(&plot->x, NULL, NULL, PLOT_LOG10);
	plot_set_axis(&plot->y, NULL, NULL, PLOT_LOG10);
	plot_add_point(plot_add_series(plot, PLOT_POINTS, NULL), 1e-9, 3e-12, NULL)->label = memory_string("here");
	return plot;
}

static struct plot *cloud(void)
{
	struct plot *plot = plot_new("cloud", "Labels that want the same place");
	struct plot_series *series;

	plot_set_axis(&plot->x, "x", NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, "y", NULL, PLOT_LINEAR);
	series = plot_add_series(plot, PLOT_POINTS, NULL);
	for (int i = 0; i < 60; i++)
		plot_add_point(series, i % 8 * 1.1, i % 7, NULL)->label = text_format("label %d of 60", i);
	return plot;
}

static struct plot *wide_heat(void)
{
	struct plot *plot = plot_new("wide-heat", "Sixty columns and thirty rows of one value");

	plot_set_axis(&plot->x, "columns", NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, "rows", NULL, PLOT_LINEAR);
	for (int i = 0; i < 60; i++) {
		char *name = text_format("column %d", i),
		     *row = text_format("row %d with words, and more words, and more", i);

		plot_category(&plot->x, name);
		if (i < 30)
			plot_category(&plot->y, row);
		free(name);
		free(row);
	}
	plot_make_heat(plot, "value", NULL);
	plot_set_heat(plot, 3, 3, 123456);
	return plot;
}

#endif
