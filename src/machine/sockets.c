#include "machine/sockets.h"

#include <stdio.h>
#include <string.h>

/* "   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 …" */
size_t sockets_listening(const char *table, int port, unsigned long *sockets, size_t limit)
{
	enum { LISTENS = 0x0A };
	size_t count = 0;

	for (const char *line = table; line != NULL && count < limit; line = strchr(line, '\n')) {
		unsigned local, state;
		unsigned long socket;

		line += *line == '\n';
		if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x %*x %*u %*u %lu", &local,
		           &state, &socket) == 3 &&
		    (int)local == port && state == LISTENS)
			sockets[count++] = socket;
	}
	return count;
}
