#include "arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

#define SLAB_BYTES  ((size_t)8 << 20)
#define PAGE_BYTES  4096 /* the smallest of all systems */
#define ALIGN_BYTES 16

/*
 * Zeros are written rather than a hole made, so that a full disk is told here
 * and not by a signal when the page is used. NULL: no file, or no room in it.
 */
static char *map_file(const char *folder)
{
	static const char zeros[1 << 16];
	int fd = file_unnamed(folder);
	char *bytes = NULL;
	size_t written = 0;

	while (fd >= 0 && written < SLAB_BYTES && write(fd, zeros, sizeof zeros) == (ssize_t)sizeof zeros)
		written += sizeof zeros;
	if (written == SLAB_BYTES)
		bytes = mmap(NULL, SLAB_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	return bytes == MAP_FAILED ? NULL : bytes;
}

static void add_slab(struct arena *arena)
{
	struct slab slab = {.size = SLAB_BYTES};
	char *bytes = NULL;

	if (arena->limit_bytes > 0 && arena->folder != NULL && arena->held_bytes + SLAB_BYTES > arena->limit_bytes)
		bytes = map_file(arena->folder);
	slab.file = bytes != NULL;
	if (bytes == NULL)
		bytes = mmap(NULL, SLAB_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		memory_exhausted();
	slab.bytes = bytes;
	arena->slabs = memory_grow(arena->slabs, &arena->slab_capacity, arena->slab_count, sizeof *arena->slabs);
	arena->slabs[arena->slab_count++] = slab;
	arena->held_bytes += SLAB_BYTES;
}

void arena_warm(struct arena *arena, size_t bytes)
{
	if (arena->limit_bytes > 0 && bytes > arena->limit_bytes)
		bytes = arena->limit_bytes;
	while (arena->held_bytes < bytes)
		add_slab(arena);
	for (size_t i = 0; i < arena->slab_count && i * SLAB_BYTES < bytes; i++)
		for (size_t at = 0; at < SLAB_BYTES && i * SLAB_BYTES + at < bytes; at += PAGE_BYTES)
			((volatile char *)arena->slabs[i].bytes)[at] = 0;
}

static size_t rounded(size_t bytes)
{
	return (bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
}

static size_t size_index(size_t capacity)
{
	size_t index = 0;

	while ((size_t)PIECE_FIRST_BYTES << index < capacity)
		index++;
	return index;
}

void arena_give_back(struct arena *arena, struct piece *first)
{
	struct piece *last = first, *others;

	if (first == NULL)
		return;
	while (last->next != NULL)
		last = last->next;
	others = atomic_load_explicit(&arena->given_back, memory_order_relaxed);
	do
		last->next = others;
	while (!atomic_compare_exchange_weak_explicit(&arena->given_back, &others, first, memory_order_release,
	                                              memory_order_relaxed));
}

/* The taker takes all that were given back at once, so no piece comes and goes while it looks. */
static void sort_given_back(struct arena *arena)
{
	struct piece *piece;

	if (atomic_load_explicit(&arena->given_back, memory_order_relaxed) == NULL)
		return;
	piece = atomic_exchange_explicit(&arena->given_back, NULL, memory_order_acquire);
	while (piece != NULL) {
		struct piece *next = piece->next, **of_size = &arena->free[size_index(piece->capacity)];

		piece->next = *of_size;
		*of_size = piece;
		piece = next;
	}
}

/* One that was used before; NULL: there is none. */
static struct piece *take_free(struct arena *arena, size_t capacity)
{
	struct piece **of_size = &arena->free[size_index(capacity)], *piece;

	if (*of_size == NULL)
		sort_given_back(arena);
	piece = *of_size;
	if (piece != NULL)
		*of_size = piece->next;
	return piece;
}

static struct piece *cut(struct arena *arena, size_t capacity)
{
	struct piece *piece;
	size_t size = rounded(sizeof *piece) + capacity;

	if (arena->slab_count > 0 && arena->used + size > arena->slabs[arena->slab].size) {
		arena->slab++;
		arena->used = 0;
	}
	if (arena->slab == arena->slab_count)
		add_slab(arena);
	piece = (struct piece *)(void *)(arena->slabs[arena->slab].bytes + arena->used);
	arena->used += size;
	return piece;
}

struct piece *arena_take(struct arena *arena, size_t last_capacity)
{
	size_t capacity = last_capacity == 0 ? PIECE_FIRST_BYTES : last_capacity * 2;
	struct piece *piece;

	capacity = capacity > PIECE_LARGEST_BYTES ? PIECE_LARGEST_BYTES : capacity;
	piece = take_free(arena, capacity);
	if (piece == NULL)
		piece = cut(arena, capacity);
	*piece = (struct piece){.capacity = capacity};
	return piece;
}

char *piece_bytes(struct piece *piece)
{
	return (char *)piece + rounded(sizeof *piece);
}

void arena_clear(struct arena *arena)
{
	arena->slab = arena->used = 0;
	memset(arena->free, 0, sizeof arena->free);
	atomic_store_explicit(&arena->given_back, NULL, memory_order_relaxed);
}

void arena_release(struct arena *arena)
{
	for (size_t i = 0; i < arena->slab_count; i++)
		munmap(arena->slabs[i].bytes, arena->slabs[i].size);
	free(arena->slabs);
	*arena = (struct arena){0};
}
