#include "sim/environment.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/gotext.h"
#include "sim/log.h"

#define DEFAULT_PORT 11434

#define MOST_PARALLEL 65536 /* more would be a mistake, and would not fit our integers */

/* A variable without the blanks and quotes around it; "" when unset. The caller frees it. */
static char *variable(const char *name)
{
	const char *value = getenv(name);
	size_t size;

	if (value == NULL)
		return memory_string("");
	size = strlen(value);
	while (size > 0 && strchr(" \t\r\n\"'", *value) != NULL) {
		value++;
		size--;
	}
	while (size > 0 && strchr(" \t\r\n\"'", value[size - 1]) != NULL)
		size--;
	return memory_copy(value, size);
}

/* Go's uint variables: anything else is the default. */
static int64_t read_count(const char *name, int64_t otherwise)
{
	char *value = variable(name), *end;
	int64_t count = otherwise;

	if (*value != '\0') {
		errno = 0;
		count = strtoll(value, &end, 10);
		if (errno != 0 || *end != '\0' || !isdigit((unsigned char)*value)) {
			log_line("WARN", "config.go:239", "invalid environment variable, using default",
			         " key=%s value=%s default=%" PRId64, name, value, otherwise);
			count = otherwise;
		}
	}
	free(value);
	return count;
}

static bool is_one_of(const char *value, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(value, *words) == 0)
			return true;
	return false;
}

/* Go's ParseBool; what it cannot parse counts as true. -1 unset. */
static int read_bool(const char *name)
{
	static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False", NULL};
	char *value = variable(name);
	int answer = -1;

	if (*value != '\0')
		answer = !is_one_of(value, no);
	free(value);
	return answer;
}

bool keep_alive_read(const char *string, int64_t *ns)
{
	char *end;
	long long seconds;

	if (!go_read_duration(string, ns)) {
		seconds = strtoll(string, &end, 10);
		if (end == string || *end != '\0')
			return false;
		*ns = seconds > INT64_MAX / NS_PER_S ? KEEP_ALIVE_FOREVER : seconds * NS_PER_S;
	}
	if (*ns < 0)
		*ns = KEEP_ALIVE_FOREVER;
	return true;
}

static int64_t read_duration(const char *name, int64_t otherwise)
{
	char *value = variable(name);
	int64_t ns = otherwise;

	if (*value != '\0' && !keep_alive_read(value, &ns))
		ns = otherwise;
	free(value);
	return ns;
}

static int read_port(const char *port, int otherwise)
{
	char *end;
	long number = strtol(port, &end, 10);

	if (end == port || *end != '\0' || number < 0 || number > 65535) {
		log_line("WARN", "config.go:46", "invalid port, using default", " port=%s default=%d", port, otherwise);
		return otherwise;
	}
	return (int)number;
}

/* [scheme://]host[:port][/path]; an IPv6 address with a port stands in brackets. */
static void read_host(struct ollama_environment *environment)
{
	char *value = variable("OLLAMA_HOST");
	char *host = value, *scheme = strstr(value, "://"), *colon;
	int port = DEFAULT_PORT;

	if (scheme != NULL) {
		*scheme = '\0';
		if (strcmp(value, "http") == 0)
			port = 80;
		else if (strcmp(value, "https") == 0)
			port = 443;
		host = scheme + 3;
	}
	host[strcspn(host, "/")] = '\0';
	colon = strrchr(host, ':');
	if (colon != NULL && (strchr(host, ':') == colon || colon[-1] == ']')) {
		port = read_port(colon + 1, port);
		*colon = '\0';
	} else if (*host == '\0') {
		host = "127.0.0.1";
	}
	environment->port = port;
	environment->host = *host == '[' ? memory_copy(host + 1, strcspn(host + 1, "]")) : memory_string(host);
	free(value);
}

static enum kv_type read_kv_type(void)
{
	char *value = variable("OLLAMA_KV_CACHE_TYPE");
	enum kv_type type = KV_F16;

#define X(symbol, name, bytes)        \
	if (strcmp(value, name) == 0) \
		type = symbol;
	KV_TYPES(X)
#undef X
	if (*value != '\0' && strcmp(value, kv_type_name(type)) != 0)
		log_line("WARN", "ggml.go:575", "unsupported OLLAMA_KV_CACHE_TYPE", " type=%s", value);
	free(value);
	return type;
}

void ollama_environment_read(struct ollama_environment *environment, const struct version_rules *rules)
{
	read_host(environment);
	environment->parallel = read_count("OLLAMA_NUM_PARALLEL", rules->unset_parallel);
	if (environment->parallel > MOST_PARALLEL)
		environment->parallel = MOST_PARALLEL;
	environment->max_queue = read_count("OLLAMA_MAX_QUEUE", 512);
	environment->max_loaded = read_count("OLLAMA_MAX_LOADED_MODELS", 0);
	environment->context_size = read_count("OLLAMA_CONTEXT_LENGTH", rules->default_context_size);
	if (environment->context_size > INT32_MAX)
		environment->context_size = INT32_MAX;
	environment->keep_alive_ns = read_duration("OLLAMA_KEEP_ALIVE", 300 * NS_PER_S);
	environment->load_timeout_ns = read_duration("OLLAMA_LOAD_TIMEOUT", 300 * NS_PER_S);
	if (environment->load_timeout_ns <= 0)
		environment->load_timeout_ns = INT64_MAX;
	environment->flash_attention = read_bool("OLLAMA_FLASH_ATTENTION");
	environment->kv_type = read_kv_type();
}

void ollama_environment_add_map(struct text *text, const struct ollama_environment *environment)
{
	bool brackets = strchr(environment->host, ':') != NULL;

	text_addf(text, "map[OLLAMA_CONTEXT_LENGTH:%" PRId64, environment->context_size);
	text_addf(text, " OLLAMA_FLASH_ATTENTION:%s", environment->flash_attention > 0 ? "true" : "false");
	text_addf(text, " OLLAMA_HOST:http://%s%s%s:%d", brackets ? "[" : "", environment->host, brackets ? "]" : "",
	          environment->port);
	text_add(text, " OLLAMA_KEEP_ALIVE:");
	go_add_duration(text, environment->keep_alive_ns);
	text_addf(text, " OLLAMA_KV_CACHE_TYPE:%s",
	          environment->kv_type == KV_F16 ? "" : kv_type_name(environment->kv_type));
	text_add(text, " OLLAMA_LOAD_TIMEOUT:");
	go_add_duration(text, environment->load_timeout_ns);
	text_addf(text, " OLLAMA_MAX_LOADED_MODELS:%" PRId64, environment->max_loaded);
	text_addf(text, " OLLAMA_MAX_QUEUE:%" PRId64, environment->max_queue);
	text_addf(text, " OLLAMA_NUM_PARALLEL:%" PRId64 "]", environment->parallel);
}

void ollama_environment_release(struct ollama_environment *environment)
{
	free(environment->host);
	environment->host = NULL;
}
