#include "core/proof.h"

#include "base/json.h"

void proof_reset(struct proof *proof)
{
	*proof = (struct proof){
	    .has_gpu = JSON_UNKNOWN,
	    .parallel = JSON_UNKNOWN,
	    .context_size = JSON_UNKNOWN,
	    .layers = JSON_UNKNOWN,
	    .layers_on_gpu = JSON_UNKNOWN,
	    .flash_attention = JSON_UNKNOWN,
	    .loads = JSON_UNKNOWN,
	    .cut_prompts = JSON_UNKNOWN,
	};
}
