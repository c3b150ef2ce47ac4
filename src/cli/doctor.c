#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "cli/command.h"
#include "load/load.h"
#include "machine/bandwidth.h"
#include "machine/conditions.h"
#include "machine/identity.h"
#include "machine/memory.h"
#include "run/recognize.h"

enum { COST_READS = 100, CONDITION_READS = 10 };

static const int64_t answer_ns = 5 * NS_PER_S;
static const int64_t bandwidth_ns = 2 * NS_PER_S;
static const int64_t load_mean_ns = NS_PER_S; /* of other programs */

static void add_machine(struct text *into)
{
	struct machine_identity identity;
	struct json *json;

	machine_identify(&identity);
	json = machine_identity_json(&identity);
	text_add(into, "machine ");
	json_add_indented(into, json);
	text_add_char(into, '\n');
	json_free(json);
	machine_identity_release(&identity);
}

/* The value now, and what one reading costs: the mean of many, since the clock is coarser than one. */
static void add_memory(struct text *into)
{
	struct memory_source *source = memory_open(NULL);
	struct memory_reading reading;
	int64_t begin_ns = clock_now_ns();

	for (int i = 0; i < COST_READS; i++)
		memory_read(source, &reading);
	text_addf(into, "sensor memory: ");
	if (reading.used_bytes == JSON_UNKNOWN) {
		text_add(into, "unknown");
	} else {
		units_add_gi(into, reading.used_bytes);
		text_add(into, "B used of ");
		units_add_gi(into, reading.total_bytes);
		text_add(into, "B");
	}
	text_addf(into, ", %.1f µs a reading; %s\n",
	          (double)(clock_now_ns() - begin_ns) / COST_READS / (double)NS_PER_US, memory_definition(source));
	memory_close(source);
}

static void add_bandwidth(struct text *into)
{
	struct machine_identity identity;
	struct bandwidth bandwidth;
	double of_chip;

	machine_identify(&identity);
	of_chip = bandwidth_of_chip(identity.title, identity.performance_cores);
	if (!isnan(of_chip))
		text_addf(into, "memory bandwidth: %.2f GB/s by the maker of the chip, which its GPU reaches\n",
		          of_chip / 1e9);
	if (bandwidth_measure(&identity, bandwidth_ns, &bandwidth))
		text_addf(
		    into,
		    "memory bandwidth: %.1f GB/s read, %.1f GB/s triad (24 bytes counted for each element; lines that "
		    "are read before they are written are not); %d threads, three arrays of %.0f MiB, best of %d "
		    "passes\n",
		    bandwidth.read_bytes_per_s / 1e9, bandwidth.triad_bytes_per_s / 1e9, bandwidth.threads,
		    (double)bandwidth.array_bytes / (1 << 20), bandwidth.passes);
	else
		text_add(into, "memory bandwidth: unknown: other programs keep the processors busy, or there is no "
		               "memory to measure it with\n");
	machine_identity_release(&identity);
}

/* What is known of each now, then what each source costs and which flags a cell would get that begins and ends now. */
static void add_conditions(struct text *into)
{
	struct cell_conditions cell = {.cooldown_s = NAN};
	struct json *json;

	machine_conditions_read(&cell.start);
	json = machine_conditions_json(&cell.start);
	text_add(into, "conditions ");
	json_add_indented(into, json);
	text_add_char(into, '\n');
	json_free(json);
	for (size_t i = 0; condition_sources[i].name != NULL; i++) {
		int64_t begin_ns = clock_now_ns();

		for (int reads = 0; reads < CONDITION_READS; reads++) {
			machine_conditions_reset(&cell.end);
			condition_sources[i].read("", &cell.end);
		}
		text_addf(into, "sensor %s: %.1f µs a reading, at the start and the end of a cell\n",
		          condition_sources[i].name,
		          (double)(clock_now_ns() - begin_ns) / CONDITION_READS / (double)NS_PER_US);
	}
	clock_sleep_until(cell.start.at_ns + load_mean_ns);
	machine_conditions_read(&cell.end);
	cell.change = conditions_change_of(&cell.start, &cell.end, true);
	for (size_t i = 0; i < condition_rule_count; i++) {
		struct text words = {0};

		condition_rules[i].judge(&cell, &words);
		if (words.size > 0)
			text_addf(into, "condition: %s: %s\n", text_string(&words), condition_rules[i].cure);
		text_release(&words);
	}
}

