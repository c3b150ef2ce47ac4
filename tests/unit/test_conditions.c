/* Conditions: every rule on readings in which it fires and in which it does not, and the sums behind them. */
#include <stdlib.h>

#include "base/clock.h"
#include "machine/condition_names.h"
#include "machine/cpu_time.h"
#include "tap.h"

#define MIB INT64_C(1048576)

/* "rule: words; rule: words", of all rules, with a * before those for Notes. */
static char *flags_of(const struct cell_conditions *cell)
{
	struct text flags = {0};

	for (size_t i = 0; i < condition_rule_count; i++) {
		struct text words = {0};

		condition_rules[i].judge(cell, &words);
		if (words.size > 0)
			text_addf(&flags, "%s%s%s: %s", flags.size > 0 ? "; " : "",
			          condition_rules[i].in_notes ? "*" : "", condition_rules[i].name, text_string(&words));
		text_release(&words);
	}
	return text_take(&flags);
}

static const struct {
	struct cell_conditions cell;
	const char *flags;
} cases[] = {
    {{.start.power_source = POWER_BATTERY, .end.power_source = POWER_BATTERY}, "on_battery: on battery"},
    {{.start.power_source = POWER_AC, .end.power_source = POWER_AC}, ""},
    {{.start.power_source = POWER_UPS, .end.power_source = POWER_UPS}, ""},
    {{.start.power_source = POWER_BATTERY}, ""},
    {{.start.power_source = POWER_AC, .end.power_source = POWER_BATTERY},
     "*power_source_changed: the power source changed from ac to battery"},
    {{.start.power_source = POWER_BATTERY, .end.power_source = POWER_AC},
     "*power_source_changed: the power source changed from battery to ac"},
    {{.start.low_power_mode = LOW_POWER_ON, .end.low_power_mode = LOW_POWER_ON}, "low_power_mode: low-power mode"},
    {{.start.low_power_mode = LOW_POWER_OFF, .end.low_power_mode = LOW_POWER_OFF}, ""},
    {{.start.low_power_mode = LOW_POWER_OFF, .end.low_power_mode = LOW_POWER_ON},
     "*low_power_mode_changed: low-power mode was switched on"},
    {{.end.low_power_mode = LOW_POWER_ON}, ""},

    {{.start.thermal_state = THERMAL_NOMINAL, .end.thermal_state = THERMAL_NOMINAL}, ""},
    {{.start.thermal_state = THERMAL_FAIR, .end.thermal_state = THERMAL_FAIR}, "warm: thermal state fair"},
    {{.start.thermal_state = THERMAL_FAIR, .end.thermal_state = THERMAL_NOMINAL}, "warm: thermal state fair"},
    {{.start.thermal_state = THERMAL_SERIOUS, .end.thermal_state = THERMAL_SERIOUS}, "*hot: thermal state serious"},
    {{.start.thermal_state = THERMAL_CRITICAL, .end.thermal_state = THERMAL_FAIR}, "*hot: thermal state critical"},
    {{.start.thermal_state = THERMAL_NOMINAL, .end.thermal_state = THERMAL_FAIR},
     "*heated: the thermal state rose from nominal to fair"},
    {{.start.thermal_state = THERMAL_SERIOUS, .end.thermal_state = THERMAL_CRITICAL},
     "*heated: the thermal state rose from serious to critical"},
    {{.end.thermal_state = THERMAL_CRITICAL}, ""},
    {{.change.throttles = 1}, "*throttled: the CPU was slowed for heat 1 time"},
    {{.change.throttles = 12}, "*throttled: the CPU was slowed for heat 12 times"},
    {{.change.throttles = 0}, ""},

    {{.start = {.cpu_driver = "acpi-cpufreq", .cpu_governor = "powersave"}}, "governor: governor powersave"},
    {{.start = {.cpu_driver = "acpi-cpufreq", .cpu_governor = "performance, powersave"}},
     "governor: governor performance, powersave"},
    {{.start = {.cpu_driver = "acpi-cpufreq", .cpu_governor = "schedutil"}}, ""},
    {{.start = {.cpu_driver = "intel_pstate", .cpu_governor = "powersave"}}, ""},
    {{.start = {.cpu_driver = "amd-pstate-epp", .cpu_governor = "powersave"}}, ""},
    {{.start.cpu_governor = "performance", .end.cpu_governor = "schedutil"},
     "*governor_changed: the governor changed from performance to schedutil"},
    {{.start.cpu_governor = "performance", .end.cpu_governor = "performance"}, ""},
    {{.start.cpu_governor = "performance"}, ""},
    {{.start.cpu_energy_preference = "power"}, "energy_preference: energy preference power"},
    {{.start.cpu_energy_preference = "balance_performance"}, ""},
    {{.start.cpu_energy_preference = "performance", .end.cpu_energy_preference = "balance_power"},
     "*energy_preference_changed: the energy preference changed from performance to balance_power"},
    {{.start.cpu_energy_preference = "default", .end.cpu_energy_preference = "default"}, ""},

    {{.change.other_cpu_pct = 9.9}, ""},
    {{.change.other_cpu_pct = 10}, "other_load: other programs used 10 % of the CPU"},
    {{.change.other_cpu_pct = 35.4}, "*heavy_other_load: other programs used 35 % of the CPU"},
    {{.change.steal_pct = 1.9}, ""},
    {{.change.steal_pct = 4.2}, "*steal: steal 4 %"},

    {{.change.swap_grown_bytes = 255 * MIB}, ""},
    {{.change.swap_grown_bytes = -9000 * MIB}, ""},
    {{.change.swap_grown_bytes = 1229 * MIB}, "*swap_grew: swap grew by 1.200GiB"},
    {{.change.swapped_in_bytes = 63 * MIB}, ""},
    {{.change.swapped_in_bytes = 512 * MIB}, "*swapped_in: 0.500GiB were read back from swap"},
    {{.change.swapped_out_bytes = 512 * MIB}, ""},
    {{.change.memory_stalled_pct = 4.9}, ""},
    {{.change.memory_stalled_pct = 12}, "*memory_stalled: programs waited for memory 12 % of the time"},
    {{.start.memory_pressure = PRESSURE_NORMAL, .end.memory_pressure = PRESSURE_NORMAL}, ""},
    {{.start.memory_pressure = PRESSURE_WARNING, .end.memory_pressure = PRESSURE_WARNING},
     "memory_pressure: memory pressure warning"},
    {{.start.memory_pressure = PRESSURE_NORMAL, .end.memory_pressure = PRESSURE_CRITICAL},
     "*memory_pressure_rose: memory pressure rose from normal to critical"},
    {{.start.memory_pressure = PRESSURE_CRITICAL, .end.memory_pressure = PRESSURE_NORMAL},
     "*memory_pressure_rose: memory pressure critical"},
    {{.end.memory_pressure = PRESSURE_CRITICAL}, ""},
};

