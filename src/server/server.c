#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/command.h"
#include "server/keeper.h"

struct server {
	struct keeper keeper;
	char *log_path;
};

/* For server_kill_now(), which a signal handler calls and so gets nothing passed. 0: no server is up. */
static volatile sig_atomic_t running_group;

bool server_free_port(int *port, struct failure *failure)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int file = socket(AF_INET, SOCK_STREAM, 0);
	bool good = file >= 0 && bind(file, (struct sockaddr *)&address, size) == 0 &&
	            getsockname(file, (struct sockaddr *)&address, &size) == 0;

	if (!good)
		failure_set(failure, STATUS_CANNOT_GO_ON, "cannot get a free port: %s", strerror(errno));
	if (file >= 0)
		close(file);
	*port = ntohs(address.sin_port);
	return good;
}

/* --- The environment --- */

extern char **environ;

static bool is_replaced(const char *entry, const struct environment *environment)
{
	size_t length = strcspn(entry, "=");

	for (size_t i = 0; i < environment->count; i++)
		if (strlen(environment->variables[i].name) == length &&
		    memcmp(environment->variables[i].name, entry, length) == 0)
			return true;
	return false;
}

static void free_strings(char **strings)
{
	for (size_t i = 0; strings != NULL && strings[i] != NULL; i++)
		free(strings[i]);
	free(strings);
}

/* "NAME=value" strings, ended by NULL; NULL when a value cannot be filled. */
static char **merge_environment(const struct environment *environment, const struct server_placeholder *placeholders,
                                struct failure *failure)
{
	size_t count = 0, inherited = 0;
	char **merged;

	while (environ[inherited] != NULL)
		inherited++;
	merged = memory_new(inherited + environment->count + 1, sizeof(*merged));
	for (size_t i = 0; i < inherited; i++)
		if (!is_replaced(environ[i], environment))
			merged[count++] = memory_string(environ[i]);
	for (size_t i = 0; i < environment->count; i++) {
		struct text entry = {0};
		bool filled;

		text_addf(&entry, "%s=", environment->variables[i].name);
		filled = command_fill(environment->variables[i].value, placeholders, &entry, failure);
		merged[count++] = text_take(&entry);
		if (!filled) {
			free_strings(merged);
			return NULL;
		}
	}
	return merged;
}

static const char *find_path(char *const *environment)
{
	for (; *environment != NULL; environment++)
		if (text_starts_with(*environment, "PATH="))
			return *environment + strlen("PATH=");
	return NULL;
}

/* --- Its life --- */

static struct server *launch(const struct command *command, char *const *environment, const char *log_path,
                             struct failure *failure)
{
	struct keeper_order order = {
	    .program = command->program,
	    .arguments = command->arguments,
	    .environment = environment,
	    .log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666),
	};
	struct server *server;
	struct keeper keeper;
	bool started;

	if (order.log < 0) {
		failure_set(failure, STATUS_CANNOT_GO_ON, "cannot write the server's log \"%s\": %s", log_path,
		            strerror(errno));
		return NULL;
	}
	started = keeper_start(&keeper, &order, failure);
	close(order.log);
	if (!started)
		return NULL;
	running_group = (sig_atomic_t)keeper.server;
	server = memory_new(1, sizeof(*server));
	server->keeper = keeper;
	server->log_path = memory_string(log_path);
	return server;
}

struct server *server_start(const char *command, const struct server_placeholder *placeholders,
                            const struct environment *environment, const char *log_path, struct failure *failure)
{
	char **merged = merge_environment(environment, placeholders, failure);
	struct server *server = NULL;
	struct command prepared;

	if (merged == NULL)
		return NULL;
	if (command_prepare(command, placeholders, find_path(merged), &prepared, failure)) {
		server = launch(&prepared, merged, log_path, failure);
		command_release(&prepared);
	}
	free_strings(merged);
	return server;
}

bool server_is_alive(struct server *server, struct text *how)
{
	struct keeper *keeper = &server->keeper;

	keeper_look(keeper);
	if (!keeper->ended && !keeper->lost)
		return true;
	if (how == NULL)
		return false;
	if (keeper->lost)
		text_add(how, "it is not known how, somebody killed the process that kept it");
	else if (keeper->killed)
		text_addf(how, "killed by signal %d (%s)", keeper->code, strsignal(keeper->code));
	else
		text_addf(how, "exit status %d", keeper->code);
	return false;
}

pid_t server_pid(const struct server *server)
{
	return server->keeper.server;
}

void server_stop(struct server *server, int grace_ms)
{
	if (server == NULL)
		return;
	keeper_stop(&server->keeper, grace_ms);
	running_group = 0;
	free(server->log_path);
	free(server);
}

void server_kill_now(void)
{
	pid_t group = (pid_t)running_group;

	if (group > 0)
		kill(-group, SIGKILL);
}

/* --- Its log --- */

static void read_tail(int file, size_t limit, struct text *tail)
{
	off_t end = lseek(file, 0, SEEK_END);
	off_t begin = end > (off_t)limit ? end - (off_t)limit : 0;
	char bytes[4096];
	ssize_t size;

	while (tail->size < limit && (size = pread(file, bytes, sizeof(bytes), begin + (off_t)tail->size)) > 0)
		text_add_bytes(tail, bytes, (size_t)size < limit - tail->size ? (size_t)size : limit - tail->size);
	/* The cut may have gone through a UTF-8 sequence: its further bytes are 10xxxxxx. */
	if (begin > 0)
		for (int i = 0; i < 3 && tail->size > 0 && (tail->data[0] & 0xc0) == 0x80; i++)
			memmove(tail->data, tail->data + 1, tail->size--);
}

void server_log_tail(const struct server *server, size_t limit, struct text *into)
{
	int file = open(server->log_path, O_RDONLY | O_CLOEXEC);
	struct text tail = {0};

	if (file < 0)
		return;
	read_tail(file, limit, &tail);
	close(file);
	for (size_t at = 0; at < tail.size;) {
		const char *newline = memchr(tail.data + at, '\n', tail.size - at);
		size_t end = newline == NULL ? tail.size : (size_t)(newline - tail.data);

		text_add_masked(into, tail.data + at, end - at);
		if (newline != NULL)
			text_add_char(into, '\n');
		at = end + 1;
	}
	text_release(&tail);
}
