#include "machine/condition_names.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

/* Linux counts CPU time in ticks of 10 ms: shares of less than this are noise. */
#define SHORTEST_NS (NS_PER_S / 2)

#define X(symbol, name) [symbol] = (name),
static const char *const power_sources[] = {POWER_SOURCES(X)};
static const char *const thermal_states[] = {THERMAL_STATES(X)};
static const char *const memory_pressures[] = {MEMORY_PRESSURES(X)};
static const char *const low_power_modes[] = {POWER_MODES(X)};
#undef X

const char *power_source_name(enum power_source source)
{
	return power_sources[source];
}

const char *thermal_state_name(enum thermal_state state)
{
	return thermal_states[state];
}

const char *memory_pressure_name(enum memory_pressure pressure)
{
	return memory_pressures[pressure];
}

const char *low_power_mode_name(enum low_power_mode mode)
{
	return low_power_modes[mode];
}

void machine_conditions_reset(struct machine_conditions *conditions)
{
	*conditions = (struct machine_conditions){
	    .at_ns = clock_now_ns(),
	    .battery_pct = NAN,
	    .cpu_temperature_c = NAN,
	    .throttles = JSON_UNKNOWN,
	    .cpu_busy_ns = JSON_UNKNOWN,
	    .cpu_idle_ns = JSON_UNKNOWN,
	    .cpu_steal_ns = JSON_UNKNOWN,
	    .own_cpu_ns = JSON_UNKNOWN,
	    .swap_used_bytes = JSON_UNKNOWN,
	    .swapped_in_bytes = JSON_UNKNOWN,
	    .swapped_out_bytes = JSON_UNKNOWN,
	    .memory_stalled_ns = JSON_UNKNOWN,
	};
}

void machine_conditions_read(struct machine_conditions *conditions)
{
	machine_conditions_reset(conditions);
	for (size_t i = 0; condition_sources[i].name != NULL; i++)
		condition_sources[i].read("", conditions);
}