static bool tested(const char *rule, bool fires)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *at = cases[i].flags + (cases[i].flags[0] == '*');
		size_t length = strlen(rule);
		bool fired = strncmp(at, rule, length) == 0 && at[length] == ':';

		if (fired == fires)
			return true;
	}
	return false;
}

static void test_rules(void)
{
	struct cell_conditions unknown = {.cooldown_s = NAN};
	char *flags;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		flags = flags_of(&cases[i].cell);
		is_text(flags, cases[i].flags, cases[i].flags[0] != '\0' ? cases[i].flags : "nothing");
		free(flags);
	}
	for (size_t i = 0; i < condition_rule_count; i++)
		ok(tested(condition_rules[i].name, true) && tested(condition_rules[i].name, false),
		   condition_rules[i].name);
	machine_conditions_reset(&unknown.start);
	machine_conditions_reset(&unknown.end);
	machine_conditions_reset(&unknown.worst);
	unknown.change = conditions_change_of(&unknown.start, &unknown.end, true);
	flags = flags_of(&unknown);
	is_text(flags, "", "what is unknown raises no flag");
	free(flags);
}

/* Two processors for ten seconds: 20 s of CPU time. */
static struct machine_conditions at(int64_t seconds, double busy_s, double idle_s, double steal_s, double own_s)
{
	struct machine_conditions conditions;

