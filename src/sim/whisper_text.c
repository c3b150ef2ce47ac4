#include "sim/whisper_text.h"

#include <math.h>
#include <string.h>

#include "sim/answer.h"
#include "sim/gotext.h"

#define WORDS_PER_S 2.5 /* of ordinary speech */

const struct whisper_kind whisper_kinds[] = {
    {
	.name = "whisper.cpp",
	.server = "whisper.cpp",
	.port = 8080,
	.native = true,
	.listens_loaded = true,
	.detects_twice = true,
    },
    {
	.name = "vllm",
	.server = "uvicorn",
	.port = 8000,
	.duration = DURATION_STRING,
	.stream = STREAM_CHUNKS,
	.errors = WHISPER_OPENAI,
	.listens_loaded = true,
	.counts_usage = true,
	.says_done = true,
	.needs_model = true,
	.limit_mb = 25,
    },
    {
	.name = "speaches",
	.server = "uvicorn",
	.port = 8000,
	.stream = STREAM_EVENTS,
	.errors = WHISPER_DETAIL,
	.needs_model = true,
    },
    {
	.name = "mlx-audio",
	.server = "uvicorn",
	.port = 8000,
	.format = FORMAT_NDJSON,
	.duration = DURATION_ABSENT,
	.errors = WHISPER_DETAIL,
	.needs_model = true,
    },
    {
	.name = "transformers",
	.server = "uvicorn",
	.port = 8000,
	.duration = DURATION_ABSENT,
	.stream = STREAM_RAW,
	.errors = WHISPER_DETAIL,
	.listens_loaded = true,
	.refuses_unknown = true,
    },
    {
	.name = "localai",
	.port = 8080,
	.format = FORMAT_VERBOSE,
	.errors = WHISPER_OPENAI,
	.needs_model = true,
    },
    {
	.name = "openai",
	.port = 8000,
	.stream = STREAM_EVENTS,
	.errors = WHISPER_OPENAI,
	.needs_model = true,
	.limit_mb = 25,
    },
};

const size_t whisper_kind_count = sizeof(whisper_kinds) / sizeof(whisper_kinds[0]);

static const struct {
	const char *name, *type;
} formats[] = {
    [FORMAT_JSON] = {"json", "application/json"},
    [FORMAT_TEXT] = {"text", "text/plain; charset=utf-8"},
    [FORMAT_VERBOSE] = {"verbose_json", "application/json"},
    [FORMAT_SRT] = {"srt", "application/x-subrip"},
    [FORMAT_VTT] = {"vtt", "text/vtt"},
    [FORMAT_NDJSON] = {"ndjson", "application/x-ndjson"},
};

const struct whisper_kind *whisper_kind_find(const char *name)
{
	for (size_t i = 0; i < whisper_kind_count; i++)
		if (strcmp(whisper_kinds[i].name, name) == 0)
			return &whisper_kinds[i];
	return NULL;
}

bool whisper_format_read(const char *name, enum whisper_format *format)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*format = (enum whisper_format)i;
			return true;
		}
	}
	return false;
}

const char *whisper_format_type(const struct whisper_kind *kind, enum whisper_format format)
{
	return format == FORMAT_TEXT && kind->native ? "text/html; charset=utf-8" : formats[format].type;
}

int transcript_windows(const struct transcript *transcript)
{
	int windows = (int)ceil(transcript->seconds / WINDOW_S);

	return windows > 1 ? windows : 1;
}

static double window_end(const struct transcript *transcript, int window)
{
	return fmin((window + 1) * WINDOW_S, transcript->seconds);
}

void transcript_add_window(struct text *text, const struct transcript *transcript, int window)
{
	struct answer answer = answer_of("whisper", transcript->key, 0);
	int first = (int)(window * WINDOW_S * WORDS_PER_S);
	int end = (int)(window_end(transcript, window) * WORDS_PER_S);

	for (int i = first; i < end; i++)
		text_add(text, answer_token(&answer, i));
}

static void add_all_windows(struct text *text, const struct transcript *transcript)
{
	for (int i = 0; i < transcript_windows(transcript); i++)
		transcript_add_window(text, transcript, i);
}

/* `add` writes the words; they become a JSON string. */
static void add_json_words(struct text *text, const struct transcript *transcript, int window)
{
	struct text words = {0};

	if (window < 0)
		add_all_windows(&words, transcript);
	else
		transcript_add_window(&words, transcript, window);
	go_add_json_string(text, text_string(&words));
	text_release(&words);
}

#define ALL_WINDOWS (-1)

/* "00:01:30,000" of SRT, "00:01:30.000" of WebVTT. */
static void add_clock(struct text *text, double seconds, char point)
{
	long long ms = llround(seconds * 1000);

	text_addf(text, "%02lld:%02lld:%02lld%c%03lld", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, point,
	          ms % 1000);
}

