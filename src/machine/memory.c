#include "machine/memory.h"

#include "machine/source.h"

struct memory_source *memory_open(const char *simulated_file)
{
	return simulated_file != NULL ? memory_open_simulated(simulated_file) : memory_open_system("");
}

void memory_close(struct memory_source *source)
{
	if (source != NULL)
		source->close(source);
}

void memory_read(struct memory_source *source, struct memory_reading *reading)
{
	*reading = (struct memory_reading){
	    .used_bytes = JSON_UNKNOWN,
	    .total_bytes = JSON_UNKNOWN,
	    .swap_used_bytes = JSON_UNKNOWN,
	    .compressed_bytes = JSON_UNKNOWN,
	};
	source->read(source, reading);
}

bool memory_is_without_files(const struct memory_source *source)
{
	return source->without_files;
}

const char *memory_definition(const struct memory_source *source)
{
	return source->definition;
}
