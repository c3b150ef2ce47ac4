/*
 * Where replies are kept while they arrive: pieces cut from large slabs, whose
 * pages can be touched before the load begins. A page that is touched for the
 * first time costs 0.3 to 7 µs (virtual machines are the slow ones), as much as
 * 40 tokens otherwise do, and would fall between two stamps.
 *
 * What a stream holds is the bytes of its reply and less than one piece more:
 * pieces double from FIRST to LARGEST. Beyond `limit` bytes in all, slabs are
 * pages of a file that has no name, so that the kernel can write them out and a
 * long trial is bounded by the disk instead of the memory.
 *
 * Pieces of replies that have been read can be given back, by another thread
 * than the one that takes; they are warm, and are taken before new ones are cut.
 */
#ifndef LOAD_ARENA_H
#define LOAD_ARENA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* A part of one reply; its bytes follow it in memory. */
struct piece {
	struct piece *next; /* NULL: the last one */
	size_t size, capacity;
};

enum { PIECE_FIRST_BYTES = 2048, PIECE_LARGEST_BYTES = 262144, PIECE_SIZES = 8 /* with those between */ };

struct slab {
	char *bytes;
	size_t size;
	bool file;
};

/* `= {0}` has no limit and is empty. */
struct arena {
	struct slab *slabs;
	size_t slab_count, slab_capacity;
	size_t slab, used;                  /* the slab that pieces are cut from, and its bytes that are taken */
	size_t held_bytes;                  /* of all slabs */
	size_t limit_bytes;                 /* 0: none */
	const char *folder;                 /* for the file; borrowed; NULL: none, and so no limit */
	struct piece *free[PIECE_SIZES];    /* by size: FIRST << i */
	_Atomic(struct piece *) given_back; /* of all sizes; the only part that two threads touch */
};

/* Touches memory for so many bytes of pieces. */
void arena_warm(struct arena *arena, size_t bytes);

/* An empty piece to follow one of `last_capacity` bytes; 0: the first of a reply. */
struct piece *arena_take(struct arena *arena, size_t last_capacity);

char *piece_bytes(struct piece *piece);

/* A piece and those that follow it are nobody's any more. NULL does nothing. */
void arena_give_back(struct arena *arena, struct piece *first);

/* Forgets all pieces and keeps the slabs, which are warm now. */
void arena_clear(struct arena *arena);
void arena_release(struct arena *arena);

#endif
