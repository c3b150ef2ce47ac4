/*
 * The servers of speech recognition, in what each differs, and how it writes a
 * transcript. Pure.
 */
#ifndef SIM_WHISPER_TEXT_H
#define SIM_WHISPER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum whisper_format { FORMAT_JSON, FORMAT_TEXT, FORMAT_VERBOSE, FORMAT_SRT, FORMAT_VTT, FORMAT_NDJSON };

/* Length of the recording in verbose_json. */
enum whisper_duration { DURATION_NUMBER, DURATION_STRING, DURATION_ABSENT };

enum whisper_stream {
	STREAM_NEVER,
	STREAM_EVENTS, /* transcript.text.delta and .done */
	STREAM_CHUNKS, /* as a chat's, and [DONE] */
	STREAM_RAW,    /* data: and the text itself */
};

enum whisper_errors { WHISPER_ERROR, WHISPER_DETAIL, WHISPER_OPENAI };

struct whisper_kind {
	const char *name;
	const char *server; /* response header; NULL: none */
	int port;
	enum whisper_format format; /* when nobody says */
	enum whisper_duration duration;
	enum whisper_stream stream;
	enum whisper_errors errors;
	bool native;         /* /inference instead of /v1/audio/transcriptions */
	bool listens_loaded; /* the port is closed while the model loads */
	bool detects_twice;  /* verbose_json runs the encoder once more, for the language */
	bool counts_usage;   /* "usage" in json */
	bool says_done;      /* [DONE] */
	bool needs_model, refuses_unknown;
	int limit_mb; /* of a file; 0: none */
};

extern const struct whisper_kind whisper_kinds[];
extern const size_t whisper_kind_count;
const struct whisper_kind *whisper_kind_find(const char *name); /* NULL when there is none */

bool whisper_format_read(const char *name, enum whisper_format *format);
const char *whisper_format_type(const struct whisper_kind *kind, enum whisper_format format); /* Content-Type */

#define WINDOW_S 30.0 /* Whisper hears so much at once, and pads what is shorter */

struct transcript {
	double seconds;  /* of the recording */
	const char *key; /* the same words for the same key */
};

int transcript_windows(const struct transcript *transcript); /* at least 1 */

/* The words of one window; the one after the other is the whole text. */
void transcript_add_window(struct text *text, const struct transcript *transcript, int window);
void transcript_add(struct text *text, const struct transcript *transcript, const struct whisper_kind *kind,
                    enum whisper_format format);

/* An event of a stream: a window's words; and what comes after the last one. */
void transcript_add_event(struct text *text, const struct transcript *transcript, const struct whisper_kind *kind,
                          int window);
void transcript_add_end(struct text *text, const struct transcript *transcript, const struct whisper_kind *kind);

void whisper_add_error(struct text *text, const struct whisper_kind *kind, int status, const char *message);

#endif
