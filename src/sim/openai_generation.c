#include "sim/openai_generation.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/answer.h"
#include "sim/openai_reply.h"

/* A thinking model's thoughts: the first quarter of its tokens, as in Ollama's generations. */
#define THOUGHTS_SHARE 4

struct generation {
	struct openai *openai;
	struct call *call;
	struct openai_ask ask;
	struct job job;
	struct answer answer;
	const char *reason; /* that the answer ends for */
	char *id;
	int thoughts; /* the first tokens that are thoughts */
	struct breakage breakage;
	bool is_broken;            /* its token was given */
	bool is_over;              /* nothing is sent any more, but pings */
	bool ended;                /* polled: the end waits for the next poll */
	struct event *ping_timer;  /* NULL: no pings */
	struct event *poll_timer;  /* NULL: text is not polled */
	struct openai_reply reply; /* refers to the ask */
};

static const struct kind *kind_of(const struct generation *generation)
{
	return generation->openai->kind;
}

static struct timeval timeval_of(int64_t ns)
{
	return (struct timeval){.tv_sec = (time_t)(ns / NS_PER_S), .tv_usec = (suseconds_t)(ns % NS_PER_S / NS_PER_US)};
}

static void release(struct generation *generation)
{
	if (generation->ping_timer != NULL)
		event_free(generation->ping_timer);
	if (generation->poll_timer != NULL)
		event_free(generation->poll_timer);
	openai_reply_release(&generation->reply);
	openai_ask_release(&generation->ask);
	free(generation->id);
	free(generation);
}

static void on_drained(void *owner, int64_t now_ns)
{
	struct generation *generation = owner;

	truth_drained(&generation->reply.truth, now_ns);
}

static void on_over(void *owner, bool complete)
{
	struct generation *generation = owner;
	const struct job *job = &generation->job;
	struct truth *truth = &generation->reply.truth;

	openai_cancel(generation->openai, &generation->job);
	truth->scheduled_ns = job->scheduled_ns;
	truth->slot_ns = job->slot_ns;
	truth->prefill_end_ns = job->prefill_end_ns;
	if (generation->ask.status == 0)
		truth_write(generation->openai->sim->truth, truth, generation->openai->model->name,
		            generation->ask.prompt, complete);
	release(generation);
}

static const struct call_events call_events = {.drained = on_drained, .over = on_over};

/* Pings count from the last byte on. */
static void rearm_ping(struct generation *generation)
{
	struct timeval wait = timeval_of(generation->openai->settings.ping_ns);

	if (generation->ping_timer != NULL)
		event_add(generation->ping_timer, &wait);
}

static void on_ping(evutil_socket_t socket, short what, void *context)
{
	struct generation *generation = context;

	(void)socket;
	(void)what;
	openai_reply_comment(&generation->reply, generation->job.produced > 0 ? generation->job.prompt_tokens : 0,
	                     generation->job.prompt_tokens);
	rearm_ping(generation);
}

static void count(struct generation *generation, int64_t end_ns)
{
	const struct job *job = &generation->job;
	struct openai_counts *counts = &generation->reply.counts;

	counts->prompt_tokens = job->prompt_tokens;
	counts->cached_tokens = job->prompt_tokens - job->evaluated_tokens;
	counts->queue_ns = job->slot_ns - call_arrival_ns(generation->call);
	counts->prompt_ns = job->prefill_end_ns - job->slot_ns;
	counts->answer_ns = end_ns - job->prefill_end_ns;
}

/* What the fault does, once its token is written. The generation can be over after this. */
static void act(struct generation *generation)
{
	static const struct openai_error broken = {500, "server_error", "the simulated fault that was asked for"};
	struct openai_reply *reply = &generation->reply;
	struct call *call = generation->call;

	generation->is_over = true;
	openai_cancel(generation->openai, &generation->job);
	if (generation->ping_timer != NULL)
		event_del(generation->ping_timer);
	if (generation->poll_timer != NULL)
		event_del(generation->poll_timer);
	switch (generation->breakage.what) {
	case BREAK_NONE:
	case BREAK_STALL:
		return;
	case BREAK_PING:
		rearm_ping(generation);
		return;
	case BREAK_RESET:
	case BREAK_CUT:
		call_drop_when_sent(call, generation->breakage.what == BREAK_RESET);
		return;
	case BREAK_END:
	case BREAK_DONE:
	case BREAK_ERROR:
		break;
	}
	if (!generation->ask.stream)
		openai_refuse(generation->openai, call, broken.status, broken.type, broken.message);
	else if (generation->breakage.what == BREAK_ERROR)
		openai_reply_fail(reply, &broken);
	else
		openai_reply_stop(reply, generation->breakage.what == BREAK_DONE);
}

