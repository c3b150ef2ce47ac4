/*
 * Where replies lie while they arrive, and how they become bodies: the framing
 * of HTTP's chunked coding, cut at every byte; slabs in memory and in a file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "load/arena.h"
#include "load/gather.h"
#include "scratch.h"
#include "tap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct {
	const char *what, *bytes, *body;
} framings[] = {
    {"one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"},
    {"several", "1\r\na\r\n2\r\nbc\r\na\r\n0123456789\r\n0\r\n\r\n", "abc0123456789"},
    {"a body with line ends", "4\r\na\r\nb\r\n2\r\n\r\n\r\n0\r\n\r\n", "a\r\nb\r\n"},
    {"upper case, leading zeros", "00B\r\nhello world\r\n000\r\n\r\n", "hello world"},
    {"an extension", "3;name=\"5\"\r\nabc\r\n0;last\r\n\r\n", "abc"},
    {"blanks after the size", "3 \r\nabc\r\n0\r\n\r\n", "abc"},
    {"line feeds alone", "3\nabc\n0\n\n", "abc"},
    {"a trailer", "3\r\nabc\r\n0\r\nTrailer: 3\r\nMore: x\r\n\r\n", "abc"},
    {"bytes behind the end", "3\r\nabc\r\n0\r\n\r\n5\r\nhello\r\n", "abc"},
    {"cut off in the data", "a\r\n01234", "01234"},
    {"cut off in the size", "3\r\nabc\r\n1", "abc"},
    {"no size", "3\r\nabc\r\nxyz\r\n", "abc"},
    {"an impossible size", "3\r\nabc\r\nffffffffffffffffffffffff\r\nabc\r\n", "abc"},
    {"nothing", "", ""},
};

/* In two reads, cut before byte `cut`. */
static bool unchunks(const char *bytes, const char *body, size_t cut)
{
	size_t size = strlen(bytes), count = 0, kept;
	struct chunk chunks[2];
	char *copy = memory_string(bytes);
	bool good;

	if (cut > 0)
		chunks[count++] = (struct chunk){100, cut};
	if (cut < size)
		chunks[count++] = (struct chunk){200, size};
	kept = gather_unchunk(copy, chunks, &count);
	good = kept == strlen(body) && memcmp(copy, body, kept) == 0;
	for (size_t i = 0; i < count; i++)
		good = good && chunks[i].end > (i > 0 ? chunks[i - 1].end : 0);
	good = good && (count > 0 ? chunks[count - 1].end == kept : kept == 0);
	free(copy);
	return good;
}

static void test_framings(void)
{
	for (size_t i = 0; i < COUNT_OF(framings); i++) {
		size_t wrong = 0;

		for (size_t cut = 0; cut <= strlen(framings[i].bytes); cut++)
			wrong += !unchunks(framings[i].bytes, framings[i].body, cut);
		is_int(wrong, 0, framings[i].what);
	}
}

/* A byte keeps the stamp of the read that it came with. */
static void test_stamps(void)
{
	char bytes[] = "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n";
	struct chunk chunks[] = {{10, 2}, {20, 5}, {30, 8}, {40, 12}, {50, 16}, {60, 21}};
	size_t count = COUNT_OF(chunks);

	is_int(gather_unchunk(bytes, chunks, &count), 6, "six bytes");
	is_int(count, 4, "stamps of framing alone are gone");
	is_int(chunks[0].at_ns, 20, "a and b came with the second read");
	is_int(chunks[0].end, 2, "  two bytes");
	is_int(chunks[1].at_ns, 30, "c with the third");
	is_int(chunks[2].at_ns, 40, "d with the fourth");
	is_int(chunks[2].end, 4, "  one byte");
	is_int(chunks[3].at_ns, 50, "e and f with the fifth");
	is_int(chunks[3].end, 6, "  and no more");
}

static struct piece *take_and_fill(struct arena *arena, size_t last)
{
	struct piece *piece = arena_take(arena, last);

	memset(piece_bytes(piece), 'x', piece->capacity);
	return piece;
}

