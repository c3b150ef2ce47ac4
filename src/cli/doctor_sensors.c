#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "cli/doctor.h"
#include "cli/grid.h"
#include "machine/memory.h"
#include "machine/sensor.h"

enum { COST_READS = 20 };

struct doctor_sensors {
	struct sensor_bank *bank;
	struct look {
		struct sample first, last; /* of this sensor alone */
		struct sensor_state state; /* of COST_READS readings */
	} looks[];
};

/* Both ends are readings as between phases, when everything is asked; what is timed is what requests would meet. */
struct doctor_sensors *doctor_sensors_begin(int64_t server_pid)
{
	const struct sensor_context context = {.server_pid = server_pid};
	struct doctor_sensors *sensors = memory_new(1, sizeof(*sensors) + sensor_count() * sizeof(sensors->looks[0]));

	sensors->bank = sensor_bank_open(&context);
	for (size_t i = 0; i < sensor_count(); i++) {
		struct look *look = &sensors->looks[i];

		for (int reads = 0; reads < COST_READS; reads++) {
			sample_reset(&look->first);
			sensor_bank_read_one(sensors->bank, i, false, &look->first);
		}
		look->state = *sensor_bank_state(sensors->bank, i);
		sample_reset(&look->first);
		look->first.at_ns = clock_now_ns();
		sensor_bank_read_one(sensors->bank, i, true, &look->first);
	}
	return sensors;
}

/* X(end of a figure's name, one unit of it as told, unit of a gauge, unit of a counter's growth in a second) */
static const struct unit {
	const char *suffix;
	double size;
	const char *gauge, *growth;
} units[] = {
    {"_bytes", 0, NULL, NULL}, /* as binary GiB */
    {"_pct", 1, " %", NULL},   {"_mw", 1e3, " W", NULL}, {"_uj", 1e6, NULL, " W"}, {"_mc", 1e3, " °C", NULL},
    {"_mhz", 1, " MHz", NULL}, {"_ns", 1e7, NULL, " %"}, /* of one processor, or of the GPU */
    {"", 1, "", " a second"},
};

static const struct unit *unit_of(const char *name)
{
	const struct unit *unit = units;

	while (strlen(name) < strlen(unit->suffix) ||
	       strcmp(name + strlen(name) - strlen(unit->suffix), unit->suffix) != 0)
		unit++;
	return unit;
}

/* "server resident 1.234GiB": the figure's name in words, without its unit. */
static void add_figure(const struct look *look, enum sample_figure figure, struct text *list)
{
	const char *name = sample_figure_name(figure);
	const struct unit *unit = unit_of(name);
	int64_t from = sample_figure(&look->first, figure), now = sample_figure(&look->last, figure);
	double seconds = (double)(look->last.at_ns - look->first.at_ns) / (double)NS_PER_S;
	bool counter = sample_figure_is_counter(figure);

	if (now == JSON_UNKNOWN || (counter && (from == JSON_UNKNOWN || seconds <= 0)))
		return;
	text_add(list, list->size > 0 ? ", " : "");
	for (const char *at = name; *at != '\0' && at < name + strlen(name) - strlen(unit->suffix); at++)
		text_add_char(list, *at == '_' ? ' ' : *at);
	text_add_char(list, ' ');
	if (unit->size == 0) {
		units_add_gi(list, now);
		text_add_char(list, 'B');
	} else if (counter) {
		text_addf(list, "%.1f%s", (double)(now - from) / unit->size / seconds, unit->growth);
	} else {
		text_addf(list, "%.*f%s", unit->size > 1 ? 1 : 0, (double)now / unit->size, unit->gauge);
	}
}

static void add_microseconds(int64_t ns, int64_t reads, struct grid *grid)
{
	struct text value = {0};

	if (reads > 0)
		text_addf(&value, "%.1f", (double)ns / (double)reads / (double)NS_PER_US);
	grid_add(grid, reads > 0 ? text_string(&value) : "–");
	text_release(&value);
}

static void add_row(const struct look *look, struct grid *grid)
{
	const struct sensor_state *state = &look->state;
	struct text now = {0};

	for (int figure = 0; figure < SAMPLE_FIGURE_COUNT; figure++)
		add_figure(look, (enum sample_figure)figure, &now);
	grid_add(grid, state->name);
	if (!state->open)
		text_addf(&now, "–: %s", state->why);
	else if (now.size == 0)
		text_add(&now, "–: it tells nothing");
	grid_add(grid, text_string(&now));
	add_microseconds(state->total_ns, state->reads, grid);
	add_microseconds(state->longest_ns, state->reads > 0, grid);
	text_release(&now);
}

void doctor_sensors_end(struct doctor_sensors *sensors, struct text *into)
{
	struct grid grid = {.columns = 4};

	grid_add(&grid, "Sensor");
	grid_add(&grid, "Now; counters: in the last second");
	grid_add(&grid, "Mean (µs)");
	grid_add(&grid, "Longest (µs)");
	for (size_t i = 0; i < sensor_count(); i++) {
		struct look *look = &sensors->looks[i];

		sample_reset(&look->last);
		look->last.at_ns = clock_now_ns();
		sensor_bank_read_one(sensors->bank, i, true, &look->last);
		add_row(look, &grid);
	}
	text_add(into, "\n## Sensors\n\n");
	grid_write(&grid, into);
	text_addf(into, "\nMean and longest of %d readings, as they are taken while requests run. Used memory: %s.\n",
	          COST_READS, memory_definition(sensor_bank_memory(sensors->bank)));
	grid_release(&grid);
	sensor_bank_close(sensors->bank);
	free(sensors);
}
