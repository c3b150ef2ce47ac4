#include "run/spill.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

enum { NONE = -1 };

struct place {
	off_t at; /* NONE: the record has what it owns */
	size_t size;
};

struct spill {
	char *folder;         /* owned */
	int file;             /* NONE: not yet, or never */
	bool full;            /* or there can be none */
	off_t end;            /* of the file */
	struct place *places; /* owned; of each record */
	struct text bytes;    /* of one record */
};

struct spill *spill_new(const char *folder, size_t count)
{
	struct spill *spill = memory_new(1, sizeof(*spill));

	spill->folder = memory_string(folder);
	spill->file = NONE;
	spill->places = memory_new(count, sizeof(*spill->places));
	for (size_t i = 0; i < count; i++)
		spill->places[i].at = NONE;
	return spill;
}

void spill_free(struct spill *spill)
{
	if (spill->file != NONE)
		close(spill->file);
	text_release(&spill->bytes);
	free(spill->places);
	free(spill->folder);
	free(spill);
}

/* A word is its bytes with a NUL, after a byte that says whether there is one. */
static void add_word(struct text *bytes, const char *word)
{
	text_add_char(bytes, word != NULL ? '+' : '-');
	if (word != NULL)
		text_add_bytes(bytes, word, strlen(word) + 1);
}

static char *next_word(const char **at)
{
	char *word;

	if (*(*at)++ == '-')
		return NULL;
	word = memory_string(*at);
	*at += strlen(word) + 1;
	return word;
}

static bool write_at(int file, const char *bytes, size_t size, off_t at)
{
	while (size > 0) {
		ssize_t done = pwrite(file, bytes, size, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		size -= (size_t)done;
		at += done;
	}
	return true;
}

/* 0 or errno */
static int read_at(int file, char *bytes, size_t size, off_t at)
{
	while (size > 0) {
		ssize_t done = pread(file, bytes, size, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? errno : EIO;
		bytes += done;
		size -= (size_t)done;
		at += done;
	}
	return 0;
}

void spill_put(struct spill *spill, size_t index, struct record *record)
{
	struct text *bytes = &spill->bytes;

	if (!spill->full && spill->file == NONE) {
		spill->file = file_unnamed(spill->folder);
		spill->full = spill->file == NONE;
	}
	if (spill->full)
		return;
	text_clear(bytes);
	text_add_bytes(bytes, (const char *)record->event_ns, record->event_count * sizeof(*record->event_ns));
	add_word(bytes, record->done_reason);
	add_word(bytes, record->error);
	add_word(bytes, record->text);
	if (!write_at(spill->file, bytes->data, bytes->size, spill->end)) {
		spill->full = true;
		return;
	}
	spill->places[index] = (struct place){.at = spill->end, .size = bytes->size};
	spill->end += (off_t)bytes->size;
	record_strip(record);
}

int spill_take(struct spill *spill, size_t index, struct record *record)
{
	struct place place = spill->places[index];
	struct text *bytes = &spill->bytes;
	const char *at;
	int error;

	if (place.at == NONE)
		return 0;
	spill->places[index].at = NONE;
	text_clear(bytes);
	text_reserve(bytes, place.size);
	error = read_at(spill->file, bytes->data, place.size, place.at);
	if (error != 0) {
		record->event_count = 0;
		return error;
	}
	record->event_ns = memory_new(record->event_count, sizeof(*record->event_ns));
	memcpy(record->event_ns, bytes->data, record->event_count * sizeof(*record->event_ns));
	at = bytes->data + record->event_count * sizeof(*record->event_ns);
	record->done_reason = next_word(&at);
	record->error = next_word(&at);
	record->text = next_word(&at);
	return 0;
}
