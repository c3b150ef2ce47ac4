/*
 * The Linux sources of conditions that fill files of their own, and how all of
 * them read /proc and /sys. `root` as in machine/linux.h.
 */
#ifndef MACHINE_CONDITIONS_LINUX_H
#define MACHINE_CONDITIONS_LINUX_H

#include "machine/conditions.h"

void power_linux(const char *root, struct machine_conditions *conditions);
void heat_linux(const char *root, struct machine_conditions *conditions);
void cpu_time_linux(const char *root, struct machine_conditions *conditions);

/* Calls `visit` with "path/NAME" for each name of a folder that begins with `prefix`, in the order of the names. */
void linux_each(const char *root, const char *path, const char *prefix,
                void (*visit)(const char *root, const char *path, void *context), void *context);

/* A file of one line: its text without the blanks at its end; "" when it cannot be read. */
void linux_word(const char *root, const char *folder, const char *name, char word[CONDITION_WORD]);

/* A file of one number; JSON_UNKNOWN. */
int64_t linux_number(const char *root, const char *folder, const char *name);

/* power_linux.c: what the power supplies say together. Begins with SUPPLIES_NONE. */
enum supply_kind { SUPPLY_OTHER, SUPPLY_MAINS, SUPPLY_BATTERY, SUPPLY_UPS };

struct supplies {
	bool mains, mains_online, battery, discharging, ups;
	double battery_pct;
};
#define SUPPLIES_NONE ((struct supplies){.battery_pct = NAN})

enum supply_kind supply_kind_of(const char *root, const char *supply);
/* Its file that tells the state; NULL: none is of interest. */
const char *supply_state_file(enum supply_kind kind);
void supplies_add_state(struct supplies *supplies, enum supply_kind kind, const char *state);
enum power_source supplies_source(const struct supplies *supplies);
enum low_power_mode power_profile_mode(const char *profile);

/*
 * heat_linux.c: a temperature of the CPU with its own limits; NAN unknown. A file of thousandths of a degree: NAN also
 * when no CPU has such a temperature.
 */
struct heat_sensor {
	const char *file;
	double temperature_c, high_c, critical_c;
};
void heat_linux_each(const char *root, void (*visit)(const struct heat_sensor *sensor, void *context), void *context);
void heat_add(struct machine_conditions *conditions, const struct heat_sensor *sensor);
double heat_degrees(int64_t thousandths);

/* A number and nothing else; JSON_UNKNOWN. */
int64_t linux_integer(const char *word);

/* /proc/pressure/memory: time in which at least one task waited for memory; JSON_UNKNOWN. */
int64_t pressure_stalled_ns(const char *pressure);

#endif
