#include "target/transcribe.h"

#include <assert.h>
#include <string.h>

#include "base/units.h"

#define OPENAI_PATH "/v1/audio/transcriptions"

static const struct transcribe_variant variants[] = {
    {.kind = "whisper.cpp", .path = "/inference", .ready = "/health"},
    {.kind = "vllm",
     .path = OPENAI_PATH,
     .ready = "/health",
     .models = "/v1/models",
     .stream = TRANSCRIBE_EVENTS,
     .streaming = {{"stream", "true"}, {"stream_include_usage", "true"}}},
    {.kind = "speaches",
     .path = OPENAI_PATH,
     .ready = "/health",
     .models = "/v1/models",
     .stream = TRANSCRIBE_EVENTS,
     .streaming = {{"stream", "true"}}},
    {.kind = "llama-server",
     .path = OPENAI_PATH,
     .ready = "/health",
     .stream = TRANSCRIBE_EVENTS,
     .streaming = {{"stream", "true"}}},
    {.kind = "mlx-audio",
     .path = OPENAI_PATH,
     .stream = TRANSCRIBE_LINES,
     .streaming = {{"response_format", "ndjson"}}},
    {.kind = "transformers",
     .path = OPENAI_PATH,
     .ready = "/health",
     .stream = TRANSCRIBE_RAW_EVENTS,
     .streaming = {{"stream", "true"}},
     .bare = true},
    {.kind = "vllm-mlx",
     .path = OPENAI_PATH,
     .ready = "/health",
     .models = "/v1/models",
     .bare = true,
     .in_query = true},
    /* Its format without response_format is the verbose one. */
    {.kind = "localai", .path = OPENAI_PATH, .ready = "/readyz", .models = "/v1/models"},
    {.kind = NULL, .path = OPENAI_PATH},
};

/*
 * What stands between the parts of a body must not stand in a part: the first
 * of them that does not is taken.
 */
static const struct boundary {
	const char *line;
	const char *content_type;
} boundaries[] = {
#define BOUNDARY(word)                                           \
	{                                                        \
		"--" word, "multipart/form-data; boundary=" word \
	}
    BOUNDARY("llmbench-between-two-parts-5f8d1c"),
    BOUNDARY("llmbench-between-two-parts-c20a97"),
    BOUNDARY("llmbench-between-two-parts-91e64b"),
    BOUNDARY("llmbench-between-two-parts-3b7d08"),
#undef BOUNDARY
};

struct part {
	const char *name;
	const char *bytes;
	size_t size;
	const struct media *file; /* that the bytes are of; NULL: none */
};

enum { PARTS_MOST = 5 + TRANSCRIBE_FIELDS };

struct parts {
	struct part parts[PARTS_MOST];
	size_t count;
};

const struct transcribe_variant *transcribe_variant(const struct server_facts *server)
{
	const struct transcribe_variant *row = variants;

	while (row->kind != NULL && !text_equal(row->kind, server->kind))
		row++;
	return row;
}

static void add_field(struct parts *parts, const char *name, const char *value)
{
	assert(parts->count < PARTS_MOST);
	parts->parts[parts->count++] = (struct part){.name = name, .bytes = value, .size = strlen(value)};
}

static bool is_in_parts(const struct parts *parts, const char *line)
{
	for (size_t i = 0; i < parts->count; i++)
		if (memmem(parts->parts[i].bytes, parts->parts[i].size, line, strlen(line)) != NULL)
			return true;
	return false;
}

/* Somebody would have to put all of them into a file on purpose: then the server refuses the last. */
static const struct boundary *choose_boundary(const struct parts *parts)
{
	const size_t last = sizeof(boundaries) / sizeof(boundaries[0]) - 1;
	size_t i = 0;

	while (i < last && is_in_parts(parts, boundaries[i].line))
		i++;
	return &boundaries[i];
}

static void add_part(struct text *body, const char *line, const struct part *part)
{
	text_addf(body, "%s\r\nContent-Disposition: form-data; name=\"%s\"", line, part->name);
	/* The name of the user's file is of no use to the server, and would have to be quoted. */
	if (part->file != NULL)
		text_addf(body, "; filename=\"recording.wav\"\r\nContent-Type: %s", part->file->type);
	text_add(body, "\r\n\r\n");
	text_add_bytes(body, part->bytes, part->size);
	text_add(body, "\r\n");
}

static void add_fields(const struct cell *cell, const struct transcribe_variant *variant, const struct input *input,
                       const char *temperature, struct parts *parts)
{
	bool streams = variant->stream != TRANSCRIBE_WHOLE && cell->stream != CELL_OFF;

	if (!variant->in_query)
		add_field(parts, "model", cell_server_model(cell));
	/* Not words that are sent with every task, such as those of a warm-up. */
	if ((cell->prompt != NULL || cell->prompts != NULL) && *input->prompt != '\0')
		add_field(parts, "prompt", input->prompt);
	for (size_t i = 0; streams && i < TRANSCRIBE_FIELDS && variant->streaming[i].name != NULL; i++)
		add_field(parts, variant->streaming[i].name, variant->streaming[i].value);
	if (variant->bare)
		return;
	/* Whisper's own server computes the language once more, for as long again, when asked for verbose_json. */
	if (!streams || variant->stream != TRANSCRIBE_LINES)
		add_field(parts, "response_format", "json");
	if (*temperature != '\0')
		add_field(parts, "temperature", temperature);
}

/* RFC 3986: all but unreserved characters are written as their bytes' numbers. */
static void add_escaped(struct text *url, const char *value)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *value != '\0'; value++)
		if (strchr(unreserved, *value) != NULL)
			text_add_char(url, *value);
		else
			text_addf(url, "%%%02X", (unsigned)(unsigned char)*value);
}

static char *url_of(const struct cell *cell, const struct transcribe_variant *variant, const struct endpoint *endpoint)
{
	struct text url = {0};

	text_addf(&url, "%s%s", endpoint->base_url, variant->path);
	if (variant->in_query) {
		text_add(&url, "?model=");
		add_escaped(&url, cell_server_model(cell));
		text_add(&url, "&response_format=json");
	}
	return text_take(&url);
}

void transcribe_encode(const struct cell *cell, const struct endpoint *endpoint, const struct input *input,
                       struct request *request)
{
	const struct transcribe_variant *variant = transcribe_variant(endpoint->facts);
	const struct boundary *boundary;
	struct text temperature = {0}, body = {0};
	struct parts parts = {0};

	cell_field_add_value(cell_field_find("temperature"), cell, &temperature);
	add_fields(cell, variant, input, text_string(&temperature), &parts);
	parts.parts[parts.count++] = (struct part){"file", input->audio->bytes, input->audio->size, input->audio};
	boundary = choose_boundary(&parts);
	for (size_t i = 0; i < parts.count; i++)
		add_part(&body, boundary->line, &parts.parts[i]);
	text_addf(&body, "%s--\r\n", boundary->line);
	*request = (struct request){
	    .method = "POST",
	    .url = url_of(cell, variant, endpoint),
	    .content_type = boundary->content_type,
	    .due_ns = TIME_UNKNOWN,
	};
	request->body_size = body.size;
	request->body = text_take(&body);
	text_release(&temperature);
}
