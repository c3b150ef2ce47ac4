#include "machine/proc_files.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

/* A directory entry as getdents64() gives it: opendir() would allocate. */
struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short size;
	unsigned char type;
	char name[];
};

bool proc_read(const char *path, char *text, size_t capacity)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = file >= 0 ? read(file, text, capacity - 1) : -1;

	if (file >= 0)
		close(file);
	text[size > 0 ? size : 0] = '\0';
	return size > 0;
}

int proc_open(const char *root, const char *path)
{
	char *name = text_format("%s%s", root, path);
	int file = open(name, O_RDONLY | O_CLOEXEC);

	free(name);
	return file;
}

bool proc_read_again(int file, char *text, size_t capacity)
{
	ssize_t size = file >= 0 ? pread(file, text, capacity - 1, 0) : -1;

	text[size > 0 ? size : 0] = '\0';
	return size > 0;
}

void proc_close(int file)
{
	if (file >= 0)
		close(file);
}

static bool is_number(const char *name)
{
	return name[0] >= '0' && name[0] <= '9';
}

bool proc_each(const char *path, bool (*visit)(long long number, void *context), void *context)
{
	_Alignas(struct entry) char bytes[16384];
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool more = true;
	long size;

	if (folder < 0)
		return false;
	while (more && (size = syscall(SYS_getdents64, folder, bytes, sizeof(bytes))) > 0) {
		const struct entry *entry;

		for (long at = 0; at < size && more; at += entry->size) {
			entry = (const struct entry *)(const void *)(bytes + at);
			more = !is_number(entry->name) || visit(strtoll(entry->name, NULL, 10), context);
		}
	}
	close(folder);
	return true;
}
