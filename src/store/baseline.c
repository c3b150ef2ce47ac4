#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/name.h"
#include "store/store.h"

char *store_baseline_path(const char *out, const char *name)
{
	char *safe = store_safe_name(name), *path = text_format("%s/baselines/%s.json", out, safe);

	free(safe);
	return path;
}

bool store_save_baseline(const struct summary *summary, const char *path, struct failure *failure)
{
	char *folder = memory_copy(path, (size_t)(strrchr(path, '/') - path));
	bool good = file_make_folder(folder, failure);
	struct json *json = summary_json(summary);
	struct text text = {0};

	json_add_indented(&text, json);
	text_add_char(&text, '\n');
	good = good && file_replace(path, text_string(&text), text.size, failure);
	text_release(&text);
	json_free(json);
	free(folder);
	return good;
}