/* Whatever of the server's state a run can ask for or change; what it cannot is why a figure may be unknown. */
static void add_abilities(const struct target *target, const struct cell *cell, const struct endpoint *endpoint,
                          struct text *into)
{
	static const struct {
		enum target_question question;
		const char *words;
	} abilities[] = {
	    {TARGET_MODELS, "list its models"},          {TARGET_MODEL, "describe a model"},
	    {TARGET_LOAD, "load a model when told"},     {TARGET_LOADED, "say what is loaded"},
	    {TARGET_UNLOAD, "unload a model when told"},
	};
	struct text can = {0}, cannot = {0}, knobs = {0};

	for (size_t i = 0; i < sizeof(abilities) / sizeof(abilities[0]); i++) {
		struct request request = {0};
		struct text *list = target->ask(abilities[i].question, cell, endpoint, &request) ? &can : &cannot;

		text_addf(list, "%s%s", list->size > 0 ? ", " : "", abilities[i].words);
		request_release(&request);
	}
	target->unsettable(cell, &knobs);
	if (can.size > 0)
		text_addf(into, "  can %s\n", text_string(&can));
	if (cannot.size > 0)
		text_addf(into, "  cannot %s\n", text_string(&cannot));
	if (knobs.size > 0)
		text_addf(into, "  keeps, while it runs, its own: %s\n", text_string(&knobs));
	text_release(&can);
	text_release(&cannot);
	text_release(&knobs);
}

static void add_recognized(const struct identity *identity, const char *url, struct text *into)
{
	const struct target *target = identity->target;
	struct server_facts facts = {.kind = memory_string(identity->kind)};
	const struct endpoint endpoint = {url, &facts};
	struct cell cell;
	struct request request = {0};
	struct exchange exchange = {0};
	struct model_facts model;
	struct text problem = {0};
	bool ready = true;

	cell_reset(&cell);
	cell.model = ""; /* of no model in particular */
	model_facts_reset(&model);
	if (target->ask(TARGET_READY, &cell, &endpoint, &request)) {
		load_one(&request, answer_ns, NULL, &exchange);
		ready = target->answer(TARGET_READY, &cell, &exchange, &facts, &model, &problem);
	}
	text_addf(into, "server %s: %s", url, identity->kind != NULL ? identity->kind : target->name);
	if (ready)
		text_addf(into, " %s", facts.version != NULL ? facts.version : "(version unknown)");
	else
		text_addf(into, ", not ready: %s", text_string(&problem));
	if (facts.simulated != NULL)
		text_addf(into, " (simulated: %s)", facts.simulated);
	text_addf(into, ", by the adapter %s\n", target->name);
	add_abilities(target, &cell, &endpoint, into);
	request_release(&request);
	exchange_release(&exchange);
	server_facts_release(&facts);
	model_facts_release(&model);
	text_release(&problem);
}

static void add_server(const char *url, struct text *into)
{
	struct identity identity = {0};
	struct text tried = {0};

	if (recognize_server(url, answer_ns, NULL, &identity, &tried))
		add_recognized(&identity, url, into);
	else
		text_addf(into, "server %s: not recognized: %s\n", url, text_string(&tried));
	text_release(&tried);
}

enum status command_doctor(const struct arguments *arguments, struct failure *failure)
{
	struct text text = {0};
	char *engine;

	if (!load_open(failure))
		return failure->status;
	engine = load_describe();
	add_machine(&text);
	add_memory(&text);
	if (arguments_has(arguments, "bandwidth"))
		add_bandwidth(&text);
	add_conditions(&text);
	text_addf(&text, "load engine: %s\n", engine);
	add_server(arguments_value(arguments, "server", "http://127.0.0.1:11434"), &text);
	print_result(text_string(&text), failure);
	text_release(&text);
	free(engine);
	load_close();
	return failure->status;
}
