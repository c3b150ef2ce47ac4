/*
 * The command line of llmbench-sim. One table gives parsing and --help.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stdbool.h>

#include "base/failure.h"
#include "base/text.h"
#include "sim/api_options.h"
#include "sim/device.h"
#include "sim/fault.h"
#include "sim/version.h"

#define PORT_FROM_ENVIRONMENT (-1) /* Ollama's, or the kind's own */

struct options {
	const struct device *device;
	int port; /* or PORT_FROM_ENVIRONMENT; 0: the system picks one */
	double speed;
	struct faults faults;
	const char *truth;   /* path; NULL: none */
	bool no_memory_file; /* as of a real server: what this machine does is read */
	struct api_options api;
	const char *ollama_version;
	struct version_rules rules;
	bool list, help, version; /* print and end */
};

/* Fills in defaults. False: the user's mistake, in `failure`. Strings are borrowed from argv. */
bool options_read(struct options *options, int argc, char **argv, struct failure *failure);

void options_add_help(struct text *text);
void options_add_list(struct text *text); /* devices, models and faults */

#endif
