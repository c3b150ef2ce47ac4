#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/doctor.h"
#include "load/load.h"
#include "machine/awake.h"
#include "machine/bandwidth.h"
#include "machine/identity.h"

enum { CONDITION_READS = 10 };

static const int64_t bandwidth_ns = 2 * NS_PER_S;

/* Words of a list, where they are known. */
static void add_part(const char *word, struct text *list)
{
	if (word != NULL)
		text_addf(list, "%s%s", list->size > 0 ? ", " : "", word);
}

static void add_processor(const struct machine_identity *identity, struct text *into)
{
	struct text list = {0};

	add_part(identity->model, &list);
	add_part(identity->system_version != NULL ? NULL : identity->system, &list);
	if (identity->system_version != NULL)
		text_addf(&list, "%s%s%s%s", list.size > 0 ? ", " : "",
		          text_equal(identity->system, "macOS") ? "macOS" : "",
		          text_equal(identity->system, "macOS") ? " " : "", identity->system_version);
	add_part(identity->architecture, &list);
	if (identity->physical_cores != JSON_UNKNOWN)
		text_addf(&list, ", %" PRId64 " cores", identity->physical_cores);
	if (identity->performance_cores != JSON_UNKNOWN && identity->efficiency_cores != JSON_UNKNOWN)
		text_addf(&list, " (%" PRId64 " fast, %" PRId64 " slower)", identity->performance_cores,
		          identity->efficiency_cores);
	if (identity->logical_cores != JSON_UNKNOWN && identity->logical_cores != identity->physical_cores)
		text_addf(&list, ", %" PRId64 " threads", identity->logical_cores);
	if (identity->memory_bytes != JSON_UNKNOWN) {
		text_add(&list, ", ");
		units_add_gi(&list, identity->memory_bytes);
		text_add(&list, "B of memory");
	}
	add_part(identity->virtualized ? "a virtual machine" : NULL, &list);
	add_part(identity->translated ? "llmbench runs under Rosetta" : NULL, &list);
	text_addf(into, "- Machine: %s\n", list.size > 0 ? text_string(&list) : "nothing is known of it");
	text_release(&list);
}

static void add_gpu(const struct machine_identity *identity, struct text *into)
{
	text_addf(into, "- GPU: %s", identity->gpu != NULL ? identity->gpu : "–");
	if (identity->gpu_cores != JSON_UNKNOWN)
		text_addf(into, ", %" PRId64 " cores", identity->gpu_cores);
	if (identity->gpu_driver != NULL)
		text_addf(into, ", driver %s", identity->gpu_driver);
	if (identity->gpu_limit_bytes != JSON_UNKNOWN) {
		text_add(into, ", Metal recommends to use at most ");
		units_add_gi(into, identity->gpu_limit_bytes);
		text_add(into, "B of the memory");
	}
	text_add_char(into, '\n');
}

static void add_bandwidth(const struct machine_identity *identity, struct text *into)
{
	double of_chip = bandwidth_of_chip(identity->title, identity->performance_cores);
	struct bandwidth bandwidth;

	if (identity->gpu_bandwidth_bytes_per_s != JSON_UNKNOWN)
		text_addf(
		    into,
		    "- Memory bandwidth of the GPU: %.1f GB/s by its driver, the largest clock on all of the bus\n",
		    (double)identity->gpu_bandwidth_bytes_per_s / 1e9);
	if (!isnan(of_chip))
		text_addf(into, "- Memory bandwidth: %.2f GB/s by the maker of the chip, which its GPU reaches\n",
		          of_chip / 1e9);
	if (bandwidth_measure(identity, bandwidth_ns, &bandwidth))
		text_addf(
		    into,
		    "- Memory bandwidth: %.1f GB/s read, %.1f GB/s triad (24 bytes counted for each element; lines "
		    "that are read before they are written are not); %d threads, three arrays of %.0f MiB, best of %d "
		    "passes\n",
		    bandwidth.read_bytes_per_s / 1e9, bandwidth.triad_bytes_per_s / 1e9, bandwidth.threads,
		    (double)bandwidth.array_bytes / (1 << 20), bandwidth.passes);
	else
		text_add(into, "- Memory bandwidth: unknown: other programs keep the processors busy, or there is too "
		               "little memory to measure it with\n");
}

void doctor_add_machine(bool measure_bandwidth, struct text *into)
{
	struct machine_identity identity;
	char *engine = load_describe();

	machine_identify(&identity);
	text_addf(into, "# llmbench %s on %s\n\n", llmbench_version, identity.title);
	add_processor(&identity, into);
	add_gpu(&identity, into);
	if (measure_bandwidth)
		add_bandwidth(&identity, into);
	text_addf(into, "- Load engine: %s\n", engine);
	machine_identity_release(&identity);
	free(engine);
}

/* --- Conditions --- */

static void add_sleep(struct text *into)
{
	struct text why = {0};
	struct awake *awake = awake_hold(&why);

	if (awake != NULL)
		text_add(into, "- Sleep: prevented while llmbench measures\n");
	else
		text_addf(into, "- Sleep: **not prevented** while llmbench measures: %s\n", text_string(&why));
	awake_release(awake);
	text_release(&why);
}

/* What is known, by the names that results have for it. */
static void add_known(const struct machine_conditions *conditions, struct text *into)
{
	struct json *json = machine_conditions_json(conditions);
	const char *separator = "- Now: ";

	for (const struct json *member = json_first(json); member != NULL; member = json_next(member)) {
		struct text value = {0};

		json_add_to(&value, member);
		if (!text_equal(text_string(&value), "null")) {
			const char *word = json_as_string(member);

			text_addf(into, "%s%s %s", separator, json_key(member),
			          word != NULL ? word : text_string(&value));
			separator = ", ";
		}
		text_release(&value);
	}
	text_add(into, *separator == '-' ? "- Now: nothing is told\n" : "\n");
	json_free(json);
}

static void add_costs(struct text *into)
{
	const char *separator = "- Asking, at the start and the end of a cell, takes: ";

	for (size_t i = 0; condition_sources[i].name != NULL; i++) {
		int64_t begin_ns = clock_now_ns();

		for (int reads = 0; reads < CONDITION_READS; reads++) {
			struct machine_conditions conditions;

			machine_conditions_reset(&conditions);
			condition_sources[i].read("", &conditions);
		}
		text_addf(into, "%s%s %.1f µs", separator, condition_sources[i].name,
		          (double)(clock_now_ns() - begin_ns) / CONDITION_READS / (double)NS_PER_US);
		separator = ", ";
	}
	text_add_char(into, '\n');
}

void doctor_add_conditions(const struct machine_conditions *start, const struct machine_conditions *end,
                           struct text *into)
{
	const struct cell_conditions cell = {
	    .start = *start, .end = *end, .change = conditions_change_of(start, end, true), .cooldown_s = NAN};

	text_add(into, "\n## Conditions\n\n");
	add_known(end, into);
	add_sleep(into);
	add_costs(into);
	for (size_t i = 0; i < condition_rule_count; i++) {
		struct text words = {0};

		condition_rules[i].judge(&cell, &words);
		if (words.size > 0)
			text_addf(into, "- **%s**: %s\n", text_string(&words), condition_rules[i].cure);
		text_release(&words);
	}
}
