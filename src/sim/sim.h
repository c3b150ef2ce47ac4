/*
 * The parts of the running simulator that its HTTP handlers share.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdio.h>

#include <event2/event.h>

#include "sim/device.h"
#include "sim/environment.h"
#include "sim/fault.h"
#include "sim/image.h"
#include "sim/listener.h"
#include "sim/memory_file.h"
#include "sim/scheduler.h"
#include "sim/version.h"

struct sim {
	struct event_base *base;
	const struct device *device;
	const char *version;
	struct version_rules rules;
	double speed;
	struct faults faults;
	struct ollama_environment environment;
	struct memory_file memory_file;
	FILE *truth; /* NULL: not wanted */
	struct scheduler *scheduler;
	struct listener *listener;
	bool has_answered;         /* a request with a prompt */
	struct image_cache images; /* of the runner */
};

#endif