	machine_conditions_reset(&conditions);
	conditions.at_ns = seconds * NS_PER_S;
	conditions.cpu_busy_ns = (int64_t)(busy_s * 1e9);
	conditions.cpu_idle_ns = (int64_t)(idle_s * 1e9);
	conditions.cpu_steal_ns = (int64_t)(steal_s * 1e9);
	conditions.own_cpu_ns = (int64_t)(own_s * 1e9);
	return conditions;
}

static void test_change(void)
{
	struct machine_conditions start = at(100, 50, 150, 1, 2), end = at(110, 60, 159, 2, 9);
	struct conditions_change change;

	start.swap_used_bytes = 5 * MIB;
	end.swap_used_bytes = 2 * MIB;
	start.memory_stalled_ns = 0;
	end.memory_stalled_ns = NS_PER_S;
	start.throttles = 9;
	end.throttles = 4;
	change = conditions_change_of(&start, &end, true);
	is_real(change.wall_s, 10, 0, "wall time");
	is_real(change.cpu_busy_pct, 50, 1e-9, "busy");
	is_real(change.own_cpu_pct, 35, 1e-9, "our own");
	is_real(change.other_cpu_pct, 15, 1e-9, "others");
	is_real(change.steal_pct, 5, 1e-9, "steal");
	is_real(change.memory_stalled_pct, 10, 1e-9, "stalled, of wall time");
	is_int(change.swap_grown_bytes, -3 * MIB, "swap may shrink");
	is_int(change.throttles, JSON_UNKNOWN, "a counter that fell tells nothing");
	is_int(change.swapped_in_bytes, JSON_UNKNOWN, "what one reading does not tell is unknown");

	change = conditions_change_of(&start, &end, false);
	ok(isnan(change.other_cpu_pct), "a server that is not ours may be among the others: unknown");
	is_real(change.own_cpu_pct, 35, 1e-9, "  our own share is known");
	end = at(110, 60, 160, 1, 13);
	change = conditions_change_of(&start, &end, true);
	is_real(change.other_cpu_pct, 0, 0, "never less than nothing");
	end = at(100, 60, 160, 1, 3);
	end.at_ns += 400 * NS_PER_MS;
	change = conditions_change_of(&start, &end, true);
	ok(isnan(change.cpu_busy_pct) && isnan(change.other_cpu_pct) && isnan(change.steal_pct),
	   "too short a time for shares");
}

