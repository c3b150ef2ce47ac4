#include "sim/hearing.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/multipart.h"
#include "sim/truth.h"

#define KEY_BYTES 64 /* of the form that decide the words, with its length */

struct hearing {
	struct whisper *whisper;
	struct call *call;
	enum whisper_format format;
	bool stream;
	char *key;
	struct transcript transcript;
	int windows, passes; /* of the recording; more when the language is detected first */
	int heard;           /* windows so far, the extra ones first */
	int64_t due_ns;      /* of the next one */
	struct breakage breakage;
	struct truth truth;
	bool queued;
	TAILQ_ENTRY(hearing) next;
};

static void arm(struct whisper *whisper, int64_t due_ns)
{
	int64_t wait_ns = due_ns - clock_now_ns();
	struct timeval wait = {0, 0};

	if (wait_ns > 0)
		wait = (struct timeval){.tv_sec = (time_t)(wait_ns / NS_PER_S),
		                        .tv_usec = (suseconds_t)(wait_ns % NS_PER_S / NS_PER_US)};
	event_add(whisper->timer, &wait);
}

/*
 * The first in the queue is heard from `at_ns` on, when the one before it was
 * over: or from when it came, if that was later, before anybody had seen that end.
 */
static void begin_next(struct whisper *whisper, int64_t at_ns)
{
	struct hearing *hearing = TAILQ_FIRST(&whisper->queue);

	if (hearing == NULL)
		return;
	if (at_ns < hearing->truth.arrival_ns)
		at_ns = hearing->truth.arrival_ns;
	hearing->truth.slot_ns = at_ns;
	hearing->due_ns = at_ns + whisper->window_ns + (whisper->is_set_up ? 0 : whisper->setup_ns);
	whisper->is_set_up = true;
	arm(whisper, hearing->due_ns);
}

/* Takes it out of the queue, wherever it stands. */
static void leave(struct hearing *hearing, int64_t at_ns)
{
	struct whisper *whisper = hearing->whisper;
	bool was_first = TAILQ_FIRST(&whisper->queue) == hearing;

	if (!hearing->queued)
		return;
	hearing->queued = false;
	TAILQ_REMOVE(&whisper->queue, hearing, next);
	if (!was_first)
		return;
	event_del(whisper->timer);
	begin_next(whisper, at_ns);
}

static void on_drained(void *owner, int64_t now_ns)
{
	struct hearing *hearing = owner;

	truth_drained(&hearing->truth, now_ns);
}

static void on_over(void *owner, bool complete)
{
	struct hearing *hearing = owner;

	leave(hearing, clock_now_ns());
	truth_write(hearing->whisper->sim->truth, &hearing->truth, hearing->whisper->model->name, hearing->key,
	            complete);
	truth_release(&hearing->truth);
	free(hearing->key);
	free(hearing);
}

static const struct call_events call_events = {.drained = on_drained, .over = on_over};

static void send_text(struct hearing *hearing, struct text *text)
{
	struct evbuffer *bytes = evbuffer_new();

	evbuffer_add(bytes, text->data, text->size);
	call_start_stream(hearing->call, hearing->stream ? "text/event-stream" : "application/x-ndjson");
	call_stream(hearing->call, bytes);
	evbuffer_free(bytes);
	text_clear(text);
}

static void finish(struct hearing *hearing, int64_t due_ns)
{
	const struct whisper_kind *kind = hearing->whisper->kind;
	struct text text = {0};

	hearing->truth.prefill_end_ns = due_ns;
	leave(hearing, due_ns);
	if (hearing->stream) {
		transcript_add_end(&text, &hearing->transcript, kind);
		if (text.size > 0)
			send_text(hearing, &text);
		call_stream_end(hearing->call);
	} else {
		transcript_add(&text, &hearing->transcript, kind, hearing->format);
		call_answer(hearing->call, 200, whisper_format_type(kind, hearing->format), text_string(&text),
		            text.size);
	}
	text_release(&text);
}

static void act(struct hearing *hearing, int64_t due_ns)
{
	enum breakage_what what = hearing->breakage.what;

	leave(hearing, due_ns);
	if (what == BREAK_RESET || what == BREAK_CUT)
		call_drop_when_sent(hearing->call, what == BREAK_RESET);
	else if ((what == BREAK_END || what == BREAK_DONE) && hearing->stream)
		call_stream_end(hearing->call);
	else if (what != BREAK_STALL && what != BREAK_PING && !hearing->stream)
		whisper_refuse(hearing->whisper, hearing->call, 500, "the simulated fault that was asked for");
	else if (what == BREAK_ERROR)
		call_drop_when_sent(hearing->call, false);
}