void machine_power_read(struct machine_conditions *conditions)
{
	machine_conditions_reset(conditions);
	condition_sources[0].read("", conditions);
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at++)
		if ((at == words || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
			return true;
	return false;
}

void conditions_add_word(char words[CONDITION_WORD], const char *word)
{
	size_t have = strlen(words), more = strlen(word);

	if (more == 0 || has_word(words, word) || have + more + sizeof(", ") > CONDITION_WORD)
		return;
	if (have > 0) {
		memcpy(words + have, ", ", 2);
		have += 2;
	}
	memcpy(words + have, word, more + 1);
}

void conditions_sum(int64_t *sum, int64_t value)
{
	if (value != JSON_UNKNOWN)
		*sum = *sum == JSON_UNKNOWN ? value : *sum + value;
}

enum thermal_state conditions_thermal_state(double temperature_c, double high_c, double critical_c)
{
	if (isnan(temperature_c) || (isnan(high_c) && isnan(critical_c)))
		return THERMAL_UNKNOWN;
	if (temperature_c >= critical_c)
		return THERMAL_CRITICAL;
	return temperature_c >= high_c ? THERMAL_FAIR : THERMAL_NOMINAL;
}

/* --- Two readings --- */

static int64_t difference(int64_t start, int64_t end)
{
	return start == JSON_UNKNOWN || end == JSON_UNKNOWN ? JSON_UNKNOWN : end - start;
}

/* Of a counter that only rises: one that fell began anew, and tells nothing. */
static int64_t rise(int64_t start, int64_t end)
{
	int64_t change = difference(start, end);

	return change < 0 ? JSON_UNKNOWN : change;
}

static double percent(int64_t part, int64_t whole)
{
	if (part == JSON_UNKNOWN || whole == JSON_UNKNOWN || whole <= 0)
		return NAN;
	return 100.0 * (double)part / (double)whole;
}

struct conditions_change conditions_change_of(const struct machine_conditions *start,
                                              const struct machine_conditions *end, bool server_is_ours)
{
	int64_t wall_ns = end->at_ns - start->at_ns;
	int64_t busy_ns = rise(start->cpu_busy_ns, end->cpu_busy_ns);
	int64_t idle_ns = rise(start->cpu_idle_ns, end->cpu_idle_ns);
	int64_t steal_ns = rise(start->cpu_steal_ns, end->cpu_steal_ns);
	int64_t own_ns = rise(start->own_cpu_ns, end->own_cpu_ns);
	int64_t all_ns = JSON_UNKNOWN, other_ns = JSON_UNKNOWN;

	if (wall_ns >= SHORTEST_NS && busy_ns != JSON_UNKNOWN && idle_ns != JSON_UNKNOWN)
		all_ns = busy_ns + idle_ns + (steal_ns != JSON_UNKNOWN ? steal_ns : 0);
	/* The two are counted in different ways, so the difference may be a little less than nothing. */
	if (server_is_ours && busy_ns != JSON_UNKNOWN && own_ns != JSON_UNKNOWN)
		other_ns = busy_ns > own_ns ? busy_ns - own_ns : 0;
	return (struct conditions_change){
	    .wall_s = (double)wall_ns / (double)NS_PER_S,
	    .cpu_busy_pct = percent(busy_ns, all_ns),
	    .own_cpu_pct = percent(own_ns, all_ns),
	    .other_cpu_pct = percent(other_ns, all_ns),
	    .steal_pct = percent(steal_ns, all_ns),
	    .memory_stalled_pct = percent(rise(start->memory_stalled_ns, end->memory_stalled_ns), wall_ns),
	    .throttles = rise(start->throttles, end->throttles),
	    .swap_grown_bytes = difference(start->swap_used_bytes, end->swap_used_bytes),
	    .swapped_in_bytes = rise(start->swapped_in_bytes, end->swapped_in_bytes),
	    .swapped_out_bytes = rise(start->swapped_out_bytes, end->swapped_out_bytes),
	};
}

/* --- JSON --- */

static void set_word(struct json *json, const char *key, const char *word)
{
	json_set_string(json, key, word[0] != '\0' ? word : NULL);
}

struct json *machine_conditions_json(const struct machine_conditions *conditions)
{
	struct json *json = json_new_object();

	json_set_string(json, "power_source", power_source_name(conditions->power_source));
	json_set_number(json, "battery_pct", conditions->battery_pct);
	json_set_string(json, "low_power_mode", low_power_mode_name(conditions->low_power_mode));
	json_set_string(json, "thermal_state", thermal_state_name(conditions->thermal_state));
	json_set_number(json, "cpu_temperature_c", conditions->cpu_temperature_c);
	set_word(json, "cpu_driver", conditions->cpu_driver);
	set_word(json, "cpu_governor", conditions->cpu_governor);
	set_word(json, "cpu_energy_preference", conditions->cpu_energy_preference);
	json_set_integer(json, "swap_used_bytes", conditions->swap_used_bytes);
	json_set_string(json, "memory_pressure", memory_pressure_name(conditions->memory_pressure));
	return json;
}

/* A tenth of a percent is more than is known. */
static double tenths(double value)
{
	return round(value * 10) / 10;
}

static struct json *change_json(const struct conditions_change *change)
{
	struct json *json = json_new_object();

	json_set_number(json, "wall_s", round(change->wall_s * 1000) / 1000);
	json_set_number(json, "cpu_busy_pct", tenths(change->cpu_busy_pct));
	json_set_number(json, "own_cpu_pct", tenths(change->own_cpu_pct));
	json_set_number(json, "other_cpu_pct", tenths(change->other_cpu_pct));
	json_set_number(json, "steal_pct", tenths(change->steal_pct));
	json_set_number(json, "memory_stalled_pct", tenths(change->memory_stalled_pct));
	json_set_integer(json, "throttles", change->throttles);
	json_set_integer(json, "swap_grown_bytes", change->swap_grown_bytes);
	json_set_integer(json, "swapped_in_bytes", change->swapped_in_bytes);
	json_set_integer(json, "swapped_out_bytes", change->swapped_out_bytes);
	return json;
}

static struct json *flags_json(const struct cell_conditions *cell)
{
	struct json *flags = json_new_list();

	for (size_t i = 0; i < condition_rule_count; i++) {
		const struct condition_rule *rule = &condition_rules[i];
		struct text words = {0};

		rule->judge(cell, &words);
		if (words.size > 0) {
			struct json *flag = json_new_object();

			json_set_string(flag, "rule", rule->name);
			json_set_string(flag, "words", text_string(&words));
			json_set_string(flag, "cure", rule->cure);
			json_set_bool(flag, "in_notes", rule->in_notes);
			json_append(flags, flag);
		}
		text_release(&words);
	}
	return flags;
}

struct json *cell_conditions_json(const struct cell_conditions *cell)
{
	struct json *json = json_new_object(), *worst = machine_conditions_json(&cell->worst);

	json_set_number(json, "cooldown_s", tenths(cell->cooldown_s));
	json_set(json, "start", machine_conditions_json(&cell->start));
	json_set(json, "during", change_json(&cell->change));
	json_set_integer(worst, "looks", cell->looks);
	json_set_bool(worst, "gave_up", cell->gave_up);
	json_set(json, "worst", worst);
	json_set(json, "end", machine_conditions_json(&cell->end));
	json_set(json, "flags", flags_json(cell));
	return json;
}
