/*
 * What the files of conditions share: names, and the sums that need no system.
 */
#ifndef MACHINE_CONDITION_NAMES_H
#define MACHINE_CONDITION_NAMES_H

#include "machine/conditions.h"

/* NULL for unknown. */
const char *power_source_name(enum power_source source);
const char *thermal_state_name(enum thermal_state state);
const char *memory_pressure_name(enum memory_pressure pressure);
const char *low_power_mode_name(enum low_power_mode mode);

/* Adds a word to those that are there already, unless it is among them or there is no room. */
void conditions_add_word(char words[CONDITION_WORD], const char *word);

/* A number more of those that are known: unknown only while nothing is known. */
void conditions_sum(int64_t *sum, int64_t value);

/* NAN limits are unknown; so is the state when all are, or the temperature is. */
enum thermal_state conditions_thermal_state(double temperature_c, double high_c, double critical_c);

#endif
