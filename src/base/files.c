#include "base/files.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"

struct text *files_add(struct files *files, const char *name)
{
	struct named_file *file;

	files->items = memory_resize(files->items, files->count + 1, sizeof(*files->items));
	file = &files->items[files->count++];
	*file = (struct named_file){.name = memory_string(name)};
	return &file->bytes;
}

void files_release(struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].name);
		text_release(&files->items[i].bytes);
	}
	free(files->items);
	*files = (struct files){0};
}

bool files_write(const struct files *files, const char *folder, struct failure *failure)
{
	bool good = true;

	for (size_t i = 0; i < files->count && good; i++) {
		char *path = text_format("%s/%s", folder, files->items[i].name);

		good = file_replace(path, text_string(&files->items[i].bytes), files->items[i].bytes.size, failure);
		free(path);
	}
	return good;
}