static void add_subtitles(struct text *text, const struct transcript *transcript, bool is_srt)
{
	char point = is_srt ? ',' : '.';

	if (!is_srt)
		text_add(text, "WEBVTT\n\n");
	for (int i = 0; i < transcript_windows(transcript); i++) {
		if (is_srt)
			text_addf(text, "%d\n", i + 1);
		add_clock(text, i * WINDOW_S, point);
		text_add(text, " --> ");
		add_clock(text, window_end(transcript, i), point);
		text_add_char(text, '\n');
		transcript_add_window(text, transcript, i);
		text_add(text, "\n\n");
	}
}

static void add_verbose(struct text *text, const struct transcript *transcript, const struct whisper_kind *kind)
{
	text_add(text, "{\"task\":\"transcribe\",\"language\":\"english\"");
	if (kind->duration == DURATION_NUMBER)
		text_addf(text, ",\"duration\":%.3f", transcript->seconds);
	else if (kind->duration == DURATION_STRING)
		text_addf(text, ",\"duration\":\"%.3f\"", transcript->seconds);
	text_add(text, ",\"text\":");
	add_json_words(text, transcript, ALL_WINDOWS);
	text_add(text, ",\"segments\":[");
	for (int i = 0; i < transcript_windows(transcript); i++) {
		text_addf(text, "%s{\"id\":%d,\"start\":%.3f,\"end\":%.3f,\"text\":", i > 0 ? "," : "", i, i * WINDOW_S,
		          window_end(transcript, i));
		add_json_words(text, transcript, i);
		text_add_char(text, '}');
	}
	text_add(text, "]}");
}

static void add_ndjson(struct text *text, const struct transcript *transcript)
{
	for (int i = 0; i < transcript_windows(transcript); i++) {
		text_add(text, "{\"text\":");
		add_json_words(text, transcript, i);
		text_addf(text, ",\"start\":%.3f,\"end\":%.3f}\n", i * WINDOW_S, window_end(transcript, i));
	}
}

void transcript_add(struct text *text, const struct transcript *transcript, const struct whisper_kind *kind,
                    enum whisper_format format)
{
	switch (format) {
	case FORMAT_JSON:
		text_add(text, "{\"text\":");
		add_json_words(text, transcript, ALL_WINDOWS);
		if (kind->counts_usage)
			text_addf(text, ",\"usage\":{\"type\":\"duration\",\"seconds\":%.0f}",
			          ceil(transcript->seconds));
		text_add_char(text, '}');
		return;
	case FORMAT_TEXT:
		add_all_windows(text, transcript);
		text_add_char(text, '\n');
		return;
	case FORMAT_VERBOSE:
		add_verbose(text, transcript, kind);
		return;
	case FORMAT_SRT:
	case FORMAT_VTT:
		add_subtitles(text, transcript, format == FORMAT_SRT);
		return;
	case FORMAT_NDJSON:
		add_ndjson(text, transcript);
		return;
	}
}

void transcript_add_event(struct text *text, const struct transcript *transcript, const struct whisper_kind *kind,
                          int window)
{
	text_add(text, "data: ");
	if (kind->stream == STREAM_RAW) {
		transcript_add_window(text, transcript, window);
	} else if (kind->stream == STREAM_CHUNKS) {
		text_add(text, "{\"object\":\"transcription.chunk\",\"choices\":[{\"delta\":{\"content\":");
		add_json_words(text, transcript, window);
		text_add(text, "},\"finish_reason\":null}]}");
	} else {
		text_add(text, "{\"type\":\"transcript.text.delta\",\"delta\":");
		add_json_words(text, transcript, window);
		text_add_char(text, '}');
	}
	text_add(text, "\n\n");
}

void transcript_add_end(struct text *text, const struct transcript *transcript, const struct whisper_kind *kind)
{
	if (kind->stream == STREAM_CHUNKS)
		text_add(text, "data: {\"object\":\"transcription.chunk\",\"choices\":[{\"delta\":{},"
		               "\"finish_reason\":\"stop\"}]}\n\n");
	if (kind->stream == STREAM_EVENTS) {
		text_add(text, "data: {\"type\":\"transcript.text.done\",\"text\":");
		add_json_words(text, transcript, ALL_WINDOWS);
		text_add(text, "}\n\n");
	}
	if (kind->says_done)
		text_add(text, "data: [DONE]\n\n");
}

void whisper_add_error(struct text *text, const struct whisper_kind *kind, int status, const char *message)
{
	switch (kind->errors) {
	case WHISPER_ERROR:
		text_add(text, "{\"error\":");
		break;
	case WHISPER_DETAIL:
		text_add(text, "{\"detail\":");
		break;
	case WHISPER_OPENAI:
		text_addf(
		    text,
		    "{\"error\":{\"type\":\"invalid_request_error\",\"param\":null,\"code\":%d,\"message\":", status);
		break;
	}
	go_add_json_string(text, message);
	text_add(text, kind->errors == WHISPER_OPENAI ? "}}" : "}");
}
