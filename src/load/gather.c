#include "gather.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "engine.h"
#include "load/load.h"

/* What the next byte is of. Nothing is read behind the last chunk: trailers are nobody's. */
enum place { IN_SIZE, AFTER_SIZE, IN_DATA, AFTER_DATA, ENDED };

struct unchunking {
	enum place place;
	size_t left; /* of the chunk */
	bool any_digit;
	size_t kept; /* bytes of the body so far */
};

static enum place after_size_line(const struct unchunking *state)
{
	return state->any_digit && state->left > 0 ? IN_DATA : ENDED;
}

static void read_size(struct unchunking *state, char c)
{
	int digit = text_hex_digit(c);

	if (digit >= 0 && state->left > SIZE_MAX >> 5) {
		state->place = ENDED;
	} else if (digit >= 0) {
		state->left = state->left * 16 + (size_t)digit;
		state->any_digit = true;
	} else if (c == '\n') {
		state->place = after_size_line(state);
	} else {
		state->place = AFTER_SIZE;
	}
}

static void read_framing(struct unchunking *state, char c)
{
	switch (state->place) {
	case IN_SIZE:
		read_size(state, c);
		break;
	case AFTER_SIZE:
		if (c == '\n')
			state->place = after_size_line(state);
		break;
	case AFTER_DATA:
		if (c == '\n')
			*state = (struct unchunking){.place = IN_SIZE, .kept = state->kept};
		break;
	case IN_DATA:
	case ENDED:
		break;
	}
}

/* What one read of the network took. */
static void read_part(struct unchunking *state, char *bytes, size_t begin, size_t end)
{
	while (begin < end && state->place != ENDED) {
		if (state->place == IN_DATA) {
			size_t size = end - begin < state->left ? end - begin : state->left;

			memmove(bytes + state->kept, bytes + begin, size);
			state->kept += size;
			state->left -= size;
			begin += size;
			if (state->left == 0)
				state->place = AFTER_DATA;
		} else {
			read_framing(state, bytes[begin++]);
		}
	}
}

size_t gather_unchunk(char *bytes, struct chunk *chunks, size_t *chunk_count)
{
	struct unchunking state = {0};
	size_t begin = 0, stamped = 0, count = 0;

	for (size_t i = 0; i < *chunk_count; i++) {
		size_t end = chunks[i].end;

		read_part(&state, bytes, begin, end);
		begin = end;
		if (state.kept > stamped)
			chunks[count++] = (struct chunk){chunks[i].at_ns, state.kept};
		stamped = state.kept;
	}
	*chunk_count = count;
	return state.kept;
}

static char *joined(const struct exchange *exchange)
{
	char *body = memory_resize(NULL, exchange->body_size + 1, 1), *to = body;

	for (struct piece *piece = exchange->pieces; piece != NULL; piece = piece->next) {
		memcpy(to, piece_bytes(piece), piece->size);
		to += piece->size;
	}
	return body;
}

void load_gather(struct exchange *exchange)
{
	if (exchange->pieces == NULL)
		return;
	exchange->body = joined(exchange);
	exchange->pieces = NULL;
	if (exchange->chunked)
		exchange->body_size = gather_unchunk(exchange->body, exchange->chunks, &exchange->chunk_count);
	exchange->chunked = false;
	exchange->body[exchange->body_size] = '\0';
	if (exchange->secret != NULL)
		text_hide(exchange->body, exchange->body_size, exchange->secret);
	if (exchange->body_size == 0) {
		free(exchange->body);
		exchange->body = NULL;
	}
}

void load_gather_early(struct load_memory *memory, struct exchange *exchange)
{
	struct piece *pieces = exchange->pieces;

	load_gather(exchange);
	arena_give_back(load_memory_arena(memory), pieces);
}
