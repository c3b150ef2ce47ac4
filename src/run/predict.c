/* What the shape of a cell's model foretells: its memory, and the roof over its decoding. */
#include <math.h>

#include "core/roofline.h"
#include "machine/bandwidth.h"
#include "plan/forecast.h"
#include "run/session.h"

static const int64_t bandwidth_limit_ns = NS_PER_S / 2;

/* Memory of the GPUs, by their drivers: the highest in any phase. */
static int64_t gpu_memory(const struct cell_summary *cell)
{
	int64_t most = JSON_UNKNOWN;

	for (const struct json *phase = json_first(json_get(cell->machine, "phases")); phase != NULL;
	     phase = json_next(phase)) {
		int64_t bytes = json_get_integer(json_get(phase, "gpu_total_bytes"), "peak");

		most = bytes > most ? bytes : most;
	}
	return most;
}

/*
 * As far as the run knows. Of a simulated machine's GPU, and where no driver
 * tells of one, nothing is: all that is allocated is predicted then, but not
 * where it lies, nor whether it fits.
 */
static struct memory_machine machine_of(const struct summary *summary, const struct server_facts *server,
                                        const struct cell_summary *cell)
{
	bool apple = text_equal(json_get_string(summary->host, "system"), "macOS") &&
	             text_equal(json_get_string(summary->host, "architecture"), "arm64");
	bool simulated = server != NULL && server->simulated != NULL;
	int64_t bytes = cell->memory.total_bytes, vram_bytes = simulated ? JSON_UNKNOWN : gpu_memory(cell);

	if (bytes == JSON_UNKNOWN && !simulated)
		bytes = json_get_integer(summary->host, "memory_bytes");
	if (apple && !simulated)
		return memory_machine_of(MEMORY_METAL, bytes, json_get_integer(summary->host, "gpu_limit_bytes"));
	return memory_machine_of(vram_bytes > 0 ? MEMORY_VRAM : MEMORY_CPU, bytes, vram_bytes);
}

/* What was told of the cell's server and model so far; NULL: nothing. */
static const struct server_facts *told_server(const struct summary *summary, const struct cell *cell)
{
	for (size_t i = 0; i < summary->server_count; i++)
		if (text_equal(summary->servers[i].name, cell->server->name))
			return &summary->servers[i];
	return NULL;
}

static const struct model_facts *told_model(const struct summary *summary, const struct cell *cell)
{
	for (size_t i = 0; i < summary->model_count; i++)
		if (text_equal(summary->models[i].name, cell->model) &&
		    text_equal(summary->models[i].server, cell->server->name))
			return &summary->models[i];
	return NULL;
}

static const struct distribution *values_of(const struct cell_summary *cell, const char *metric)
{
	return &cell->metrics[metric_find(metric) - metrics].values;
}

/* Sequences that a step of decoding adds tokens to. */
static double sequences_of(const struct cell *cell)
{
	int64_t busy = cell->parallel, in_flight = (int64_t)cell_in_flight(cell);

	if (in_flight > 0 && in_flight < busy)
		busy = in_flight;
	return (double)(cell->requests < busy ? cell->requests : busy);
}

/* Where it is known how fast the memory is that decoding reads. */
static void add_roofline(const struct json *host, const struct cell *cell, const struct forecast *forecast,
                         struct cell_summary *into)
{
	bool by_processors = cell->num_gpu == 0 || !bandwidth_is_not_all();
	double bytes_per_s = roofline_bytes_per_s(by_processors, json_get_number(host, "memory_bandwidth_bytes_per_s"),
	                                          json_get_number(host, "gpu_bandwidth_bytes_per_s"), &into->predicted,
	                                          into->memory.gpu_peak_bytes);
	double context = values_of(into, "prompt_tokens")->mean + values_of(into, "output_tokens")->mean / 2;
	double bytes = decode_step_bytes(&forecast->shape, &forecast->setup, sequences_of(cell), context);

	if (isnan(bytes_per_s) || cell_is_open_loop(cell))
		return;
	cell_summary_set(into, "expected_decode_tokens_per_s", roofline_tokens_per_s(bytes, bytes_per_s));
	cell_summary_set(into, "mbu_pct",
	                 roofline_mbu_pct(bytes, values_of(into, "decode_tokens_per_s")->p50, bytes_per_s));
}

/* Once in a run, and not for a simulated server. Where the chip's maker says it, nothing is measured. */
void predict_bandwidth(struct session *session, const struct cell *cell)
{
	struct json *host = session->summary->host;
	struct machine_identity identity;
	struct bandwidth bandwidth;
	double bytes_per_s;

	if (session_server(session, cell)->simulated != NULL ||
	    json_get_string(host, "memory_bandwidth_source") != NULL)
		return;
	machine_identify(&identity);
	bytes_per_s = bandwidth_of_chip(identity.title, identity.performance_cores);
	if (!isnan(bytes_per_s)) {
		json_set_number(host, "memory_bandwidth_bytes_per_s", bytes_per_s);
		json_set_string(host, "memory_bandwidth_source", "the maker of the chip");
	} else if (bandwidth_measure(&identity, bandwidth_limit_ns, &bandwidth)) {
		json_set_number(host, "memory_bandwidth_bytes_per_s", bandwidth.read_bytes_per_s);
		json_set_string(host, "memory_bandwidth_source", "measured: all processors reading");
	} else {
		json_set_string(host, "memory_bandwidth_source",
		                "unknown: other programs kept the processors busy, or there was too little memory to "
		                "measure it with");
	}
	machine_identity_release(&identity);
}

void predict_memory(const struct session *session, const struct cell *cell, struct cell_summary *into)
{
	const struct summary *summary = session->summary;
	const struct server_facts *server = told_server(summary, cell);
	const struct memory_machine machine = machine_of(summary, server, into);
	const struct forecast_input input = {.machine = &machine, .server = server, .model = told_model(summary, cell)};
	struct forecast forecast = {0};

	forecast_cell(cell, &input, &forecast);
	into->predicted = forecast.memory;
	if (machine.gpu == MEMORY_CPU) {
		into->predicted.verdict = MEMORY_UNKNOWN;
		into->predicted.gpu_bytes = JSON_UNKNOWN;
		into->predicted.layers_on_gpu = JSON_UNKNOWN;
	}
	if (server != NULL && server->simulated == NULL)
		add_roofline(summary->host, cell, &forecast, into);
	forecast_release(&forecast);
}
