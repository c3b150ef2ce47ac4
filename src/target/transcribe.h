/*
 * A recording is sent and its transcription read: OpenAI's interface
 * /v1/audio/transcriptions and the like, as each kind of server speaks it. For
 * every adapter whose server can transcribe.
 *
 * A body is multipart/form-data (RFC 7578): what servers do with fields that
 * they do not know differs, so each kind is sent only what it knows.
 */
#ifndef TARGET_TRANSCRIBE_H
#define TARGET_TRANSCRIBE_H

#include "target/target.h"

/* How an answer that is not one whole JSON object comes, when the cell's `stream` is on. */
enum transcribe_stream {
	TRANSCRIBE_WHOLE,      /* it cannot: one object */
	TRANSCRIBE_EVENTS,     /* server-sent events of JSON: OpenAI's, or those of a chat */
	TRANSCRIBE_RAW_EVENTS, /* server-sent events whose data is the text itself, ended by the end of the reply */
	TRANSCRIBE_LINES,      /* a JSON object a line, ended by the end of the reply */
};

struct transcribe_field {
	const char *name, *value;
};

enum { TRANSCRIBE_FIELDS = 2 };

/* One row for each kind of server. */
struct transcribe_variant {
	const char *kind; /* of struct server_facts; NULL: the last row, any other server */
	const char *path;
	const char *ready;  /* GET tells by status 200 that it serves requests; NULL: any answer does */
	const char *models; /* GET lists the names that `model` may have; NULL: there is no such list */
	enum transcribe_stream stream;
	struct transcribe_field streaming[TRANSCRIBE_FIELDS]; /* what asks for a stream; a NULL name: no more */
	bool bare;     /* it refuses, or is better off without, the fields response_format and temperature */
	bool in_query; /* it reads model and response_format from the URL's query alone */
};

const struct transcribe_variant *transcribe_variant(const struct server_facts *server);

/* As struct target's encode and decode; input->audio must be there. */
void transcribe_encode(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                       struct request *request);
void transcribe_decode(const struct cell *cell, const struct server_facts *server, const struct exchange *exchange,
                       struct record *record);

#endif
