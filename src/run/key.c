/* What a cell's figures depend on, as one short word: see session.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "run/session.h"

enum { KEY_BYTES = 10 };

static char *hex_of(const void *bytes, size_t size)
{
	uint8_t digest[SHA256_BYTES];
	struct text hex = {0};

	sha256(bytes, size, digest);
	for (size_t i = 0; i < KEY_BYTES; i++)
		text_addf(&hex, "%02x", digest[i]);
	return text_take(&hex);
}

/* Each with a NUL behind it, so that no two lists of parts have the same bytes. */
static void add_part(struct text *into, const char *part)
{
	text_add(into, part != NULL ? part : "\1");
	text_add_char(into, '\0');
}

/* As they are: of a secret nothing but the hash is ever written. */
static void add_environment(const struct environment *environment, struct text *into)
{
	for (size_t i = 0; environment != NULL && i < environment->count; i++) {
		add_part(into, environment->variables[i].name);
		add_part(into, environment->variables[i].value);
	}
	add_part(into, NULL);
}

static void add_server(const struct server_settings *server, struct text *into)
{
	add_part(into, server->adapter);
	add_part(into, server->kind);
	add_part(into, server->url);
	add_part(into, server->start);
	add_environment(&server->environment, into);
}

static void add_media(const struct media *media, struct text *into)
{
	char *hex = media != NULL ? hex_of(media->bytes, media->size) : NULL;

	add_part(into, hex);
	free(hex);
}

static void add_messages(const struct dataset *dataset, struct text *into)
{
	for (size_t i = 0; i < dataset->message_count; i++) {
		text_addf(into, "%d ", dataset->messages[i].role);
		add_part(into, dataset->messages[i].text);
	}
	for (size_t i = 0; i < dataset->count; i++) {
		const struct dataset_sample *sample = &dataset->samples[i];

		text_addf(into, "%zu %zu %lld %lld %lld,", sample->first, sample->count, (long long)sample->due_ns,
		          (long long)sample->input_tokens, (long long)sample->output_tokens);
	}
}

/* Cells share data sets, which may be large: each is read once as long as it is that of neighbours. */
struct known_dataset {
	const struct dataset *dataset;
	char *hex;
};

static const char *dataset_hex(const struct dataset *dataset, struct known_dataset *known)
{
	struct text bytes = {0};

	if (dataset == NULL)
		return NULL;
	if (dataset != known->dataset) {
		add_messages(dataset, &bytes);
		free(known->hex);
		*known = (struct known_dataset){dataset, hex_of(text_string(&bytes), bytes.size)};
		text_release(&bytes);
	}
	return known->hex;
}

static char *key_of(const struct session *session, const struct cell *cell, struct known_dataset *known)
{
	struct json *settings = cell_settings(cell);
	struct text parts = {0};
	char *key;

	json_add_to(&parts, settings);
	add_part(&parts, session->options->version);
	add_part(&parts, session->options->sample ? "sampled" : NULL);
	add_part(&parts, cell_server_model(cell));
	add_server(cell->server, &parts);
	add_environment(cell->profile, &parts);
	add_part(&parts, dataset_hex(plan_dataset(session->plan, cell), known));
	add_media(plan_image(session->plan, cell), &parts);
	add_media(plan_audio(session->plan, cell), &parts);
	key = hex_of(text_string(&parts), parts.size);
	text_release(&parts);
	json_free(settings);
	return key;
}

void keys_make(struct session *session)
{
	struct known_dataset known = {0};

	for (size_t i = 0; i < session->plan->cell_count; i++)
		session->states[i].key = key_of(session, &session->plan->cells[i], &known);
	free(known.hex);
}
