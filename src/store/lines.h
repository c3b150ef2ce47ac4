/*
 * A file of a run directory that grows by whole lines, each of them JSON.
 */
#ifndef STORE_LINES_H
#define STORE_LINES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/failure.h"
#include "base/json.h"
#include "store/store.h"

/* How a message about a disk ends: the folder of the run is its %s. */
#define STORE_KEPT "what was measured so far is in %s, and --resume goes on with it"

struct lines {
	const char *folder; /* borrowed: of the run, for messages */
	char *path;
	int file;   /* -1: not open */
	off_t size; /* after the last whole line; we are its only writer */
};

/* Of folder/name, not open yet. */
struct lines lines_of(const char *folder, const char *name);

/* Opens it for growing; flags: O_EXCL, when it must be new, or 0. */
bool lines_open(struct lines *lines, int flags, struct failure *failure);
void lines_close(struct lines *lines);

/*
 * One write, unless the disk takes only a part of it: then what was taken is
 * cut off again, so that the file holds nothing but whole lines. Status 3.
 */
bool lines_add(struct lines *lines, const struct text *line, struct failure *failure);
bool lines_sync(const struct lines *lines, struct failure *failure);

/*
 * Each whole line that is JSON. A crash may have torn the last one, and a disk
 * may have been damaged: such lines are passed over. A file that is not there
 * has none. Status 3 when it cannot be read.
 */
bool lines_read(const char *path, void (*take)(void *context, const struct json *line), void *context,
                struct failure *failure);

/*
 * Replaces the file by one of those lines only that are to be kept, and opens
 * it for growing. Lines that are set aside are added to `aside`. Status 3.
 */
bool lines_keep(struct lines *lines, struct lines *aside, const struct store_choice *choice, struct failure *failure);

#endif
