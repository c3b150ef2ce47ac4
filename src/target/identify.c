#include "target/identify.h"

#include <string.h>
#include <strings.h>

#include "target/openai_kinds.h"

/* Kinds of the other adapters; those of the OpenAI interface are rows of openai_kinds[]. */
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

/* Told by the header of any answer, even of a server that is still loading. */
static const struct header_rule {
	const char *line; /* how a line of the header begins, in any case */
	const char *kind;
} header_rules[] = {
    {"server: llama.cpp", "llama-server"},
    {"server: whisper.cpp", "whisper.cpp"},
};

enum { PARTS = 2 };

/*
 * One GET for each path. What is told by little comes late; a server that
 * imitates another is asked for its own route before the other's.
 */
static const struct rule {
	const char *path;
	int status;
	const char *line;         /* of the header, as above; NULL: any header */
	const char *parts[PARTS]; /* found in the answer, blanks left out; NULL: no more; "": the answer is empty */
	const char *kind;
} rules[] = {
    {"/", 200, NULL, {"Ollamaisrunning"}, "ollama"},
    {"/", 200, NULL, {"Whisper.cppServer"}, "whisper.cpp"},
    {"/api/extra/version", 200, NULL, {"\"KoboldCpp\""}, "koboldcpp"},
    {"/api/v0/models", 200, NULL, {"\"data\":[", "\"state\":\""}, "lmstudio"},
    {"/get_server_info", 200, NULL, {"\"model_path\":"}, "sglang"},
    {"/info", 200, NULL, {"\"model_id\":", "\"router\":"}, "tgi"},
    {"/health", 200, NULL, {"\"engine_type\":"}, "vllm-mlx"},
    {"/health", 200, NULL, {"\"loaded_model\":"}, "mlx-vlm"},
    {"/health", 200, NULL, {"\"message\":\"OK\""}, "speaches"},
    {"/health", 200, "server: basehttp/", {"\"status\":\"ok\""}, "mlx_lm"},
    {"/health", 200, "x-request-id:", {"\"status\":\"ok\""}, "transformers"},
    {"/v1/models", 200, NULL, {"\"owned_by\":\"vllm\""}, "vllm"},
    {"/v1/models", 200, NULL, {"\"owned_by\":\"llamacpp\""}, "llama-server"},
    {"/v1/models", 200, NULL, {"\"owned_by\":\"sglang\""}, "sglang"},
    {"/props", 200, NULL, {"\"build_info\":"}, "llama-server"},
    {"/readyz", 200, NULL, {"OK"}, "localai"},
    {"/readyz", 200, NULL, {""}, "localai"},
    {"/readyz", 503, NULL, {"\"status\":\"starting\""}, "localai"},
    /* none of those, but of the interface */
    {"/v1/models", 200, NULL, {"\"object\":\"list\"", "\"data\":["}, "openai"},
};

enum {
	KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]),
	RULE_COUNT = sizeof(rules) / sizeof(rules[0]),
	HEADER_RULE_COUNT = sizeof(header_rules) / sizeof(header_rules[0])
};

/* The first rule of a step, or RULE_COUNT: rules of one path are one step. */
static size_t first_rule(size_t step)
{
	size_t i = 0;

	for (; i < RULE_COUNT && step > 0; i++)
		step -= i + 1 < RULE_COUNT && strcmp(rules[i].path, rules[i + 1].path) != 0;
	return step > 0 ? RULE_COUNT : i;
}

