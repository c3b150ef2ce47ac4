#include "core/facts.h"

#include <stdlib.h>

void model_facts_reset(struct model_facts *facts)
{
	*facts = (struct model_facts){
	    .size_bytes = JSON_UNKNOWN,
	    .context_length = JSON_UNKNOWN,
	    .parameters = JSON_UNKNOWN,
	    .layers = JSON_UNKNOWN,
	    .embedding_length = JSON_UNKNOWN,
	    .vocabulary = JSON_UNKNOWN,
	    .loaded_bytes = JSON_UNKNOWN,
	    .loaded_vram_bytes = JSON_UNKNOWN,
	    .loaded_context_size = JSON_UNKNOWN,
	};
	model_shape_reset(&facts->shape);
}

void model_facts_release(struct model_facts *facts)
{
	free(facts->server);
	free(facts->name);
	free(facts->full_name);
	free(facts->digest);
	free(facts->block);
	free(facts->architecture);
	free(facts->quantization);
	model_facts_reset(facts);
}

void server_facts_release(struct server_facts *facts)
{
	free(facts->name);
	free(facts->adapter);
	free(facts->kind);
	free(facts->version);
	free(facts->command);
	free(facts->simulated);
	free(facts->memory_file);
	*facts = (struct server_facts){0};
}
