/*
 * The kernel's tables of sockets tell the number of the one that listens, and
 * the descriptors of a process, which its user and root may see, which sockets
 * it holds.
 */
#include "machine/listener.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "machine/conditions_linux.h"
#include "machine/linux.h"
#include "machine/listeners.h"
#include "machine/sockets.h"

enum { SOCKETS_MAX = 64, HOLDERS_MAX = 64, LINK_BYTES = 64 };

struct search {
	unsigned long sockets[SOCKETS_MAX];
	size_t socket_count;
	int64_t holders[HOLDERS_MAX];
	size_t holder_count;
	bool forwards;              /* one of them only forwards */
	struct process_ticks *each; /* processes of the machine */
	size_t each_count, each_capacity;
	bool holds; /* the process that is looked at */
};

static void find_sockets(int port, struct search *search)
{
	static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char *table = linux_file("", tables[i]);

		if (table != NULL)
			search->socket_count += sockets_listening(table, port, search->sockets + search->socket_count,
			                                          SOCKETS_MAX - search->socket_count);
		free(table);
	}
}

static void visit_descriptor(const char *root, const char *path, void *context)
{
	struct search *search = context;
	char target[LINK_BYTES], socket[LINK_BYTES];
	ssize_t size = readlink(path, target, sizeof(target) - 1);

	(void)root;
	target[size > 0 ? size : 0] = '\0';
	for (size_t i = 0; i < search->socket_count; i++) {
		snprintf(socket, sizeof(socket), "socket:[%lu]", search->sockets[i]);
		search->holds = search->holds || strcmp(target, socket) == 0;
	}
}

static void add_process(struct search *search, const char *path)
{
	char *file = text_format("%s/stat", path);
	char *stat = linux_file("", file);

	search->each = memory_grow(search->each, &search->each_capacity, search->each_count, sizeof(*search->each));
	if (stat != NULL && process_ticks_parse(stat, &search->each[search->each_count]))
		search->each_count++;
	free(stat);
	free(file);
}

static void visit_process(const char *root, const char *path, void *context)
{
	struct search *search = context;
	const char *number = strrchr(path, '/') + 1;
	char name[CONDITION_WORD], *folder;

	if (*number < '0' || *number > '9')
		return;
	add_process(search, path);
	folder = text_format("%s/fd", path);
	search->holds = false;
	linux_each(root, folder, "", visit_descriptor, search);
	free(folder);
	if (!search->holds || search->holder_count == HOLDERS_MAX)
		return;
	search->holders[search->holder_count++] = strtoll(number, NULL, 10);
	linux_word(root, path, "comm", name);
	search->forwards = search->forwards || listener_forwards(name);
}

int64_t machine_listener_pid(int port)
{
	struct search search = {0};
	int64_t pid = 0;

	find_sockets(port, &search);
	if (search.socket_count > 0) {
		linux_each("", "/proc", "", visit_process, &search);
		if (!search.forwards)
			pid = listener_leader(search.holders, search.holder_count, search.each, search.each_count);
	}
	free(search.each);
	return pid;
}
