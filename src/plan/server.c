/* `server`, and --set server.KEY. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/url.h"
#include "plan/draft.h"
#include "target/identify.h"

#define DEFAULT_ADAPTER "ollama"
#define DEFAULT_URL     "http://127.0.0.1:11434"

static const char server_allowed[] = "a map with url or start, such as {url: " DEFAULT_URL "} or {start: ollama serve}";

/* "SOURCE: no such WHAT "word" (did you mean "nearest"?)", or what there is. */
static bool refuse_word(struct draft *draft, const char *source, const struct yaml *node, const char *what,
                        const struct text_guess *guess, const struct text *known)
{
	const char *quoted = draft_quote(draft, guess->word);

	if (guess->nearest != NULL)
		return draft_fail(draft, source, node, "no such %s %s (did you mean \"%s\"?)", what, quoted,
		                  guess->nearest);
	return draft_fail(draft, source, node, "no such %s %s; there are %s", what, quoted, text_string(known));
}

static void offer(const char *name, struct text_guess *guess, struct text *known)
{
	text_guess_offer(guess, name, name);
	text_addf(known, "%s%s", known->size > 0 ? ", " : "", name);
}

static bool check_adapter(struct draft *draft, const char *source, const struct yaml *node)
{
	struct text_guess guess = {.word = node->text};
	struct text known = {0};

	if (target_find(node->text) != NULL)
		return true;
	for (size_t i = 0; targets[i] != NULL; i++)
		offer(targets[i]->name, &guess, &known);
	refuse_word(draft, source, node, "adapter", &guess, &known);
	text_release(&known);
	return false;
}

static bool check_kind(struct draft *draft, const char *source, const struct yaml *node)
{
	struct text_guess guess = {.word = node->text};
	struct identity identity;
	struct text known = {0};

	if (identify_kind(node->text, &identity))
		return true;
	for (size_t i = 0; identify_kind_name(i) != NULL; i++)
		offer(identify_kind_name(i), &guess, &known);
	refuse_word(draft, source, node, "kind of server", &guess, &known);
	text_release(&known);
	return false;
}

static bool check_url(struct draft *draft, const char *source, const struct yaml *node)
{
	if (!access_check_url(draft, source, node))
		return false;
	return url_is_of_server(node->text) ||
	       draft_fail(draft, source, node, "url cannot be %s; it is http://HOST:PORT or https://HOST:PORT",
	                  draft_quote(draft, node->text));
}

static bool check_start(struct draft *draft, const char *source, const struct yaml *node)
{
	if (node->text[strspn(node->text, " \t\r\n")] != '\0')
		return access_check_start(draft, source, node);
	return draft_fail(draft, source, node, "start cannot be empty; it is a command line, such as ollama serve");
}

static bool check_name(struct draft *draft, const char *source, const struct yaml *node)
{
	return *node->text != '\0' || draft_fail(draft, source, node, "name cannot be empty");
}

/* Keys of a server that are texts. */
static const struct server_key {
	const char *name;
	size_t offset; /* of the char * in struct server_settings */
	bool (*check)(struct draft *draft, const char *source, const struct yaml *node);
	const char *allowed;
} server_keys[] = {
    {"name", offsetof(struct server_settings, name), check_name, "text"},
    {"adapter", offsetof(struct server_settings, adapter), check_adapter,
     "how the server is spoken to, such as ollama"},
    {"kind", offsetof(struct server_settings, kind), check_kind, "which server it is, such as ollama"},
    {"url", offsetof(struct server_settings, url), check_url, "http://HOST:PORT or https://HOST:PORT"},
    {"start", offsetof(struct server_settings, start), check_start, "a command line, such as ollama serve"},
    {"api_key_env", offsetof(struct server_settings, api_key_env), access_check_variable, "the name of a variable"},
    {"ca_file", offsetof(struct server_settings, ca_file), access_check_ca_file, "a file of certificates (PEM)"},
};

