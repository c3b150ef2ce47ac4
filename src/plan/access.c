/*
 * Keys of servers, and how they stay secret: a matrix is kept with its results,
 * so there is nothing in it but the name of the variable that has the key.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/command_line.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/url.h"
#include "plan/draft.h"

enum { CA_FILE_MAX = 16 << 20 };

static const char cure[] = "export it as a variable and give that one's name: api_key_env: NAME";

bool access_refuse_key(struct draft *draft, const char *source, const struct yaml *place, const char *name)
{
	static const char *const words[] = {"api_key", "api-key",  "apikey",   "key",           "token",
	                                    "bearer",  "auth",     "headers",  "authorization", "header",
	                                    "secret",  "password", "username", "user"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(name, words[i]) == 0)
			return !draft_fail(draft, source, place,
			                   "%s: no key stands in a matrix, which is kept with the results; %s",
			                   draft_quote(draft, name), cure);
	return false;
}

bool access_check_url(struct draft *draft, const char *source, const struct yaml *node)
{
	return !url_has_credentials(node->text) ||
	       draft_fail(draft, source, node,
	                  "url has a user's name or password before its host, which results would keep; %s", cure);
}

/* The characters of a bearer token: RFC 6750 §2.1. */
static bool is_token(const char *value)
{
	return value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=")] == '\0';
}

bool access_check_variable(struct draft *draft, const char *source, const struct yaml *node)
{
	const char *name = node->text, *value = getenv(name);

	if (*name == '\0' || strchr(name, '=') != NULL)
		return draft_fail(draft, source, node, "api_key_env cannot be %s; it is the name of a variable",
		                  draft_quote(draft, name));
	/* Who writes the key itself here must not see it again in a message. */
	if (value == NULL && name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] != '\0')
		return draft_fail(draft, source, node,
		                  "api_key_env names no variable that is set; if it is the key itself: %s", cure);
	if (value == NULL || *value == '\0')
		return draft_fail(draft, source, node, "the variable %s, which api_key_env names, is %s: export %s=…",
		                  draft_quote(draft, name), value == NULL ? "not set" : "empty", name);
	if (strlen(value) < ACCESS_KEY_LEAST)
		return draft_fail(
		    draft, source, node,
		    "the key in %s has %zu characters; it needs at least %d to be hidden in what servers say",
		    draft_quote(draft, name), strlen(value), ACCESS_KEY_LEAST);
	return is_token(value) || draft_fail(draft, source, node,
	                                     "the value of %s is no key: it has a character other than letters, digits "
	                                     "and -._~+/=",
	                                     draft_quote(draft, name));
}

bool access_check_ca_file(struct draft *draft, const char *source, const struct yaml *node)
{
	const char *path = draft_path(draft, node->text);
	struct failure why = {0};
	struct text bytes = {0};
	bool good = file_read(path, CA_FILE_MAX, &bytes, &why);

	if (!good)
		draft_fail(draft, source, node, "ca_file: %s", why.message);
	else if (strstr(text_string(&bytes), "-----BEGIN ") == NULL)
		good = draft_fail(draft, source, node, "ca_file %s has no certificate; it is a file of PEM",
		                  draft_quote(draft, node->text));
	failure_release(&why);
	text_release(&bytes);
	return good;
}

/* `--api-key VALUE`, `--api-key=VALUE` */
static bool gives_key(const char *argument)
{
	static const char *const options[] = {"--api-key", "--api_key", "--hf-token", "--hf_token"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t length = strlen(options[i]);

		if (text_starts_with(argument, options[i]) && (argument[length] == '\0' || argument[length] == '='))
			return true;
	}
	return false;
}

bool access_check_start(struct draft *draft, const char *source, const struct yaml *node)
{
	struct failure ignored = {0};
	size_t count = 0;
	char **arguments = command_line_split(node->text, &count, &ignored);
	bool good = true;

	for (size_t i = 0; arguments != NULL && i < count && good; i++)
		if (gives_key(arguments[i]))
			good = draft_fail(
			    draft, source, node,
			    "start has a key behind %.*s, which every program here can see and results would "
			    "keep; servers have the variables of llmbench: export it as the one that this server "
			    "reads, such as LLAMA_API_KEY or VLLM_API_KEY, and give its name: api_key_env: NAME",
			    (int)strcspn(arguments[i], "="), arguments[i]);
	failure_release(&ignored);
	command_line_free(arguments);
	return good;
}

void access_finish(struct draft *draft, const char *source, const struct yaml *map, struct server_settings *server)
{
	char *path = server->ca_file != NULL ? memory_string(draft_path(draft, server->ca_file)) : NULL;

	free(server->ca_file);
	server->ca_file = path;
	server->api_key = server->api_key_env != NULL ? memory_string(getenv(server->api_key_env)) : NULL;
	if (server->api_key != NULL && server->url != NULL && text_starts_with(server->url, "http://") &&
	    url_loopback_port(server->url) == 0)
		draft_warn(draft, source, map,
		           "the key goes to %s as it is, for everybody on the way to read; https:// keeps it",
		           server->url);
}

/* The bytes of the file from the node on; a column counts characters, so it is never behind the node. */
static char *place_in_source(const struct plan *plan, const struct yaml *node)
{
	char *at = plan->source;

	for (int line = 1; line < node->line && at != NULL; line++)
		at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL;
	for (int column = 1; at != NULL && column < node->column && *at != '\0' && *at != '\n'; column++)
		at++;
	return at;
}

bool access_hide_value(struct draft *draft, const char *source, const char *name, const struct yaml *node)
{
	struct plan *plan = draft->plan;
	char *at = source == draft->source ? place_in_source(plan, node) : NULL;
	char *value = at != NULL && node->text != NULL ? strstr(at, node->text) : NULL;

	if (source != draft->source || node->text == NULL || *node->text == '\0')
		return true;
	if (value != NULL) {
		memset(value, '*', strlen(node->text));
		return true;
	}
	return text_hide(plan->source, strlen(plan->source), node->text) ||
	       draft_fail(
		   draft, source, node,
		   "the value of %s looks like a secret, and is written so that it cannot be hidden in the copy of "
		   "the matrix that results keep: write it without escapes, or export the variable instead",
		   draft_quote(draft, name));
}
