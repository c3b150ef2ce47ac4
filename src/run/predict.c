#include "plan/forecast.h"
#include "run/session.h"

/*
 * As far as the run knows: of a GPU that is not Apple's nothing is, so that all
 * that is allocated is predicted, but not where it lies, nor whether it fits.
 */
static struct memory_machine machine_of(const struct session *session, const struct server_facts *server,
                                        const struct cell_summary *cell)
{
	const struct json *host = session->summary->host;
	bool apple = text_equal(json_get_string(host, "system"), "macOS") &&
	             text_equal(json_get_string(host, "architecture"), "arm64");
	int64_t bytes = cell->memory.total_bytes;

	if (bytes == JSON_UNKNOWN && server->simulated == NULL)
		bytes = json_get_integer(host, "memory_bytes");
	return memory_machine_of(apple && server->simulated == NULL ? MEMORY_METAL : MEMORY_CPU, bytes, JSON_UNKNOWN);
}

void predict_memory(struct session *session, const struct cell *cell, struct cell_summary *into)
{
	const struct server_facts *server = session_server(session, cell);
	const struct memory_machine machine = machine_of(session, server, into);
	struct model_facts *model = session_model(session, cell);
	const struct forecast_input input = {.machine = &machine, .server = server, .model = model};
	struct forecast forecast = {0};

	forecast_cell(cell, &input, &forecast);
	into->predicted = forecast.memory;
	if (machine.gpu == MEMORY_CPU) {
		into->predicted.verdict = MEMORY_UNKNOWN;
		into->predicted.gpu_bytes = JSON_UNKNOWN;
		into->predicted.layers_on_gpu = JSON_UNKNOWN;
	}
	forecast_release(&forecast);
}