static const struct server_key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof(server_keys) / sizeof(server_keys[0]); i++) {
		if (text_equal(server_keys[i].name, name))
			return &server_keys[i];
	}
	return NULL;
}

static char **member_of(struct server_settings *server, const struct server_key *key)
{
	return (char **)((char *)server + key->offset);
}

/* Keys of a server that are maps of texts. */
static const struct server_map {
	const char *name;
	const char *allowed;
} server_maps[] = {
    {"env", "variables are a map, such as {OLLAMA_DEBUG: 1}"},
    {"models", "models is a map from the matrix's name of a model to this server's, such as {llama3.2: llama3.2.gguf}"},
};
enum { MAP_COUNT = sizeof(server_maps) / sizeof(server_maps[0]) };

static bool refuse_key(struct draft *draft, const char *source, const struct yaml *place, const char *key)
{
	struct text_guess guess = {.word = key};
	struct text known = {0};

	if (access_refuse_key(draft, source, place, key))
		return false;
	for (size_t i = 0; i < sizeof(server_keys) / sizeof(server_keys[0]); i++)
		offer(server_keys[i].name, &guess, &known);
	for (size_t i = 0; i < MAP_COUNT; i++)
		offer(server_maps[i].name, &guess, &known);
	refuse_word(draft, source, place, "key of server", &guess, &known);
	text_release(&known);
	return false;
}

/* `name` of a variable or of a model. */
static bool read_item(struct draft *draft, const char *source, const struct yaml *place, const struct server_map *map,
                      const char *name, const struct yaml *value, struct server_settings *server)
{
	const char *text;

	if (text_equal(map->name, "env"))
		return draft_read_variable(draft, source, place, name, value, &server->environment);
	text = draft_scalar(draft, source, value, name, "this server's name or file of the model");
	if (text == NULL)
		return false;
	if (*text == '\0')
		return draft_fail(draft, source, value,
		                  "%s cannot be empty; it is this server's name or file of the model",
		                  draft_quote(draft, name));
	environment_set(&server->models, name, text);
	return true;
}

static bool read_map(struct draft *draft, const char *source, const struct server_map *map, const struct yaml *node,
                     struct server_settings *server)
{
	if (node->kind != YAML_MAP)
		return draft_fail(draft, source, node, "%s", map->allowed);
	for (size_t i = 0; i < node->count; i++) {
		if (!read_item(draft, source, node->keys[i], map, node->keys[i]->text, node->items[i], server))
			return false;
	}
	return true;
}

static const struct server_map *find_map(const char *name)
{
	for (size_t i = 0; i < MAP_COUNT; i++) {
		if (text_equal(server_maps[i].name, name))
			return &server_maps[i];
	}
	return NULL;
}

static bool read_text(struct draft *draft, const char *source, const struct server_key *key, const struct yaml *node,
                      struct server_settings *server)
{
	char **member = member_of(server, key);

	if (draft_scalar(draft, source, node, key->name, key->allowed) == NULL || !key->check(draft, source, node))
		return false;
	free(*member);
	*member = memory_string(node->text);
	return true;
}

static bool read_server(struct draft *draft, const char *source, const struct yaml *map, struct server_settings *server)
{
	if (map->kind != YAML_MAP)
		return draft_fail(draft, source, map, "server is %s", server_allowed);
	server->line = map->line;
	server->column = map->column;
	for (size_t i = 0; i < map->count; i++) {
		const char *name = map->keys[i]->text;
		const struct server_key *key = find_key(name);
		const struct server_map *texts = find_map(name);

		if (key == NULL && texts == NULL)
			return refuse_key(draft, source, map->keys[i], name);
		if (texts != NULL && !read_map(draft, source, texts, map->items[i], server))
			return false;
		if (key != NULL && !read_text(draft, source, key, map->items[i], server))
			return false;
	}
	return true;
}

