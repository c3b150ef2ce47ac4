/*
 * A managed server: a command in its own session and process group, started
 * with a cell's environment, its output kept in a log, stopped with all its
 * children. When llmbench dies, however it dies, the server is stopped too: a
 * small process stands between them (server/keeper.h). At most one server at a
 * time in a process.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/command_line.h"
#include "base/failure.h"
#include "core/server_settings.h"

struct server; /* a running one */

/* Of its log on the disk; more than this is cut off again within a second. */
enum { SERVER_LOG_LIMIT = 256 << 20 };

/*
 * A TCP port of loopback that is free now. It is taken from the kernel (bind
 * to port 0) and released, so another program may still snatch it: a server
 * that says "address in use" is started again on another one.
 */
bool server_free_port(int *port, struct failure *failure);

/*
 * Starts `command` (split, then filled, both as base/command_line.h says; so
 * are the values of `environment`) with our environment plus `environment`,
 * stdin empty, stdout and stderr appended to log_path. A bare name is looked
 * for in PATH, then beside our own executable. An unknown placeholder and a program that cannot be executed are
 * failures (status 2) that name it; a log that cannot be written is status 3.
 */
struct server *server_start(const char *command, const struct placeholder *placeholders,
                            const struct environment *environment, const char *log_path, struct failure *failure);

/* From now on the secret is hidden wherever its log has it, on the disk too, when it is read and when it has ended. */
void server_hide(struct server *server, const char *secret);

/* Hides it in the log of a server that is gone. */
void server_clean_log(const char *log_path, const char *secret);

/*
 * False once the process has ended; what it leaves running is ended then. `how`
 * (may be NULL) gets "exit status 1" or "killed by signal 9 (Killed)".
 */
bool server_is_alive(struct server *server, struct text *how);

pid_t server_pid(const struct server *server);

/*
 * TERM to the whole group and all descendants, up to grace_ms for them to end,
 * then KILL; waits until none is left (10 s at most after KILL). NULL is
 * allowed. Frees the server.
 */
void server_stop(struct server *server, int grace_ms);

/* The last `limit` bytes of its log, masked but for new lines. */
void server_log_tail(struct server *server, size_t limit, struct text *into);

/* Bytes of its log so far: a place to read from later. */
size_t server_log_size(struct server *server);

/* Its log from byte `begin` to `end` or its end, at most the first 8 MiB of that; masked but for new lines. */
void server_log_part(struct server *server, size_t begin, size_t end, struct text *into);

/* For handlers of signals: async-signal-safe, a server_stop() that is waiting kills what is left. Else nothing. */
void server_hurry(void);

/*
 * For handlers of fatal signals and for abort paths: async-signal-safe, kills
 * the group of the running server at once. Nothing when there is none.
 */
void server_kill_now(void);

#endif
