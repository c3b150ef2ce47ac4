#include <stdlib.h>

#include "base/text.h"
#include "base/yaml.h"

void yaml_tree_free(struct yaml *yaml)
{
	if (yaml == NULL)
		return;
	for (size_t i = 0; i < yaml->count; i++) {
		if (yaml->keys != NULL)
			yaml_tree_free(yaml->keys[i]);
		yaml_tree_free(yaml->items[i]);
	}
	free(yaml->keys);
	free(yaml->items);
	free(yaml->text);
	free(yaml);
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	for (size_t i = 0; map != NULL && map->kind == YAML_MAP && i < map->count; i++) {
		if (text_equal(map->keys[i]->text, key))
			return map->items[i];
	}
	return NULL;
}
