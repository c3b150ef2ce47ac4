#include <string.h>

#include "target/ollama.h"
#include "target/target.h"
#include "target/whisper.h"

const struct target *const targets[] = {
    &ollama_target,
    &whisper_target,
    NULL,
};

const struct target *target_find(const char *name)
{
	for (size_t i = 0; targets[i] != NULL; i++)
		if (strcmp(targets[i]->name, name) == 0)
			return targets[i];
	return NULL;
}
