/* Which server it is, and what it is called, as far as the matrix tells. */
#include <stdlib.h>
#include <string.h>

#include "base/command_line.h"
#include "base/memory.h"
#include "plan/draft.h"
#include "target/identify.h"

static void identify(struct server_settings *server)
{
	struct identity identity = {0};
	bool known = server->kind != NULL ? identify_kind(server->kind, &identity)
	                                  : server->start != NULL && identify_command(server->start, &identity);

	if (!known)
		return;
	if (server->kind == NULL)
		server->kind = memory_string(identity.kind);
	if (server->adapter == NULL && identity.target != NULL)
		server->adapter = memory_string(identity.target->name);
}

/* "my-server" of "/opt/my-server --port {port}"; NULL when it cannot be split. */
static char *program_name(const char *start)
{
	struct failure failure = {0};
	size_t count;
	char **arguments = command_line_split(start, &count, &failure);
	char *name = NULL;

	if (arguments != NULL) {
		const char *slash = strrchr(arguments[0], '/');

		name = memory_string(slash != NULL && slash[1] != '\0' ? slash + 1 : arguments[0]);
	}
	failure_release(&failure);
	command_line_free(arguments);
	return name;
}

static char *default_name(const struct server_settings *server)
{
	char *program = NULL;

	if (server->kind != NULL)
		return memory_string(server->kind);
	if (server->adapter != NULL)
		return memory_string(server->adapter);
	if (server->url != NULL)
		return memory_string(strstr(server->url, "://") + strlen("://"));
	program = program_name(server->start);
	return program != NULL ? program : memory_string("server");
}

void server_identify(struct server_settings *server)
{
	identify(server);
	if (server->name == NULL)
		server->name = default_name(server);
}
