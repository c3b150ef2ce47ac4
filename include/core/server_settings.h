/*
 * How a server is reached or started, as the matrix says it.
 */
#ifndef CORE_SERVER_SETTINGS_H
#define CORE_SERVER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "core/access.h"

struct environment {
	size_t count;
	struct variable {
		char *name, *value;
	} * variables;
};

struct server_settings {
	char *name;    /* column and JSON key; default: the adapter */
	char *adapter; /* "ollama", …; NULL: found by probing */
	char *kind;    /* "llama-server", …; NULL: found by probing */
	char *url;     /* a running server, without a slash at the end; NULL when `start` is given */
	char *start; /* command line of a managed server, split at blanks with shell quoting, no shell; NULL when `url`
	                is given */
	char *api_key_env; /* the variable of our own environment that has its key; NULL: it wants none */
	char *api_key;     /* what that holds; never written anywhere */
	char *ca_file;     /* PEM, its path; NULL: the system's certificates are trusted */
	struct environment environment;
	struct environment models; /* this server's own name, or file, for a model of the matrix */
	int line, column;          /* of the matrix file, for messages */
};

/* Replaces the variable of that name, or adds it. Copies both strings. */
void environment_set(struct environment *environment, const char *name, const char *value);
const char *environment_get(const struct environment *environment, const char *name);
void environment_release(struct environment *environment);
/* {name: value}; the values of what may be a secret (a key, a token, a password) are "(hidden)". */
struct json *environment_json(const struct environment *environment);
/* Whether the name of a variable tells that its value may be a secret: a key, a token, a password. */
bool environment_is_secret(const char *name);
/* How the server at base_url is spoken to; borrows both. */
struct access server_access(const struct server_settings *settings, const char *base_url);
void server_settings_release(struct server_settings *settings);

#endif
