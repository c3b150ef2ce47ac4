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

#include "base/file.h"
#include "base/memory.h"
#include "server/command.h"
#include "server/keeper.h"

#define LOG_PART_LIMIT ((size_t)8 << 20)

enum { CLEAN_BYTES = 65536 };

struct server {
	struct keeper keeper;
	char *log_path;
	char *secret; /* NULL: none */
	size_t clean; /* so many bytes of the log do not have it */
};

/* For what signal handlers call, which so get nothing passed. 0: no server is up. −1: none is being stopped. */
static volatile sig_atomic_t running_group, stopping_leash = -1;

bool server_free_port(int *port, struct failure *failure)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int file = socket(AF_INET, SOCK_STREAM, 0);
	bool good = file >= 0 && bind(file, (struct sockaddr *)&address, size) == 0 &&
	            getsockname(file, (struct sockaddr *)&address, &size) == 0;

	if (!good)
		failure_set(failure, STATUS_CANNOT_GO_ON, "cannot get a free port: %s", file_reason(errno));
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
static char **merge_environment(const struct environment *environment, const struct placeholder *placeholders,
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
		filled = command_line_fill(environment->variables[i].value, placeholders, &entry, failure);
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

/* --- Its secret --- */

void server_hide(struct server *server, const char *secret)
{
	server->secret = memory_string(secret);
}

/*
 * Overwrites it in the file from a byte on, so that no place in the log moves.
 * Returns up to where there is none now; what may be its beginning lies behind.
 */
static size_t hide_from(const char *path, size_t begin, const char *secret)
{
	size_t most = strlen(secret) * TEXT_HIDE_SPREAD;
	int file = most > 0 ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
	char *bytes;
	ssize_t size;

	if (file < 0)
		return begin;
	bytes = memory_new(CLEAN_BYTES + most, 1);
	while ((size = pread(file, bytes, CLEAN_BYTES + most, (off_t)begin)) > 0) {
		if (text_hide(bytes, (size_t)size, secret))
			(void)!pwrite(file, bytes, (size_t)size, (off_t)begin);
		if ((size_t)size < most)
			break;
		begin += (size_t)size - most + 1;
	}
	free(bytes);
	close(file);
	return begin;
}

/* What was cleaned of the log's part beyond its limit is gone, and other words may be there. */
static void clean_log(struct server *server)
{
	size_t most = server->secret != NULL ? strlen(server->secret) * TEXT_HIDE_SPREAD : 0;

	if (server->clean > SERVER_LOG_LIMIT - most)
		server->clean = SERVER_LOG_LIMIT - most;
	if (server->secret != NULL)
		server->clean = hide_from(server->log_path, server->clean, server->secret);
}

void server_clean_log(const char *log_path, const char *secret)
{
	hide_from(log_path, 0, secret);
}

/* --- Its life --- */

static struct server *launch(const struct command *command, char *const *environment, const char *log_path,
                             struct failure *failure)
{
	struct keeper_order order = {
	    .program = command->program,
	    .arguments = command->arguments,
	    .environment = environment,
	    .log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666),
	};
	struct server *server;
	struct keeper keeper;
	bool started;

	if (order.log < 0) {
		failure_set(failure, STATUS_CANNOT_GO_ON, "cannot write the server's log \"%s\": %s", log_path,
		            file_reason(errno));
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

struct server *server_start(const char *command, const struct placeholder *placeholders,
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
	stopping_leash = (sig_atomic_t)server->keeper.leash;
	keeper_stop(&server->keeper, grace_ms);
	stopping_leash = -1;
	running_group = 0;
	clean_log(server);
	free(server->secret);
	free(server->log_path);
	free(server);
}

void server_hurry(void)
{
	if (stopping_leash >= 0)
		keeper_hurry((int)stopping_leash);
}

void server_kill_now(void)
{
	pid_t group = (pid_t)running_group;

	if (group > 0)
		kill(-group, SIGKILL);
}

/* --- Its log --- */

static void read_part(int file, off_t begin, size_t limit, struct text *part)
{
	char bytes[4096];
	ssize_t size;

	while (part->size < limit && (size = pread(file, bytes, sizeof(bytes), begin + (off_t)part->size)) > 0)
		text_add_bytes(part, bytes, (size_t)size < limit - part->size ? (size_t)size : limit - part->size);
	/* The cut may have gone through a UTF-8 sequence: its further bytes are 10xxxxxx. */
	if (begin > 0)
		for (int i = 0; i < 3 && part->size > 0 && (part->data[0] & 0xc0) == 0x80; i++)
			memmove(part->data, part->data + 1, part->size--);
}

static void add_masked_lines(const struct text *lines, struct text *into)
{
	for (size_t at = 0; at < lines->size;) {
		const char *newline = memchr(lines->data + at, '\n', lines->size - at);
		size_t end = newline == NULL ? lines->size : (size_t)(newline - lines->data);

		text_add_masked(into, lines->data + at, end - at);
		if (newline != NULL)
			text_add_char(into, '\n');
		at = end + 1;
	}
}

static size_t size_of(int file)
{
	off_t end = lseek(file, 0, SEEK_END);

	return end > 0 ? (size_t)end : 0;
}

static int open_log(struct server *server)
{
	clean_log(server);
	return open(server->log_path, O_RDONLY | O_CLOEXEC);
}

size_t server_log_size(struct server *server)
{
	int file = open_log(server);
	size_t size = 0;

	if (file >= 0) {
		size = size_of(file);
		close(file);
	}
	return size;
}

void server_log_part(struct server *server, size_t begin, size_t end, struct text *into)
{
	int file = open_log(server);
	size_t limit = end > begin ? end - begin : 0;
	struct text part = {0};

	if (file < 0)
		return;
	read_part(file, (off_t)begin, limit < LOG_PART_LIMIT ? limit : LOG_PART_LIMIT, &part);
	close(file);
	add_masked_lines(&part, into);
	text_release(&part);
}

void server_log_tail(struct server *server, size_t limit, struct text *into)
{
	int file = open_log(server);
	struct text tail = {0};
	size_t size;

	if (file < 0)
		return;
	size = size_of(file);
	read_part(file, size > limit ? (off_t)(size - limit) : 0, limit, &tail);
	close(file);
	add_masked_lines(&tail, into);
	text_release(&tail);
}
