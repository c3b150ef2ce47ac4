#include "core/lengths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/units.h"

/* Draws in vain before a length is put at the nearer bound: a center at a bound needs two on average. */
#define DRAWS 1000

enum key { KEY_MEAN, KEY_SPREAD, KEY_MEDIAN, KEY_SIGMA, KEY_MIN, KEY_MAX, KEY_COUNT };

static const char *const keys[KEY_COUNT] = {"mean", "spread", "median", "sigma", "min", "max"};

/* What a map says; NAN where it says nothing. */
struct map {
	double values[KEY_COUNT];
};

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* "key: value" of `size` bytes. */
static bool read_pair(const char *string, size_t size, struct map *map)
{
	size_t length = strcspn(string, ": \t");
	const char *colon = skip_blanks(string + length);
	char *number;
	bool good = false;

	if (length >= size || *colon != ':' || colon >= string + size)
		return false;
	number = memory_copy(colon + 1, (size_t)(string + size - colon) - 1);
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strlen(keys[i]) == length && strncmp(string, keys[i], length) == 0)
			good = isnan(map->values[i]) && units_read_real(number, &map->values[i]);
	free(number);
	return good;
}

static bool read_map(const char *string, struct map *map)
{
	const char *at = skip_blanks(string);

	for (size_t i = 0; i < KEY_COUNT; i++)
		map->values[i] = NAN;
	if (*at++ != '{')
		return false;
	for (;;) {
		size_t size;

		at = skip_blanks(at);
		size = strcspn(at, ",}");
		if (at[size] == '\0' || !read_pair(at, size, map))
			return false;
		at += size + 1;
		if (at[-1] == '}')
			return *skip_blanks(at) == '\0';
	}
}

static bool is_said(const struct map *map, enum key key)
{
	return !isnan(map->values[key]);
}

/* Which shape its keys tell; false: they are of several, or too few. */
static bool find_shape(const struct map *map, struct lengths *lengths)
{
	bool normal = is_said(map, KEY_MEAN) && is_said(map, KEY_SPREAD);
	bool lognormal = is_said(map, KEY_MEDIAN) && is_said(map, KEY_SIGMA);
	int said =
	    is_said(map, KEY_MEAN) + is_said(map, KEY_SPREAD) + is_said(map, KEY_MEDIAN) + is_said(map, KEY_SIGMA);

	if (said == 0) {
		lengths->shape = LENGTHS_UNIFORM;
		return is_said(map, KEY_MIN) && is_said(map, KEY_MAX);
	}
	lengths->shape = normal ? LENGTHS_NORMAL : LENGTHS_LOGNORMAL;
	lengths->center = map->values[normal ? KEY_MEAN : KEY_MEDIAN];
	lengths->spread = map->values[normal ? KEY_SPREAD : KEY_SIGMA];
	return said == 2 && (normal || lognormal) && lengths->spread > 0;
}

static bool is_whole(double value)
{
	return value == floor(value);
}

static bool read_bounds(const struct map *map, int64_t least, int64_t most, struct lengths *lengths)
{
	double low = is_said(map, KEY_MIN) ? map->values[KEY_MIN] : (double)least;
	double high = is_said(map, KEY_MAX) ? map->values[KEY_MAX] : (double)most;

	if (!is_whole(low) || !is_whole(high) || low < (double)least || high > (double)most || low > high)
		return false;
	lengths->minimum = (int64_t)low;
	lengths->maximum = (int64_t)high;
	lengths->bounded_below = is_said(map, KEY_MIN);
	lengths->bounded_above = is_said(map, KEY_MAX);
	return lengths->shape == LENGTHS_UNIFORM || (lengths->center >= low && lengths->center <= high);
}

bool lengths_read(const char *string, int64_t least, int64_t most, struct lengths *lengths)
{
	struct map map;
	int64_t number;

	*lengths = (struct lengths){.shape = LENGTHS_FIXED};
	if (units_read_integer(string, &number)) {
		lengths->center = (double)number;
		lengths->minimum = lengths->maximum = number;
		return number >= least && number <= most;
	}
	return read_map(string, &map) && find_shape(&map, lengths) && read_bounds(&map, least, most, lengths);
}

static void set_key(struct map *map, enum key key, double value)
{
	map->values[key] = value;
}

/* The keys that say it, in the order in which they are written. */
static struct map map_of(const struct lengths *lengths)
{
	struct map map;

	for (size_t i = 0; i < KEY_COUNT; i++)
		map.values[i] = NAN;
	if (lengths->shape == LENGTHS_NORMAL || lengths->shape == LENGTHS_LOGNORMAL) {
		bool normal = lengths->shape == LENGTHS_NORMAL;

		set_key(&map, normal ? KEY_MEAN : KEY_MEDIAN, lengths->center);
		set_key(&map, normal ? KEY_SPREAD : KEY_SIGMA, lengths->spread);
	}
	if (lengths->bounded_below)
		set_key(&map, KEY_MIN, (double)lengths->minimum);
	if (lengths->bounded_above)
		set_key(&map, KEY_MAX, (double)lengths->maximum);
	return map;
}

void lengths_add(const struct lengths *lengths, struct text *into)
{
	struct map map = map_of(lengths);
	const char *before = "{";

	if (lengths->shape == LENGTHS_FIXED) {
		text_addf(into, "%lld", (long long)lengths->minimum);
		return;
	}
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (isnan(map.values[i]))
			continue;
		text_addf(into, "%s%s: %.15g", before, keys[i], map.values[i]);
		before = ", ";
	}
	text_add_char(into, '}');
}

struct json *lengths_json(const struct lengths *lengths)
{
	struct map map = map_of(lengths);
	struct json *json = json_new_object();

	for (size_t i = 0; i < KEY_COUNT; i++)
		if (!isnan(map.values[i]))
			json_set_number(json, keys[i], map.values[i]);
	return json;
}

int64_t lengths_typical(const struct lengths *lengths)
{
	if (lengths->shape == LENGTHS_UNIFORM)
		return lengths->minimum + (lengths->maximum - lengths->minimum) / 2;
	return llround(lengths->center);
}

/* Uniform in (0, 1). */
static double draw_unit(uint64_t *seed)
{
	return ((double)(random_next(seed) >> 11) + 0.5) / 9007199254740992.0;
}

/*
 * Box and Muller, 1958. The last bit of the C library's log and cos differs
 * between machines; a whole number of tokens does not show it.
 */
static double draw_normal(uint64_t *seed)
{
	double radius = sqrt(-2 * log(draw_unit(seed)));

	return radius * cos(6.28318530717958647692 * draw_unit(seed));
}

static double draw_around(const struct lengths *lengths, uint64_t *seed)
{
	double deviation = lengths->spread * draw_normal(seed);

	return lengths->shape == LENGTHS_NORMAL ? lengths->center + deviation : lengths->center * exp(deviation);
}

int64_t lengths_draw(const struct lengths *lengths, uint64_t *seed)
{
	double length = lengths->center;

	if (lengths->shape == LENGTHS_FIXED)
		return lengths->minimum;
	if (lengths->shape == LENGTHS_UNIFORM)
		return lengths->minimum +
		       (int64_t)random_below(seed, (uint64_t)(lengths->maximum - lengths->minimum) + 1);
	for (int i = 0; i < DRAWS; i++) {
		length = round(draw_around(lengths, seed));
		if (length >= (double)lengths->minimum && length <= (double)lengths->maximum)
			return (int64_t)length;
	}
	return length < (double)lengths->minimum ? lengths->minimum : lengths->maximum;
}
