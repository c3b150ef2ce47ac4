#include "report/models.h"

#include <string.h>

#include "document/document.h"
#include "report/hosts.h"

const struct model_facts *models_of_cell(const struct summary *summary, const struct cell_summary *cell)
{
	const char *model = json_get_string(cell->settings, "model"),
		   *server = json_get_string(cell->settings, "server");

	for (size_t i = 0; i < summary->model_count; i++)
		if (text_equal(summary->models[i].name, model) &&
		    (summary->models[i].server == NULL || text_equal(summary->models[i].server, server)))
			return &summary->models[i];
	return NULL;
}

const struct server_facts *models_server(const struct summary *summary, const struct cell_summary *cell)
{
	const char *server = json_get_string(cell->settings, "server");

	for (size_t i = 0; i < summary->server_count; i++)
		if (text_equal(summary->servers[i].name, server))
			return &summary->servers[i];
	return NULL;
}

const char *models_device(const struct summary *summary, const struct cell_summary *cell)
{
	const struct server_facts *server = models_server(summary, cell);
	const char *device = server != NULL ? server->simulated : NULL;

	for (size_t i = 0; i < summary->server_count && device == NULL && cell->status != CELL_DONE; i++)
		device = summary->servers[i].simulated;
	return device;
}

/* "m4-16g at 100 times its speed" is the device m4-16g. */
void models_add_machine(const struct summary *summary, const struct cell_summary *cell, int64_t memory_bytes,
                        struct text *into)
{
	const char *device = models_device(summary, cell);
	const char *end = device != NULL ? strstr(device, " at ") : NULL;

	if (end != NULL)
		text_add_masked(into, device, (size_t)(end - device));
	else if (device != NULL)
		inline_add(into, device);
	else
		host_add_name(summary->host, memory_bytes, into);
}

struct unit {
	double unit, from; /* what rounds to less than one of it is told in the next unit */
	int decimals;
	const char *name;
};

static void add_in_units(struct text *into, int64_t count, const struct unit *units)
{
	if (count == JSON_UNKNOWN) {
		text_add(into, "–");
		return;
	}
	while (units->from > (double)count)
		units++;
	text_addf(into, "%.*f%s", units->decimals, (double)count / units->unit, units->name);
}

void models_add_parameters(struct text *into, int64_t parameters)
{
	static const struct unit units[] = {
	    {1e9, 999.5e6, 1, "B"}, {1e6, 999.5e3, 0, "M"}, {1e3, 999.5, 0, "K"}, {1, 0, 0, ""}};

	add_in_units(into, parameters < 0 ? JSON_UNKNOWN : parameters, units);
}

void models_add_size(struct text *into, int64_t bytes)
{
	static const struct unit units[] = {
	    {1e9, 999.5e6, 1, "GB"}, {1e6, 999.5e3, 0, "MB"}, {1e3, 999.5, 0, "kB"}, {1, 0, 0, "B"}};

	add_in_units(into, bytes < 0 ? JSON_UNKNOWN : bytes, units);
}

void models_add_memory(struct text *into, int64_t bytes)
{
	static const struct unit units[] = {{0x1p30, 1023.5 * 0x1p20, 1, "GiB"},
	                                    {0x1p20, 1023.5 * 0x1p10, 0, "MiB"},
	                                    {0x1p10, 1023.5, 0, "KiB"},
	                                    {1, 0, 0, "B"}};

	add_in_units(into, bytes < 0 ? JSON_UNKNOWN : bytes, units);
}
