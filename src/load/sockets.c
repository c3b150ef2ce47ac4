#include "sockets.h"

#include <stdlib.h>

#include "base/memory.h"

struct watched {
	struct transfer *owner;
	unsigned interest; /* libcurl's */
	unsigned known;    /* the kernel's */
	bool changed;      /* it is in the list */
	bool ours;         /* sockets_adopt() */
};

bool sockets_open(struct sockets *sockets, struct failure *failure)
{
	*sockets = (struct sockets){.poller = poller_open(failure)};
	return sockets->poller != NULL;
}

void sockets_release(struct sockets *sockets)
{
	poller_close(sockets->poller);
	free(sockets->watched);
	free(sockets->changed);
	*sockets = (struct sockets){0};
}

static struct watched *slot(struct sockets *sockets, int fd)
{
	while ((size_t)fd >= sockets->capacity) {
		size_t old = sockets->capacity;

		sockets->watched =
		    memory_grow(sockets->watched, &sockets->capacity, (size_t)fd, sizeof *sockets->watched);
		for (size_t i = old; i < sockets->capacity; i++)
			sockets->watched[i] = (struct watched){0};
	}
	return &sockets->watched[fd];
}

void sockets_adopt(struct sockets *sockets, int fd)
{
	slot(sockets, fd)->ours = true;
}

void sockets_watch(struct sockets *sockets, int fd, unsigned interest, struct transfer *owner)
{
	struct watched *watched = slot(sockets, fd);

	watched->interest = interest;
	watched->owner = owner;
	if (interest == POLLER_NOTHING && !watched->ours) {
		poller_change(sockets->poller, fd, watched->known, POLLER_NOTHING);
		watched->known = POLLER_NOTHING;
	}
	if (watched->changed || interest == watched->known)
		return;
	watched->changed = true;
	sockets->changed =
	    memory_grow(sockets->changed, &sockets->changed_capacity, sockets->changed_count, sizeof *sockets->changed);
	sockets->changed[sockets->changed_count++] = fd;
}

void sockets_forget(struct sockets *sockets, int fd)
{
	struct watched *watched = slot(sockets, fd);

	watched->interest = watched->known = POLLER_NOTHING;
	watched->owner = NULL;
	watched->ours = false;
}

bool sockets_is_watched(const struct sockets *sockets, int fd, struct transfer **owner)
{
	const struct watched *watched = &sockets->watched[fd];

	*owner = watched->owner;
	return watched->interest != POLLER_NOTHING;
}

static bool tell_kernel(struct sockets *sockets)
{
	bool done = true;

	for (size_t i = 0; i < sockets->changed_count; i++) {
		int fd = sockets->changed[i];
		struct watched *watched = &sockets->watched[fd];

		done = poller_change(sockets->poller, fd, watched->known, watched->interest) && done;
		watched->known = watched->interest;
		watched->changed = false;
	}
	sockets->changed_count = 0;
	return done;
}

size_t sockets_wait(struct sockets *sockets, int64_t timeout_ns, struct poller_event *events, size_t capacity,
                    bool *refused)
{
	*refused = !tell_kernel(sockets);
	return poller_wait(sockets->poller, *refused ? 0 : timeout_ns, events, capacity);
}