static void test_unrest(void)
{
	static const struct {
		enum thermal_state state;
		struct machine_heat heat, idle;
		double other_pct;
		const char *words;
	} rows[] = {
	    {THERMAL_NOMINAL, {49, 34}, {45, 30}, 9, ""},
	    {THERMAL_UNKNOWN, {NAN, NAN}, {NAN, NAN}, NAN, ""},
	    {THERMAL_UNKNOWN, {80, 80}, {NAN, NAN}, NAN, ""},
	    {THERMAL_FAIR, {45, 30}, {45, 30}, 0, "thermal state fair"},
	    {THERMAL_NOMINAL, {71, 30}, {45, 30}, 0, "the CPU has 71 °C, 45 °C when idle"},
	    {THERMAL_NOMINAL, {NAN, 81}, {NAN, 35}, 0, "the GPU has 81 °C, 35 °C when idle"},
	    {THERMAL_NOMINAL, {NAN, NAN}, {45, 30}, 30, "other programs use 30 % of the CPU"},
	    {THERMAL_SERIOUS,
	     {90, NAN},
	     {45, NAN},
	     12,
	     "thermal state serious, the CPU has 90 °C, 45 °C when idle, other programs use 12 % of the CPU"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct machine_conditions now = {.thermal_state = rows[i].state,
		                                 .cpu_temperature_c = rows[i].heat.cpu_c};
		struct conditions_change change = {.other_cpu_pct = rows[i].other_pct};
		struct text words = {0};

		conditions_unrest(&now, rows[i].heat.gpu_c, &change, &rows[i].idle, &words);
		is_text(text_string(&words), rows[i].words, rows[i].words[0] != '\0' ? rows[i].words : "calm");
		text_release(&words);
	}
}

static void test_sums(void)
{
	char words[CONDITION_WORD] = "";
	int64_t sum = JSON_UNKNOWN;

	conditions_add_word(words, "");
	is_text(words, "", "no word");
	conditions_add_word(words, "powersave");
	conditions_add_word(words, "powersave");
	conditions_add_word(words, "power");
	conditions_add_word(words, "save");
	is_text(words, "powersave, power, save", "each word once, also one that is part of another");
	for (int i = 0; i < 9; i++) {
		char word[] = {(char)('0' + i), 'x', 'x', 'x', '\0'};

		conditions_add_word(words, word);
	}
	is_text(words, "powersave, power, save, 0xxx, 1xxx, 2xxx, 3xxx", "as many as there is room for");
	conditions_sum(&sum, JSON_UNKNOWN);
	is_int(sum, JSON_UNKNOWN, "a sum of nothing is unknown");
	conditions_sum(&sum, 2);
	conditions_sum(&sum, JSON_UNKNOWN);
	conditions_sum(&sum, 3);
	is_int(sum, 5, "a sum of what is known");

	is_int(conditions_thermal_state(60, 80, 100), THERMAL_NOMINAL, "below its limits");
	is_int(conditions_thermal_state(80, 80, 100), THERMAL_FAIR, "at the high one");
	is_int(conditions_thermal_state(100, 100, 100), THERMAL_CRITICAL, "at the critical one");
	is_int(conditions_thermal_state(99, NAN, 100), THERMAL_NOMINAL, "only a critical one is known");
	is_int(conditions_thermal_state(80, NAN, NAN), THERMAL_UNKNOWN, "no limit is known");
	is_int(conditions_thermal_state(NAN, 80, 100), THERMAL_UNKNOWN, "no temperature is known");
}

static void test_cpu_time(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t busy, idle, steal;
	} stats[] = {
	    {"cpu  100 20 30 4000 50 6 7 8 90 10\ncpu0 1 2 3\n", true, 163, 4050, 8},
	    {"cpu  100 20 30 4000\n", true, 150, 4000, 0},
	    {"cpu  100 20 30\n", false, 0, 0, 0},
	    {"cpu  100 20 30 4000 50 6 7 -1\n", true, 163, 4050, 0},
	    {"cpu0 100 20 30 4000\n", false, 0, 0, 0},
	    {"", false, 0, 0, 0},
	};
	static const struct {
		const char *text;
		bool good;
		int64_t pid, parent, ticks;
	} processes[] = {
	    {"101 (llm) (x) S 100 100 100 34816 -1 4194304 1 2 3 4 500 60 7 8 20 0 1 0 9", true, 101, 100, 575},
	    {"7 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 -5 1 0 5", true, 7, 0, 3},
	    {"7 (cut) S 0 0 0 0 -1 2129984 0 0 0 0 0 3", false, 0, 0, 0},
	    {"7 (cut) S 0 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1", false, 0, 0, 0},
	    {"7 (cut) S 0 0", false, 0, 0, 0},
	    {"7 (cut)", false, 0, 0, 0},
	    {"x", false, 0, 0, 0},
	};
	/* 5 is our process: 8, 9 and 11 descend from it, in no order. */
	struct process_ticks tree[] = {{11, 9, 1, 0, 0},  {1, 0, 1000, 0, 0}, {9, 8, 10, 0, 0},
	                               {5, 1, 100, 0, 0}, {8, 5, 7, 0, 0},    {6, 1, 5000, 0, 0}};

	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++) {
		struct cpu_ticks ticks = {0};

		is_int(cpu_ticks_parse(stats[i].text, &ticks), stats[i].good, stats[i].text);
		is_int(ticks.busy, stats[i].busy, "  busy");
		is_int(ticks.idle, stats[i].idle, "  idle");
		is_int(ticks.steal, stats[i].steal, "  steal");
	}
	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++) {
		struct process_ticks process = {0};

		is_int(process_ticks_parse(processes[i].text, &process), processes[i].good, processes[i].text);
		is_int(processes[i].good ? process.pid : 0, processes[i].pid, "  pid");
		is_int(processes[i].good ? process.parent : 0, processes[i].parent, "  parent");
		is_int(process.ticks, processes[i].ticks, "  ticks");
	}
	is_int(process_ticks_of_tree(tree, 6, 5), 118, "a process and all that descend from it");
	is_int(process_ticks_of_tree(tree, 6, 6), 5000, "one without children");
	is_int(process_ticks_of_tree(tree, 6, 99), JSON_UNKNOWN, "one that is not there");
}