static void test_arena(void)
{
	struct arena arena = {0};
	size_t capacity = 0, all = 0, held;

	for (int i = 0; i < 100; i++) {
		struct piece *piece = take_and_fill(&arena, capacity);

		if (i == 0)
			is_int(piece->capacity, PIECE_FIRST_BYTES, "a reply begins small");
		capacity = piece->capacity;
		all += capacity;
	}
	is_int(capacity, PIECE_LARGEST_BYTES, "and its pieces grow to the largest");
	held = arena.held_bytes;
	ok(held >= all && held < 2 * all, "the slabs are not much more than what they hold");
	arena_clear(&arena);
	for (int i = 0; i < 50; i++)
		take_and_fill(&arena, PIECE_LARGEST_BYTES / 2);
	is_int(arena.held_bytes, held, "what was held is used again");
	arena_release(&arena);
	is_int(arena.held_bytes, 0, "and given back");
}

static void test_warm(void)
{
	struct arena arena = {0};
	size_t held;

	arena_warm(&arena, (size_t)20 << 20);
	held = arena.held_bytes;
	ok(held >= (size_t)20 << 20, "warm before anything is taken");
	take_and_fill(&arena, PIECE_LARGEST_BYTES);
	is_int(arena.held_bytes, held, "and used");
	arena_release(&arena);
}

/* A reply of as many pieces as doubling makes of it. */
static struct piece *take_reply(struct arena *arena, size_t bytes)
{
	struct piece *first = take_and_fill(arena, 0);

	for (struct piece *piece = first; bytes > piece->capacity; piece = piece->next) {
		bytes -= piece->capacity;
		piece->next = take_and_fill(arena, piece->capacity);
	}
	return first;
}

static void test_given_back(void)
{
	struct arena arena = {0};
	struct piece *kept = take_reply(&arena, 100000);
	size_t wrong = 0;

	/* 2000 times up to 600 KB, of which the last two are held. */
	for (int i = 0; i < 2000; i++) {
		struct piece *next = take_reply(&arena, (size_t)(i % 7) * 100000 + 1);

		arena_give_back(&arena, kept);
		kept = next;
	}
	is_int(arena.held_bytes, (size_t)8 << 20, "pieces that are given back are taken again, and no more is held");
	for (struct piece *piece = kept; piece != NULL; piece = piece->next)
		wrong += piece_bytes(piece)[piece->capacity - 1] != 'x';
	is_int(wrong, 0, "  those that are in use are nobody else's");
	arena_give_back(&arena, kept);
	arena_clear(&arena);
	ok(arena_take(&arena, 0) != arena_take(&arena, 0), "  after a new beginning each is cut once");
	arena_release(&arena);
}

static size_t fill(struct arena *arena, size_t bytes)
{
	size_t wrong = 0;

	for (size_t taken = 0; taken < bytes; taken += PIECE_LARGEST_BYTES) {
		struct piece *piece = take_and_fill(arena, PIECE_LARGEST_BYTES);

		wrong += piece_bytes(piece)[0] != 'x' || piece_bytes(piece)[piece->capacity - 1] != 'x';
	}
	return wrong;
}

static void test_file(void)
{
	struct arena arena = {.limit_bytes = (size_t)8 << 20, .folder = scratch};

	is_int(fill(&arena, (size_t)30 << 20), 0, "beyond the limit bytes lie in a file");
	ok(arena.slabs[0].file == false && arena.slabs[1].file, "the first slab in memory, the next in the file");
	ok(rmdir(scratch) == 0, "which has no name: the folder is empty");
	arena_release(&arena);
	arena = (struct arena){.limit_bytes = (size_t)8 << 20, .folder = "/nowhere"};
	is_int(fill(&arena, (size_t)30 << 20), 0, "without a place for the file nothing is lost");
	ok(!arena.slabs[1].file, "it stays in memory");
	arena_release(&arena);
}

int main(void)
{
	scratch_make();
	test_framings();
	test_stamps();
	test_arena();
	test_warm();
	test_given_back();
	test_file();
	return tap_done();
}