/* --set server.env.NAME and server.models.NAME. */
static const struct server_map *map_item(const char *key, const char **name)
{
	for (size_t i = 0; i < MAP_COUNT; i++) {
		size_t length = strlen(server_maps[i].name);

		if (text_starts_with(key, server_maps[i].name) && key[length] == '.') {
			*name = key + length + 1;
			return &server_maps[i];
		}
	}
	return NULL;
}

/* Only variables make sense for several servers at once. */
static bool override_server(struct draft *draft, const struct setting *setting, struct server_settings *server)
{
	const struct server_key *key = find_key(setting->key);
	const char *name;
	const struct server_map *map = map_item(setting->key, &name);

	if (map == NULL && key == NULL)
		return refuse_key(draft, setting->source, NULL, setting->key);
	if (map != NULL && (draft->plan->server_count == 1 || text_equal(map->name, "env")))
		return read_item(draft, setting->source, NULL, map, name, setting->node, server);
	if (draft->plan->server_count > 1)
		return draft_fail(draft, setting->source, NULL,
		                  "the matrix has %zu servers; only server.env.NAME can be set",
		                  draft->plan->server_count);
	if (!read_text(draft, setting->source, key, setting->node, server))
		return false;
	if (text_equal(key->name, "start")) {
		free(server->url);
		server->url = NULL;
	} else if (text_equal(key->name, "url")) {
		free(server->start);
		server->start = NULL;
	}
	return true;
}

static void shorten_url(char *url)
{
	for (size_t end = strlen(url); end > 0 && url[end - 1] == '/'; end--)
		url[end - 1] = '\0';
}

static bool finish_server(struct draft *draft, const char *source, const struct yaml *map,
                          struct server_settings *server)
{
	if (server->url != NULL && server->start != NULL)
		return draft_fail(draft, source, map,
		                  "url and start exclude each other: a server runs already or is started");
	if (server->url == NULL && server->start == NULL)
		return draft_fail(draft, source, map, "neither url nor start; server is %s", server_allowed);
	if (server->url != NULL)
		shorten_url(server->url);
	server_identify(server);
	access_finish(draft, source, map, server);
	if (server->url != NULL && server->environment.count > 0)
		draft_warn(draft, source, map, "env changes nothing for a server that runs already (%s)", server->url);
	for (const struct server_settings *other = draft->plan->servers; other < server; other++) {
		if (text_equal(other->name, server->name))
			return draft_fail(draft, source, map, "two servers are called %s; name tells them apart",
			                  draft_quote(draft, server->name));
	}
	return true;
}

/* `count` items of a list, or one map, or, with no setting, the default. */
bool draft_read_servers(struct draft *draft)
{
	struct plan *plan = draft->plan;
	const struct setting *setting = draft_find(draft, "server");
	const struct yaml *node = setting != NULL ? setting->node : NULL;
	bool list = node != NULL && node->kind == YAML_LIST;
	const char *source = setting != NULL ? setting->source : draft->source;

	if (list && node->count == 0)
		return draft_fail(draft, source, node, "an empty list makes no cells");
	plan->server_count = list ? node->count : 1;
	/* Never grown: cells point into it. */
	plan->servers = memory_new(plan->server_count, sizeof(*plan->servers));
	for (size_t i = 0; i < plan->server_count; i++) {
		struct server_settings *server = &plan->servers[i];
		const struct yaml *map = list ? node->items[i] : node;

		if (map == NULL)
			*server = (struct server_settings){.adapter = memory_string(DEFAULT_ADAPTER),
			                                   .url = memory_string(DEFAULT_URL)};
		else if (!read_server(draft, source, map, server))
			return false;
		for (size_t j = 0; j < draft->server_setting_count; j++) {
			if (!override_server(draft, &draft->server_settings[j], server))
				return false;
		}
		if (!finish_server(draft, source, map, server))
			return false;
	}
	return true;
}
