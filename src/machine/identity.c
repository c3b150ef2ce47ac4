#include "machine/identity.h"

#include <stdlib.h>

#include "base/memory.h"
#include "machine/memory.h"
#include "machine/system.h"

void machine_identity_reset(struct machine_identity *identity)
{
	*identity = (struct machine_identity){
	    .physical_cores = JSON_UNKNOWN,
	    .logical_cores = JSON_UNKNOWN,
	    .performance_cores = JSON_UNKNOWN,
	    .efficiency_cores = JSON_UNKNOWN,
	    .gpu_cores = JSON_UNKNOWN,
	    .gpu_bandwidth_bytes_per_s = JSON_UNKNOWN,
	    .gpu_limit_bytes = JSON_UNKNOWN,
	    .memory_bytes = JSON_UNKNOWN,
	};
}

void machine_identity_entitle(struct machine_identity *identity)
{
	if (identity->title != NULL)
		return;
	if (identity->model != NULL)
		identity->title = memory_string(identity->model);
	else
		identity->title = text_format("%s%s%s", identity->system != NULL ? identity->system : "unknown machine",
		                              identity->architecture != NULL ? " " : "",
		                              identity->architecture != NULL ? identity->architecture : "");
}

/* The memory that readings are compared with: of the machine, or what this process is limited to. */
static int64_t total_memory_bytes(void)
{
	struct memory_source *source = memory_open(NULL);
	struct memory_reading reading;

	memory_read(source, &reading);
	memory_close(source);
	return reading.total_bytes;
}

void machine_identify(struct machine_identity *identity)
{
	machine_identity_reset(identity);
	machine_identify_system(identity);
	identity->memory_bytes = total_memory_bytes();
	machine_identity_entitle(identity);
}

void machine_identity_release(struct machine_identity *identity)
{
	free(identity->title);
	free(identity->model);
	free(identity->system);
	free(identity->system_version);
	free(identity->architecture);
	free(identity->gpu);
	free(identity->gpu_driver);
	machine_identity_reset(identity);
}

struct json *machine_identity_json(const struct machine_identity *identity)
{
	struct json *json = json_new_object();

	json_set_string(json, "title", identity->title);
	json_set_string(json, "model", identity->model);
	json_set_string(json, "system", identity->system);
	json_set_string(json, "system_version", identity->system_version);
	json_set_string(json, "architecture", identity->architecture);
	json_set_integer(json, "physical_cores", identity->physical_cores);
	json_set_integer(json, "logical_cores", identity->logical_cores);
	json_set_integer(json, "performance_cores", identity->performance_cores);
	json_set_integer(json, "efficiency_cores", identity->efficiency_cores);
	json_set_string(json, "gpu", identity->gpu);
	json_set_string(json, "gpu_driver", identity->gpu_driver);
	json_set_integer(json, "gpu_cores", identity->gpu_cores);
	json_set_integer(json, "gpu_bandwidth_bytes_per_s", identity->gpu_bandwidth_bytes_per_s);
	json_set_integer(json, "gpu_limit_bytes", identity->gpu_limit_bytes);
	json_set_integer(json, "memory_bytes", identity->memory_bytes);
	json_set_bool(json, "translated", identity->translated);
	json_set_bool(json, "virtualized", identity->virtualized);
	return json;
}