/* A fault within a write is one after the whole write. */
static void flush(struct generation *generation)
{
	openai_reply_flush(&generation->reply);
	rearm_ping(generation);
	if (generation->is_broken)
		act(generation);
}

static void end(struct generation *generation)
{
	if (generation->is_broken) {
		flush(generation);
		return;
	}
	generation->is_over = true;
	if (generation->ping_timer != NULL)
		event_del(generation->ping_timer);
	meters_add(&generation->openai->meters, &generation->reply.counts);
	openai_reply_end(&generation->reply, generation->reason);
}

static void poll_after(struct generation *generation, int ms)
{
	int64_t ns = (int64_t)((double)ms * NS_PER_MS / generation->openai->sim->speed);
	struct timeval wait = timeval_of(ns);

	event_add(generation->poll_timer, &wait);
}

static void on_poll(evutil_socket_t socket, short what, void *context)
{
	struct generation *generation = context;

	(void)socket;
	(void)what;
	if (generation->ended) {
		end(generation);
		return;
	}
	poll_after(generation, kind_of(generation)->poll_ms);
	flush(generation);
}

static void on_started(struct job *job)
{
	struct generation *generation = job->owner;
	const struct kind *kind = kind_of(generation);

	if (!generation->ask.stream)
		return;
	if (kind->headers == HEADERS_SLOT)
		openai_reply_send_headers(&generation->reply);
	if (kind->ping == PING_PROGRESS)
		openai_reply_comment(&generation->reply, 0, job->prompt_tokens);
	rearm_ping(generation);
}

static void on_token(struct job *job, int64_t due_ns)
{
	struct generation *generation = job->owner;
	int index = job->produced;
	bool is_thought = index < generation->thoughts, tagged = kind_of(generation)->thoughts == THOUGHTS_TAGS;
	struct text word = {0};

	if (generation->is_broken)
		return;
	if (index == 0 && generation->ask.stream && kind_of(generation)->ping == PING_PROGRESS)
		openai_reply_comment(&generation->reply, job->prompt_tokens, job->prompt_tokens);
	if (tagged && generation->thoughts > 0 && (index == 0 || index == generation->thoughts))
		text_add(&word, index == 0 ? "<think>\n" : "</think>\n\n");
	text_add(&word, answer_token(&generation->answer, index));
	count(generation, due_ns);
	openai_reply_token(&generation->reply, text_string(&word), is_thought && !tagged, due_ns);
	text_release(&word);
	generation->is_broken = generation->breakage.what != BREAK_NONE && index + 1 == generation->breakage.token;
}

static void on_flush(struct job *job)
{
	struct generation *generation = job->owner;

	if (generation->poll_timer == NULL && !generation->is_over)
		flush(generation);
}

static void on_ended(struct job *job)
{
	struct generation *generation = job->owner;

	generation->ended = true;
	if (generation->poll_timer == NULL)
		end(generation);
}

/* The runner of this server is there or will be: nothing is dropped, and nothing fails. */
static const struct job_events job_events = {
    .started = on_started,
    .token = on_token,
    .flush = on_flush,
    .ended = on_ended,
};

/* Decides how long the answer is and why it ends. */
static void plan_length(struct generation *generation)
{
	const struct openai_ask *ask = &generation->ask;
	int64_t room = generation->openai->rules.context_size - ask->prompt_tokens;
	int64_t natural = answer_natural_tokens(&generation->answer);
	int64_t most = ask->limit > 0 && ask->limit < room ? ask->limit : room;

	if (room < 1) /* a server that lets such prompts pass does not look at the room either */
		most = ask->limit > 0 ? ask->limit : natural;
	if (natural < ask->least)
		natural = ask->least;
	generation->reason = "length";
	if (natural < most && !ask->ignores_eos) {
		generation->reason = "stop";
		most = natural;
	}
	generation->job.answer_tokens = (int)most;
	generation->thoughts = generation->openai->model->thinks ? (int)most / THOUGHTS_SHARE : 0;
}