const char *identify_path(size_t step)
{
	size_t i = first_rule(step);

	return i < RULE_COUNT ? rules[i].path : NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool begins_without_blanks(const char *at, const char *end, const char *part)
{
	for (; *part != '\0'; part++, at++) {
		while (at < end && is_blank(*at))
			at++;
		if (at == end || *at != *part)
			return false;
	}
	return true;
}

static bool has_part(const struct exchange *exchange, const char *part)
{
	const char *end;

	if (part == NULL)
		return true;
	if (*part == '\0' || exchange->body_size == 0)
		return *part == '\0' && exchange->body_size == 0;
	end = exchange->body + exchange->body_size;
	for (const char *at = exchange->body; at < end; at++)
		if (begins_without_blanks(at, end, part))
			return true;
	return false;
}

static bool has_line(const struct exchange *exchange, const char *line)
{
	const char *at = exchange->head;

	if (line == NULL)
		return true;
	while (at != NULL) {
		if (strncasecmp(at, line, strlen(line)) == 0)
			return true;
		at = strchr(at, '\n');
		at = at != NULL ? at + 1 : NULL;
	}
	return false;
}

static bool obeys(const struct exchange *exchange, const struct rule *rule)
{
	if (exchange->http_status != rule->status || !has_line(exchange, rule->line))
		return false;
	for (size_t i = 0; i < PARTS; i++)
		if (!has_part(exchange, rule->parts[i]))
			return false;
	return true;
}

bool identify_answer(size_t step, const struct exchange *exchange, struct identity *identity)
{
	size_t first = first_rule(step);

	for (size_t i = 0; i < HEADER_RULE_COUNT; i++)
		if (has_line(exchange, header_rules[i].line) && identify_kind(header_rules[i].kind, identity))
			return true;
	for (size_t i = first; i < RULE_COUNT && strcmp(rules[i].path, rules[first].path) == 0; i++)
		if (obeys(exchange, &rules[i]) && identify_kind(rules[i].kind, identity))
			return true;
	return false;
}

/* The program's name, or how it ends when that is what is looked for: ".llamafile". */
static bool is_program(const char *word, size_t size, const char *program)
{
	size_t length = strlen(program);

	if (size < length || (*program != '.' && size != length))
		return false;
	return memcmp(word + size - length, program, length) == 0;
}

static bool identify_word(const char *word, size_t size, struct identity *identity)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (kinds[i].program != NULL && is_program(word, size, kinds[i].program))
			return identify_kind(kinds[i].name, identity);
	for (size_t i = 0; i < openai_kind_count; i++)
		for (size_t p = 0; p < OPENAI_PROGRAMS && openai_kinds[i].programs[p] != NULL; p++)
			if (is_program(word, size, openai_kinds[i].programs[p]))
				return identify_kind(openai_kinds[i].name, identity);
	return false;
}

bool identify_command(const char *command, struct identity *identity)
{
	static const char between[] = " \t\r\n'\"";

	/* The simulator of another server than Ollama is asked, as that server would be. */
	if (strstr(command, "llmbench-sim") != NULL && strstr(command, "--api ") != NULL)
		return false;

	while (*command != '\0') {
		size_t size = strcspn(command, between);
		const char *word = command;

		/* Without its folders; NAME=/a/folder is no program. */
		for (size_t i = 0; i < size; i++)
			if (command[i] == '/')
				word = command + i + 1;
		if (size > 0 && memchr(command, '=', size) == NULL &&
		    identify_word(word, (size_t)(command + size - word), identity))
			return true;
		command += size;
		command += strspn(command, between);
	}
	return false;
}

bool identify_kind(const char *kind, struct identity *identity)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (text_equal(kinds[i].name, kind)) {
			*identity = (struct identity){.target = target_find(kinds[i].adapter), .kind = kinds[i].name};
			return true;
		}
	}
	for (size_t i = 0; i < openai_kind_count; i++) {
		if (text_equal(openai_kinds[i].name, kind)) {
			*identity = (struct identity){.target = target_find("openai"), .kind = openai_kinds[i].name};
			return true;
		}
	}
	return false;
}

const char *identify_kind_name(size_t index)
{
	if (index < KIND_COUNT)
		return kinds[index].name;
	index -= KIND_COUNT;
	for (size_t i = 0; i < openai_kind_count; i++) {
		/* Ollama's /v1 is no kind of its own. */
		if (text_equal(openai_kinds[i].name, kinds[0].name))
			continue;
		if (index-- == 0)
			return openai_kinds[i].name;
	}
	return NULL;
}

void identify_add_kinds(struct text *text)
{
	for (size_t i = 0; identify_kind_name(i) != NULL; i++)
		text_addf(text, "%s%s", i > 0 ? ", " : "", identify_kind_name(i));
}