void hearing_on_timer(evutil_socket_t socket, short what, void *context)
{
	struct whisper *whisper = context;
	struct hearing *hearing = TAILQ_FIRST(&whisper->queue);
	struct text text = {0};
	int window;

	(void)socket;
	(void)what;
	if (hearing == NULL)
		return;
	window = hearing->heard++ - (hearing->passes - hearing->windows);
	if (window >= 0) {
		truth_add_token(&hearing->truth, hearing->due_ns);
		if (hearing->stream) {
			transcript_add_event(&text, &hearing->transcript, whisper->kind, window);
			send_text(hearing, &text);
		}
	}
	text_release(&text);
	if (hearing->breakage.what != BREAK_NONE && window + 1 >= hearing->breakage.token) {
		act(hearing, hearing->due_ns);
	} else if (hearing->heard == hearing->passes) {
		finish(hearing, hearing->due_ns);
	} else {
		hearing->due_ns += whisper->window_ns;
		arm(whisper, hearing->due_ns);
	}
}

/* What is wrong with the form; NULL: nothing. */
static const char *mistake_of(const struct whisper *whisper, const struct multipart *form, double *seconds, int *status)
{
	const struct whisper_kind *kind = whisper->kind;
	char *model = multipart_string(form, "model");
	bool has_model = model != NULL;
	size_t size;
	const char *file = multipart_find(form, "file", &size);

	free(model);
	*status = kind->errors == WHISPER_DETAIL ? 422 : 400;
	if (kind->needs_model && !has_model)
		return "no 'model' field in the request";
	if (file == NULL)
		return "no 'file' field in the request";
	*status = 400;
	if (kind->limit_mb > 0 && size > (size_t)kind->limit_mb << 20)
		return "Maximum file size exceeded";
	*seconds = wav_seconds(file, size);
	return *seconds < 0 ? "failed to read audio data" : NULL;
}

/* transformers serve takes the fields that it knows, and no others. */
static bool has_unknown_field(const struct multipart *form)
{
	static const char *const refused[] = {"temperature_inc",           "beam_size", "best_of",
	                                      "no_language_probabilities", "hotwords",  "vad_filter"};
	bool found = false;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		size_t size;

		found = found || multipart_find(form, refused[i], &size) != NULL;
	}
	return found;
}

static bool is_yes(const char *value)
{
	return value != NULL && (strcmp(value, "true") == 0 || strcmp(value, "True") == 0 || strcmp(value, "1") == 0);
}

static void enqueue(struct whisper *whisper, struct call *call, const struct multipart *form, double seconds,
                    enum whisper_format format)
{
	struct hearing *hearing = memory_new(1, sizeof(*hearing));
	char *stream = multipart_string(form, "stream"), *plain = multipart_string(form, "no_language_probabilities");
	size_t size;
	const char *file = multipart_find(form, "file", &size);
	struct text key = {0};

	text_addf(&key, "%zu ", size);
	for (size_t i = 0; i < KEY_BYTES && i < size; i++)
		text_addf(&key, "%02x", (unsigned char)file[size - 1 - i]);
	hearing->whisper = whisper;
	hearing->call = call;
	hearing->format = format;
	hearing->stream = is_yes(stream) && whisper->kind->stream != STREAM_NEVER;
	hearing->key = text_take(&key);
	hearing->transcript = (struct transcript){.seconds = seconds, .key = hearing->key};
	hearing->windows = transcript_windows(&hearing->transcript);
	hearing->passes = hearing->windows;
	if (format == FORMAT_VERBOSE && whisper->kind->detects_twice && !is_yes(plain))
		hearing->passes++;
	hearing->breakage = breakages_of(&whisper->settings.breakages, ++whisper->requests);
	hearing->truth.arrival_ns = call_arrival_ns(call);
	hearing->truth.scheduled_ns = hearing->truth.arrival_ns;
	hearing->truth.slot_ns = TIME_UNKNOWN;
	hearing->truth.prefill_end_ns = TIME_UNKNOWN;
	hearing->queued = true;
	call_set_owner(call, &call_events, hearing);
	TAILQ_INSERT_TAIL(&whisper->queue, hearing, next);
	if (TAILQ_FIRST(&whisper->queue) == hearing)
		begin_next(whisper, clock_now_ns());
	free(stream);
	free(plain);
}

void hearing_start(struct whisper *whisper, struct call *call)
{
	size_t size;
	const char *bytes = call_body(call, &size), *mistake;
	enum whisper_format format = whisper->kind->format;
	struct multipart form;
	char *name;
	double seconds;
	int status;

	multipart_begin(&form, call_header(call, "Content-Type"), bytes, size);
	name = form.mark.size > 0 ? multipart_string(&form, "response_format") : NULL;
	if (form.mark.size == 0) {
		whisper_refuse(whisper, call, 400, "no 'file' field in the request");
	} else if ((mistake = mistake_of(whisper, &form, &seconds, &status)) != NULL) {
		whisper_refuse(whisper, call, status, mistake);
	} else if (whisper->kind->refuses_unknown && has_unknown_field(&form)) {
		whisper_refuse(whisper, call, 422, "Unexpected fields in the request");
	} else if (name != NULL && !whisper_format_read(name, &format)) {
		whisper_refuse(whisper, call, 400, "no such response_format");
	} else {
		enqueue(whisper, call, &form, seconds, format);
	}
	free(name);
	multipart_release(&form);
}
