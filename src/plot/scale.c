#include "plot/scale.h"

#include <assert.h>
#include <math.h>

/* The multiple of 1, 2 or 5 times a power of ten that makes at most `want` steps of the span. */
static double nice_step(double span, size_t want)
{
	static const double steps[] = {1, 2, 5};
	double power = pow(10, floor(log10(span / (double)want)));

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i] * power * (double)want >= span * (1 - 1e-9))
			return steps[i] * power;
	return 10 * power;
}

static void widen(double *low, double *high)
{
	double margin = *low == 0 ? 0 : fabs(*low) / 10;

	/* Beyond the digits of a double no ticks could be told apart. */
	if (*high - *low > 1e-9 * fmax(fabs(*low), fabs(*high)))
		return;
	*low -= margin;
	*high += margin > 0 ? margin : 1;
}

struct ticks ticks_linear(double low, double high, size_t want)
{
	struct ticks ticks = {.count = 0};
	double step, first, last;

	widen(&low, &high);
	step = nice_step(high - low, want);
	first = floor(low / step + 1e-9);
	last = ceil(high / step - 1e-9);
	ticks.step = step;
	ticks.low = first * step;
	ticks.high = last * step;
	while (ticks.count < TICKS_MAX && first + (double)ticks.count <= last) {
		double at = first + (double)ticks.count;

		ticks.values[ticks.count++] = at == 0 ? 0 : at * step; /* no -0 */
	}
	return ticks;
}

/* Every so many powers, and 2 and 5 of each where there is room. */
static void add_powers(struct ticks *ticks, double base, int first, int last, size_t want)
{
	int every = (last - first) / (int)want + 1;
	bool between = base > 2 && 3 * (last - first) <= (int)want;

	for (int power = first; power <= last; power++) {
		double at = pow(base, power);
		const double values[] = {at, 2 * at, 5 * at};

		for (size_t i = 0; i < (between ? 3 : 1) && (power - first) % every == 0; i++)
			if (ticks->count < TICKS_MAX && values[i] >= ticks->low * (1 - 1e-9) &&
			    values[i] <= ticks->high * (1 + 1e-9))
				ticks->values[ticks->count++] = values[i];
	}
}

/* The nearest value at or beyond it of 1, 2 and 5 times a power. */
static double outward(double value, double base, bool up)
{
	double power = pow(base, floor(log(value) / log(base) + 1e-9)), below = power;

	if (base == 2)
		return up && value > power * (1 + 1e-9) ? 2 * power : power;
	for (int i = 0; i < 3; i++) {
		static const double steps[] = {2, 5, 10};

		if (value <= below * (1 + 1e-9))
			return below;
		if (value < steps[i] * power * (1 - 1e-9))
			return up ? steps[i] * power : below;
		below = steps[i] * power;
	}
	return below;
}

struct ticks ticks_log(double low, double high, enum plot_scale scale, size_t want)
{
	double base = scale == PLOT_LOG2 ? 2 : 10;
	struct ticks ticks = {.count = 0};

	assert(low > 0 && high >= low);
	ticks.low = outward(low, base, false);
	ticks.high = outward(high, base, true);
	if (ticks.high <= ticks.low) {
		ticks.low /= 2;
		ticks.high *= 2;
	}
	ticks.whole = scale == PLOT_LOG2 && ticks.high < 1e9;
	add_powers(&ticks, base, (int)floor(log(ticks.low) / log(base) + 1e-9),
	           (int)ceil(log(ticks.high) / log(base) - 1e-9), want);
	return ticks;
}

/* So many decimals tell values apart that are a step away from each other. */
static int decimals_of(double step)
{
	int decimals = (int)-floor(log10(step) + 1e-9);

	return decimals > 0 ? decimals : 0;
}

struct unit {
	double factor;
	const char *letter;
};

/* For an axis whose values are that large. */
static const struct unit *unit_of(double size)
{
	static const struct unit units[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};
	size_t i = 0;

	while (units[i].factor > 1 && size < units[i].factor * (units[i].factor > 1e3 ? 1 : 10))
		i++;
	return &units[i];
}

void ticks_add_label(const struct ticks *ticks, size_t tick, struct text *into)
{
	double value = ticks->values[tick];
	bool linear = ticks->step > 0;
	double size = linear ? fmax(fabs(ticks->low), fabs(ticks->high)) : fabs(value);
	double step = linear ? ticks->step : pow(10, floor(log10(fabs(value)) + 1e-9));
	const struct unit *unit = unit_of(size);

	if (ticks->whole || value == 0)
		text_addf(into, "%.12g", value);
	else if (size < 1e-4 || size >= 1e16)
		text_addf(into, "%g", value);
	else
		text_addf(into, "%.*f%s", decimals_of(step / unit->factor), value / unit->factor, unit->letter);
}

void number_add(struct text *into, double value, int digits)
{
	int decimals;

	if (!isfinite(value)) {
		text_add(into, "–");
		return;
	}
	decimals = value == 0 || value == floor(value) ? 0 : digits - 1 - (int)floor(log10(fabs(value)));
	text_addf(into, "%.*f", decimals < 0 ? 0 : decimals > 9 ? 9 : decimals, value);
}

bool axis_shows(const struct plot_axis *axis, double value)
{
	return isfinite(value) && (axis->scale == PLOT_LINEAR || value > 0);
}

double scale_place(const struct scale *scale, double value)
{
	double low = scale->low, high = scale->high;

	if (scale->scale != PLOT_LINEAR) {
		low = log(low);
		high = log(high);
		value = log(value);
	}
	return scale->from + (value - low) / (high - low) * (scale->to - scale->from);
}
