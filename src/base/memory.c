#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"

void memory_exhausted(void)
{
	static const char message[] = "llmbench: out of memory (end other programs); what a run has written is kept, "
				      "and --resume goes on with it\n";
	/* write(), because stdio may need memory itself. */
	ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);

	(void)written;
	_exit(STATUS_CANNOT_GO_ON);
}

void *memory_new(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (memory == NULL)
		memory_exhausted();
	return memory;
}

void *memory_resize(void *old, size_t count, size_t size)
{
	void *memory;

	if (size != 0 && count > SIZE_MAX / size)
		memory_exhausted();
	memory = realloc(old, count * size > 0 ? count * size : 1);
	if (memory == NULL)
		memory_exhausted();
	return memory;
}

void *memory_take(size_t size)
{
	return memory_resize(NULL, size, 1);
}

void *memory_retake(void *old, size_t size)
{
	return memory_resize(old, size, 1);
}

char *memory_copy(const void *bytes, size_t size)
{
	char *copy;

	if (size == SIZE_MAX)
		memory_exhausted();
	copy = memory_resize(NULL, size + 1, 1);
	if (size > 0)
		memcpy(copy, bytes, size);
	copy[size] = '\0';
	return copy;
}

char *memory_string(const char *string)
{
	return string == NULL ? NULL : memory_copy(string, strlen(string));
}

void *memory_grow(void *items, size_t *capacity, size_t count, size_t size)
{
	if (count < *capacity)
		return items;
	if (count > SIZE_MAX / 2)
		memory_exhausted();
	*capacity = count < 4 ? 8 : count * 2;
	return memory_resize(items, *capacity, size);
}
