#include "target/identify.h"

#include <string.h>

/* One row for each kind of server. */
static const struct kind {
	const char *name;
	const char *adapter;
	const char *program; /* a word of its command line; NULL: none is its own */
} kinds[] = {
    {"ollama", "ollama", "ollama"},
    {"llmbench-sim", "ollama", "llmbench-sim"},
    {"whisper.cpp", "whisper", "whisper-server"},
    {"speaches", "whisper", NULL},
    {"mlx-audio", "whisper", "mlx_audio.server"},
    {"openai-audio", "whisper", NULL},
};

static const struct probe {
	const char *path;
	const char *body; /* found in the answer */
	const char *kind;
} probes[] = {
    {"/", "Ollama is running", "ollama"},
    {"/", "Whisper.cpp Server", "whisper.cpp"},
    {"/health", "{\"message\":\"OK\"}", "speaches"},
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]), PROBE_COUNT = sizeof(probes) / sizeof(probes[0]) };

static void name_kind(const struct kind *kind, struct identity *identity)
{
	*identity = (struct identity){.target = target_find(kind->adapter), .kind = kind->name};
}

const char *identify_path(size_t step)
{
	return step < PROBE_COUNT ? probes[step].path : NULL;
}

bool identify_answer(size_t step, const struct exchange *exchange, struct identity *identity)
{
	const struct probe *probe = &probes[step];

	if (exchange->http_status != 200 || exchange->body == NULL || strstr(exchange->body, probe->body) == NULL)
		return false;
	return identify_kind(probe->kind, identity);
}

/* The program's name at the beginning of a word or after a slash, and nothing of a name after it. */
static bool runs(const char *command, const char *program)
{
	size_t size = strlen(program);

	for (const char *at = strstr(command, program); at != NULL; at = strstr(at + 1, program)) {
		bool begins = at == command || strchr(" \t/'\"", at[-1]) != NULL;

		if (begins && (at[size] == '\0' || strchr(" \t'\"", at[size]) != NULL))
			return true;
	}
	return false;
}

bool identify_command(const char *command, struct identity *identity)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (kinds[i].program != NULL && runs(command, kinds[i].program)) {
			name_kind(&kinds[i], identity);
			return true;
		}
	}
	return false;
}

bool identify_kind(const char *kind, struct identity *identity)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (text_equal(kinds[i].name, kind)) {
			name_kind(&kinds[i], identity);
			return true;
		}
	}
	return false;
}

const char *identify_kind_name(size_t index)
{
	return index < KIND_COUNT ? kinds[index].name : NULL;
}

void identify_add_kinds(struct text *text)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		text_addf(text, "%s%s", i > 0 ? ", " : "", kinds[i].name);
}
