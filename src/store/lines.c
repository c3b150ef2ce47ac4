#include "store/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

struct lines lines_of(const char *folder, const char *name)
{
	return (struct lines){.folder = folder, .path = text_format("%s/%s", folder, name), .file = -1};
}

bool lines_open(struct lines *lines, int flags, struct failure *failure)
{
	lines->file = open(lines->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0666);
	if (lines->file < 0)
		return failure_set(failure, file_status(errno), "cannot write \"%s\": %s", lines->path,
		                   file_reason(errno));
	lines->size = lseek(lines->file, 0, SEEK_END);
	return true;
}

void lines_close(struct lines *lines)
{
	if (lines->file >= 0)
		close(lines->file);
	free(lines->path);
	*lines = (struct lines){.file = -1};
}

/* --- Growing --- */

static bool cannot_write(const struct lines *lines, int error, struct failure *failure)
{
	return failure_set(failure, STATUS_CANNOT_GO_ON, "cannot write \"%s\": %s; " STORE_KEPT, lines->path,
	                   file_reason(error), lines->folder);
}

bool lines_add(struct lines *lines, const struct text *line, struct failure *failure)
{
	for (size_t done = 0; done < line->size;) {
		ssize_t size = write(lines->file, line->data + done, line->size - done);

		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0) {
			int error = size < 0 ? errno : ENOSPC;

			(void)!ftruncate(lines->file, lines->size);
			return cannot_write(lines, error, failure);
		}
		done += (size_t)size;
	}
	lines->size += (off_t)line->size;
	return true;
}

bool lines_sync(const struct lines *lines, struct failure *failure)
{
	int error = file_sync(lines->file);

	return error == 0 || cannot_write(lines, error, failure);
}

/* --- Reading --- */

static bool cannot_read(const char *path, int error, struct failure *failure)
{
	return failure_set(failure, STATUS_CANNOT_GO_ON, "cannot read \"%s\": %s", path, file_reason(error));
}

/* The next whole line that is JSON; its bytes are in *line. NULL: there is none. The caller frees the value. */
static struct json *next_line(FILE *file, char **line, size_t *capacity, size_t *size)
{
	struct json *json = NULL;
	ssize_t got;

	errno = 0;
	while (json == NULL && (got = getline(line, capacity, file)) > 0 && (*line)[got - 1] == '\n') {
		*size = (size_t)got;
		json = json_parse(*line, *size);
	}
	/* It would look like the end. */
	if (errno == ENOMEM)
		memory_exhausted();
	return json;
}

bool lines_read(const char *path, void (*take)(void *context, const struct json *line), void *context,
                struct failure *failure)
{
	FILE *file = fopen(path, "r");
	size_t capacity = 0, size;
	char *line = NULL;
	struct json *json;
	bool good;

	if (file == NULL)
		return errno == ENOENT || cannot_read(path, errno, failure);
	while ((json = next_line(file, &line, &capacity, &size)) != NULL) {
		take(context, json);
		json_free(json);
	}
	good = !ferror(file) || cannot_read(path, errno, failure);
	free(line);
	fclose(file);
	return good;
}

/* --- Keeping some of them --- */

static bool set_aside(struct lines *aside, const char *bytes, size_t size, struct failure *failure)
{
	struct text line = {0};
	bool good;

	text_add_bytes(&line, bytes, size);
	good = (aside->file >= 0 || lines_open(aside, 0, failure)) && lines_add(aside, &line, failure);
	text_release(&line);
	return good;
}

/* False: the failure says why, or `to` has an error. */
static bool copy_kept(FILE *from, FILE *to, struct lines *aside, const struct store_choice *choice,
                      struct failure *failure)
{
	size_t capacity = 0, size;
	char *line = NULL;
	struct json *json;
	bool good = true;

	while (good && (json = next_line(from, &line, &capacity, &size)) != NULL) {
		switch (choice->judge(choice->context, json)) {
		case STORE_KEEP:
			good = fwrite(line, 1, size, to) == size;
			break;
		case STORE_SET_ASIDE:
			good = set_aside(aside, line, size, failure);
			break;
		case STORE_FORGET:
			break;
		}
		json_free(json);
	}
	free(line);
	return good && !ferror(from) && fflush(to) == 0 && (errno = file_sync(fileno(to))) == 0;
}

static bool replace_by_kept(struct lines *lines, const char *beside, FILE *from, struct lines *aside,
                            const struct store_choice *choice, struct failure *failure)
{
	int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	FILE *to = file >= 0 ? fdopen(file, "w") : NULL;
	bool good = to != NULL && copy_kept(from, to, aside, choice, failure);

	if (to != NULL)
		good = fclose(to) == 0 && good;
	good = good && (aside->file < 0 || lines_sync(aside, failure)) && rename(beside, lines->path) == 0;
	if (!good) {
		cannot_write(lines, errno, failure);
		unlink(beside);
	}
	return good;
}

bool lines_keep(struct lines *lines, struct lines *aside, const struct store_choice *choice, struct failure *failure)
{
	char *beside = text_format("%s.tmp", lines->path);
	FILE *from = fopen(lines->path, "r");
	bool good = from != NULL ? replace_by_kept(lines, beside, from, aside, choice, failure)
	                         : errno == ENOENT || cannot_read(lines->path, errno, failure);

	if (from != NULL)
		fclose(from);
	free(beside);
	if (!good)
		return false;
	if (lines->file >= 0)
		close(lines->file);
	return lines_open(lines, 0, failure);
}