static void test_json(void)
{
	struct cell_conditions cell = {.cooldown_s = NAN};
	struct text text = {0};
	struct json *json;

	machine_conditions_reset(&cell.start);
	cell.start.power_source = POWER_BATTERY;
	cell.start.battery_pct = 41;
	cell.worst = cell.end = cell.start;
	cell.worst.cpu_temperature_c = 71.5;
	cell.looks = 12;
	cell.end.at_ns += 12500 * NS_PER_MS;
	cell.change = conditions_change_of(&cell.start, &cell.end, true);
	json = cell_conditions_json(&cell);
	json_add_to(&text, json);
	is_text(
	    text_string(&text),
	    "{\"cooldown_s\":null,\"start\":{\"power_source\":\"battery\",\"battery_pct\":41,\"low_power_mode\":null,"
	    "\"thermal_state\":null,\"cpu_temperature_c\":null,\"cpu_driver\":null,\"cpu_governor\":null,"
	    "\"cpu_energy_preference\":null,\"swap_used_bytes\":null,\"memory_pressure\":null},"
	    "\"during\":{\"wall_s\":12.5,\"cpu_busy_pct\":null,\"own_cpu_pct\":null,\"other_cpu_pct\":null,"
	    "\"steal_pct\":null,\"memory_stalled_pct\":null,\"throttles\":null,\"swap_grown_bytes\":null,"
	    "\"swapped_in_bytes\":null,\"swapped_out_bytes\":null},"
	    "\"worst\":{\"power_source\":\"battery\",\"battery_pct\":41,\"low_power_mode\":null,\"thermal_state\":null,"
	    "\"cpu_temperature_c\":71.5,\"cpu_driver\":null,\"cpu_governor\":null,\"cpu_energy_preference\":null,"
	    "\"swap_used_bytes\":null,\"memory_pressure\":null,\"looks\":12,\"gave_up\":false},"
	    "\"end\":{\"power_source\":\"battery\",\"battery_pct\":41,\"low_power_mode\":null,\"thermal_state\":null,"
	    "\"cpu_temperature_c\":null,\"cpu_driver\":null,\"cpu_governor\":null,\"cpu_energy_preference\":null,"
	    "\"swap_used_bytes\":null,\"memory_pressure\":null},"
	    "\"flags\":[{\"rule\":\"on_battery\",\"words\":\"on battery\",\"cure\":\"run on mains power\","
	    "\"in_notes\":false}]}",
	    "the JSON of a cell's conditions");
	text_release(&text);
	json_free(json);
}

int main(void)
{
	test_rules();
	test_change();
	test_unrest();
	test_sums();
	test_cpu_time();
	test_json();
	return tap_done();
}
