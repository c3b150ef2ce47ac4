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

/* Not the bytes of the file but what was read of it: what is kept can be read. */
bool store_save_baseline(const char *folder, const char *path, struct failure *failure)
{
	struct summary summary = {0};
	char *parent = memory_copy(path, (size_t)(strrchr(path, '/') - path));
	struct text text = {0};
	bool good = store_load(folder, &summary, failure) && file_make_folder(parent, failure);

	if (good) {
		struct json *json = summary_json(&summary);

		json_add_indented(&text, json);
		text_add_char(&text, '\n');
		json_free(json);
		good = file_replace(path, text_string(&text), text.size, failure);
	}
	text_release(&text);
	free(parent);
	summary_release(&summary);
	return good;
}
