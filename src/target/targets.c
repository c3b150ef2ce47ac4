#include <string.h>

#include "target/ollama.h"
#include "target/openai.h"
#include "target/target.h"
#include "target/whisper.h"

const struct target *const targets[] = {
    &ollama_target,
    &openai_target,
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

size_t target_url_size(const char *url)
{
	size_t size = strlen(url);

	while (size > 0 && url[size - 1] == '/')
		size--;
	if (size > strlen("/v1") && strncmp(url + size - strlen("/v1"), "/v1", strlen("/v1")) == 0)
		size -= strlen("/v1");
	return size;
}
