/*
 * The part of the command line that says which interface is spoken, by which
 * kind of server, and how it misbehaves.
 */
#ifndef SIM_API_OPTIONS_H
#define SIM_API_OPTIONS_H

#include <stdbool.h>

#include "base/failure.h"
#include "sim/fault.h"
#include "sim/openai.h"
#include "sim/whisper.h"

enum api { API_OLLAMA, API_OPENAI, API_WHISPER };

enum api_option {
	API_OPTION_API,
	API_OPTION_KIND,
	API_OPTION_QUIRK,
	API_OPTION_MODEL,
	API_OPTION_PARALLEL,
	API_OPTION_QUEUE_LIMIT,
	API_OPTION_CONTEXT,
	API_OPTION_IMAGE_TOKENS,
	API_OPTION_STREAM_INTERVAL,
	API_OPTION_HALF_CHARACTERS,
	API_OPTION_READY_AFTER,
	API_OPTION_PING,
	API_OPTION_NO_CACHE,
	API_OPTION_EMBEDDINGS,
	API_OPTION_METRICS,
	API_OPTION_FAULT,
	API_OPTION_COUNT
};

#define API_QUIRKS_MAX 32
#define API_FAULTS_MAX 16

struct api_options {
	enum api api;
	const char *kind_name, *model_name; /* NULL: the default */
	const char *quirks[API_QUIRKS_MAX];
	int quirk_count;
	const char *faults[API_FAULTS_MAX]; /* an interface's own: read when it is known */
	int fault_count;
	const char *last; /* option that only another interface has; NULL: none was given */
	struct openai_settings openai;
	struct whisper_settings whisper;
};

void api_options_begin(struct api_options *options);

/* Takes one option; `value` is "" for one that takes none. False: the user's mistake. */
bool api_options_read(struct api_options *options, enum api_option option, const char *name, const char *value,
                      struct failure *failure);

/* When all are read: which kind, with which quirks; Ollama's faults. False: they do not go together. */
bool api_options_finish(struct api_options *options, struct faults *faults, struct failure *failure);

const char *api_kind_name(const struct api_options *options);
int api_port(const struct api_options *options); /* that the kind listens on when nobody says; 0 for Ollama */

void api_add_list(struct text *text); /* kinds, quirks and whisper models */

#endif
