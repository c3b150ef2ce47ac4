/*
 * One request for a transcript, from its form to its last byte. The server
 * hears one recording at a time.
 */
#ifndef SIM_HEARING_H
#define SIM_HEARING_H

#include <sys/queue.h>

#include <event2/event.h>

#include "sim/call.h"
#include "sim/whisper.h"

struct hearing;
TAILQ_HEAD(hearing_list, hearing);

struct whisper {
	struct sim *sim;
	struct whisper_settings settings;
	const struct whisper_kind *kind;
	const struct whisper_model *model;
	char *simulated; /* the header */
	int64_t bytes;   /* of the loaded model */
	int64_t window_ns, setup_ns;
	bool is_set_up; /* the first request was heard */
	int requests;
	struct hearing_list queue; /* the first one is being heard */
	struct event *timer;       /* its next window's end */
};

void hearing_start(struct whisper *whisper, struct call *call);
void hearing_on_timer(evutil_socket_t socket, short what, void *whisper);

void whisper_refuse(const struct whisper *whisper, struct call *call, int status, const char *message);

#endif
