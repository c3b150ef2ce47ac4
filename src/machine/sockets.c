#include "machine/sockets.h"

#include <stdlib.h>
#include <string.h>

/* "   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 …" */
enum { LOCAL = 1, STATE = 3, INODE = 9 };

enum { LISTENS = 0x0A };

/* The n-th word of a line, from 0; NULL when it has fewer. */
static const char *word(const char *line, int n)
{
	for (line += strspn(line, " "); n > 0; n--) {
		line += strcspn(line, " \n");
		line += strspn(line, " ");
	}
	return *line != '\0' && *line != '\n' ? line : NULL;
}

static int port_of(const char *address)
{
	const char *colon = address + strcspn(address, ": \n");

	return *colon == ':' ? (int)strtoul(colon + 1, NULL, 16) : -1;
}

size_t sockets_listening(const char *table, int port, unsigned long *sockets, size_t limit)
{
	size_t count = 0;

	for (const char *line = table; line != NULL && count < limit; line = strchr(line, '\n')) {
		const char *inode;

		line += *line == '\n';
		inode = word(line, INODE);
		if (inode != NULL && port_of(word(line, LOCAL)) == port &&
		    strtoul(word(line, STATE), NULL, 16) == LISTENS)
			sockets[count++] = strtoul(inode, NULL, 10);
	}
	return count;
}
