/*
 * Colours: those of Okabe and Ito (Color Universal Design, 2008), which people
 * with any colour vision can tell apart, made darker for a light ground and
 * lighter for a dark one where they would not have a contrast of 3:1 to it
 * (WCAG 2.1, 1.4.11). A heat map goes from near the ground to far from it, in
 * one hue.
 */
#include "plot/svg.h"

static const struct colour {
	const char *selector, *property;
	const char *variable; /* of a page */
	const char *light, *dark;
} colours[] = {
    {".ground", "fill", "ground", "#ffffff", "#16191d"},  {".ink,.title,.value", "fill", "ink", "#1b1f24", "#e8eaed"},
    {".muted", "fill", "muted", "#59636e", "#a3adb8"},    {".grid", "stroke", "grid", "#e1e4e8", "#30363d"},
    {".axis", "stroke", "muted", "#59636e", "#a3adb8"},   {".rim", "stroke", "ground", "#ffffff", "#16191d"},
    {".hatch", "stroke", "grid", "#d0d5da", "#3d444d"},   {".s1", "color", "series-1", "#0072b2", "#56b4e9"},
    {".s2", "color", "series-2", "#d55e00", "#f28a3d"},   {".s3", "color", "series-3", "#008a64", "#2fc79a"},
    {".s4", "color", "series-4", "#b8578f", "#e79ac6"},   {".s5", "color", "series-5", "#a67000", "#e69f00"},
    {".s6", "color", "series-6", "#3a4048", "#f2f3f5"},   {".s7", "color", "series-7", "#5b5bd6", "#9d9df5"},
    {".s8", "color", "series-8", "#7d7400", "#f0e442"},   {".h1", "fill", "heat-1", "#e6f0f8", "#16293a"},
    {".h2", "fill", "heat-2", "#c3dcee", "#1b3f5c"},      {".h3", "fill", "heat-3", "#98c4e3", "#1f5680"},
    {".h4", "fill", "heat-4", "#65a7d4", "#2a72a8"},      {".h5", "fill", "heat-5", "#2f84bd", "#4b95cc"},
    {".h6", "fill", "heat-6", "#0f6199", "#83bbe6"},      {".h7", "fill", "heat-7", "#083f66", "#c5e2f8"},
    {".over", "color", "ink", "#1b1f24", "#e8eaed"},      {".far", "fill", "heat-far", "#1b1f24", "#f2f6fa"},
    {".near", "fill", "heat-near", "#ffffff", "#0d1a26"},
};

/* A page says by its color-scheme which of the two holds. */
static void add_page_colours(struct text *into)
{
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		text_addf(into, ".plot :is(%s){%s:var(--%s,light-dark(%s,%s))}\n", colours[i].selector,
		          colours[i].property, colours[i].variable, colours[i].light, colours[i].dark);
}

static void add_colours(struct text *into, bool dark)
{
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		text_addf(into, "%s{%s:%s}\n", colours[i].selector, colours[i].property,
		          dark ? colours[i].dark : colours[i].light);
}

void style_add(struct text *into, bool page)
{
	const char *of = page ? ".plot " : "";

	text_addf(into,
	          "%s{font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif}\n"
	          "%stext.title{font-size:15px;font-weight:600}\n"
	          "%stext.value{font-size:11px}\n"
	          "%s.line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}\n"
	          "%s.guide{fill:none;stroke:currentColor;stroke-width:1.2;stroke-dasharray:6 4}\n"
	          "%s.hatch{fill:none}\n"
	          "%s.error{fill:none;stroke:currentColor;stroke-width:1.2}\n"
	          "%s.mark{fill:currentColor;stroke-width:1}\n"
	          "%s.quiet{fill:currentColor;opacity:0}\n"
	          "%s.band{fill:currentColor;fill-opacity:.13}\n"
	          "%s.point:hover,%s.point:focus{opacity:1;outline:none;stroke:currentColor;stroke-width:4}\n",
	          page ? ".plot" : "svg", of, of, of, of, of, of, of, of, of, of, of);
	if (page) {
		add_page_colours(into);
		return;
	}
	add_colours(into, false);
	text_add(into, "@media (prefers-color-scheme:dark){\n");
	add_colours(into, true);
	text_add(into, "}\n");
}
