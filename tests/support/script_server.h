/*
 * A server for tests of the load engine: one thread, poll(), nothing shared
 * with llmbench but the clock and the allocator. The path of a request names its
 * script: "/3" plays scripts[3].
 */
#ifndef SUPPORT_SCRIPT_SERVER_H
#define SUPPORT_SCRIPT_SERVER_H

#include <stddef.h>
#include <stdint.h>

enum step_kind {
	STEP_SEND,  /* the bytes, in pieces with pauses between them */
	STEP_WAIT,  /* nothing for pause_ns */
	STEP_FLOOD, /* the bytes again and again until the client goes */
	STEP_STALL, /* nothing until the client goes */
	STEP_CLOSE, /* in order */
	STEP_RESET, /* RST: SO_LINGER 0 */
};

struct step {
	enum step_kind kind;
	const char *bytes;
	size_t size;  /* 0: strlen(bytes) */
	size_t piece; /* SEND: bytes at once; 0: all */
	int64_t pause_ns;
};

/* Steps end at the first without bytes that is a STEP_SEND (as `{0}` is). Then the connection is kept for the next. */
struct script {
	const struct step *steps;
};

enum greeting { GREET_READ, GREET_CLOSE, GREET_RESET }; /* a new connection: what is done before anything is read */

struct script_server_options {
	const struct script *scripts;
	size_t script_count;
	int64_t listen_after_ns; /* bound at once, so that connects are refused; listens later; negative: never */
	enum greeting greeting;
};

/* What the server saw. */
struct script_server_sent {
	size_t script;
	size_t request; /* the how manieth of the server, from 0 */
	size_t end;     /* offset in the script's bytes after this piece */
	int64_t at_ns;  /* clock_now_ns() before send() */
};

struct script_server_log {
	size_t connections, requests, peak_in_service;
	struct script_server_sent *sent;
	size_t sent_count;
	int64_t *read_ns; /* of each request: fully read */
	char *last_request;
};

struct script_server;

struct script_server *script_server_start(const struct script_server_options *options);
int script_server_port(const struct script_server *server);

/* Stops it and hands over what it saw; script_server_log_release() frees it. */
struct script_server_log script_server_stop(struct script_server *server);
void script_server_log_release(struct script_server_log *log);

#endif