static double encode_s(struct generation *generation)
{
	struct openai *openai = generation->openai;
	double sum = 0;

	for (int i = 0; i < generation->ask.image_count; i++)
		if (!image_cache_has(&openai->images, generation->ask.images[i]) || generation->ask.is_fresh)
			sum += device_encode_s(openai->sim->device, openai->rules.image_tokens);
	return sum;
}

static void begin(struct generation *generation)
{
	struct openai *openai = generation->openai;
	const struct kind *kind = openai->kind;
	struct openai_ask *ask = &generation->ask;
	bool has_pings = ask->stream && (kind->ping != PING_NONE || generation->breakage.what == BREAK_PING);

	generation->answer = answer_of(openai->model->name, ask->cache_key + ask->salt_size, ask->seed);
	generation->job = (struct job){
	    .model = openai->model,
	    .prompt = ask->cache_key,
	    .is_fresh = ask->is_fresh,
	    .encode_s = encode_s(generation),
	    .prompt_tokens = ask->prompt_tokens,
	    .events = &job_events,
	    .owner = generation,
	    .scheduled_ns = clock_now_ns(),
	    .slot_ns = TIME_UNKNOWN,
	    .prefill_end_ns = TIME_UNKNOWN,
	    .end_ns = TIME_UNKNOWN,
	};
	plan_length(generation);
	if (has_pings)
		generation->ping_timer = evtimer_new(openai->sim->base, on_ping, generation);
	if (ask->stream && kind->poll_ms > 0)
		generation->poll_timer = evtimer_new(openai->sim->base, on_poll, generation);
	if (ask->stream && kind->headers == HEADERS_AT_ONCE) {
		openai_reply_send_headers(&generation->reply);
		if (kind->opens == OPENS_HEADERS)
			openai_reply_open(&generation->reply);
		openai_reply_flush(&generation->reply);
		rearm_ping(generation);
	}
	if (generation->breakage.what != BREAK_NONE && generation->breakage.token == 0) {
		act(generation);
		return;
	}
	if (generation->poll_timer != NULL)
		poll_after(generation, kind->first_poll_ms);
	openai_submit(openai, &generation->job);
}

/* Too many are waiting. Some tell it within a stream that began well. */
static void turn_away(struct generation *generation)
{
	struct openai *openai = generation->openai;
	const struct kind *kind = openai->kind;
	bool tgi = kind->errors == ERRORS_TGI;
	struct openai_error error = {.status = kind->overload == OVERLOAD_429 || tgi ? 429 : 503};

	error.type = tgi ? "overloaded" : "service_unavailable";
	error.message = tgi                             ? "Model is overloaded"
	                : kind->errors == ERRORS_DETAIL ? "Server is busy; please try again later."
	                                                : "The request queue is full.";
	generation->is_over = true;
	generation->ask.status = error.status;
	openai->meters.rejected++;
	if (kind->overload == OVERLOAD_STREAM && generation->ask.stream)
		openai_reply_fail(&generation->reply, &error);
	else
		openai_refuse(openai, generation->call, error.status, error.type, error.message);
}

static bool is_full(const struct openai *openai)
{
	int limit = openai->settings.queue_limit;

	return openai->kind->overload != OVERLOAD_QUEUE && limit >= 0 && openai_waiting(openai) >= limit &&
	       openai_busy(openai) + openai_waiting(openai) >= openai->settings.parallel + limit;
}

void openai_generate(struct openai *openai, struct call *call, bool chat)
{
	struct generation *generation;
	struct openai_ask ask;
	size_t size;
	const char *bytes = call_body(call, &size);

	if (!openai_ask_read(&ask, chat, bytes, size, &openai->rules)) {
		openai_refuse(openai, call, ask.status, ask.type, text_string(&ask.error));
		openai_ask_release(&ask);
		return;
	}
	generation = memory_new(1, sizeof(*generation));
	generation->openai = openai;
	generation->call = call;
	generation->ask = ask;
	openai->requests++;
	generation->breakage = breakages_of(&openai->settings.breakages, openai->requests);
	generation->id = text_format("%s-sim%08d", chat || openai->kind->order == ORDER_CHOICES ? "chatcmpl" : "cmpl",
	                             openai->requests);
	openai_reply_begin(&generation->reply, openai, &generation->ask, call, generation->id);
	generation->reply.truth.arrival_ns = call_arrival_ns(call);
	call_set_owner(call, &call_events, generation);
	if (is_full(openai))
		turn_away(generation);
	else
		begin(generation);
}
