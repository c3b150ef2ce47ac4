#include "sim/openai_reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define STREAM_TYPE "text/event-stream"
#define SPLIT_US    300 /* between the halves of a write */

void openai_reply_begin(struct openai_reply *reply, const struct openai *openai, const struct openai_ask *ask,
                        struct call *call, const char *id)
{
	*reply = (struct openai_reply){.openai = openai, .ask = ask, .call = call, .unsent = evbuffer_new()};
	reply->head = (struct openai_head){
	    .kind = openai->kind,
	    .chat = ask->chat,
	    .id = id,
	    .model = openai->rules.model_name,
	    .created_s = clock_wall_ns() / NS_PER_S,
	};
	reply->counts.peak_bytes = openai->resident_bytes;
}

void openai_reply_release(struct openai_reply *reply)
{
	evbuffer_free(reply->unsent);
	if (reply->split_timer != NULL)
		event_free(reply->split_timer);
	text_release(&reply->next);
	text_release(&reply->half);
	text_release(&reply->whole);
	text_release(&reply->thoughts);
	free(reply->dues.ns);
	truth_release(&reply->truth);
}

static const struct kind *kind_of(const struct openai_reply *reply)
{
	return reply->openai->kind;
}

static void add_event(struct openai_reply *reply, const char *data)
{
	struct text event = {0};

	openai_add_event(&event, kind_of(reply), data);
	evbuffer_add(reply->unsent, event.data, event.size);
	text_release(&event);
}

static void add_chunk(struct openai_reply *reply, const struct openai_chunk *chunk)
{
	struct text json = {0};

	openai_add_chunk(&json, &reply->head, chunk);
	add_event(reply, text_string(&json));
	text_release(&json);
}

/* Everything is on its way: the tokens of it, too. */
static void all_sent(struct openai_reply *reply)
{
	for (size_t i = 0; i < reply->dues.count; i++)
		truth_add_token(&reply->truth, reply->dues.ns[i]);
	reply->dues.count = 0;
	call_stream(reply->call, reply->unsent);
}

static void on_split(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	all_sent(context);
}

static void send_half(struct openai_reply *reply)
{
	struct timeval wait = {0, SPLIT_US};
	struct evbuffer *half = evbuffer_new();

	evbuffer_remove_buffer(reply->unsent, half, evbuffer_get_length(reply->unsent) / 2);
	call_stream(reply->call, half);
	evbuffer_free(half);
	if (reply->split_timer == NULL)
		reply->split_timer = evtimer_new(reply->openai->sim->base, on_split, reply);
	event_add(reply->split_timer, &wait);
}

static void send_unsent(struct openai_reply *reply, bool at_once)
{
	openai_reply_send_headers(reply);
	if (kind_of(reply)->writes == WRITES_SPLIT && !at_once && evbuffer_get_length(reply->unsent) > 1)
		send_half(reply);
	else
		all_sent(reply);
}

void openai_reply_send_headers(struct openai_reply *reply)
{
	call_start_stream(reply->call, STREAM_TYPE);
}

void openai_reply_open(struct openai_reply *reply)
{
	const struct kind *kind = kind_of(reply);
	struct openai_chunk chunk = {.role = true};

	if (reply->opened)
		return;
	reply->opened = true;
	if (kind->first == FIRST_NONE || !reply->head.chat)
		return;
	chunk.null_content = kind->first == FIRST_NULL;
	chunk.content = kind->first == FIRST_EMPTY ? "" : NULL;
	add_chunk(reply, &chunk);
}

/* The text of the tokens that wait, with or without a finish_reason. */
static void add_next(struct openai_reply *reply, const char *reason)
{
	const struct kind *kind = kind_of(reply);
	bool is_empty = reply->next.size == 0;
	const char *word = text_string(&reply->next);
	struct openai_chunk chunk = {
	    .role = kind->role == ROLE_EACH,
	    .reason = reason,
	};

	openai_reply_open(reply);
	if (reply->next_tokens > 0 && !(is_empty && kind->held == HELD_NOTHING)) {
		chunk.content = reply->next_is_thought ? NULL : word;
		chunk.thoughts = reply->next_is_thought ? word : NULL;
	} else if (reason == NULL) {
		reply->next_tokens = 0;
		return;
	}
	if (kind->usage == USAGE_EACH || reply->ask->usage_each)
		chunk.extras.usage = &reply->counts;
	if (kind->timings == TIMINGS_EACH)
		chunk.extras.rate_alone = &reply->counts;
	if (reply->ask->timings_each && (kind->timings == TIMINGS_LAST || kind->timings == TIMINGS_OLD))
		chunk.extras.timings = &reply->counts;
	if (reason != NULL && kind->usage == USAGE_FINISH)
		chunk.extras.usage = &reply->counts;
	add_chunk(reply, &chunk);
	text_clear(&reply->next);
	reply->next_tokens = 0;
}

/* Every so many tokens one ends within a character: its text comes with the next token's. */
static bool is_half(const struct openai_reply *reply)
{
	int every = reply->openai->settings.half_characters;

	return every > 0 && reply->counts.answer_tokens % every == 0;
}

void openai_reply_token(struct openai_reply *reply, const char *word, bool is_thought, int64_t due_ns)
{
	const struct kind *kind = kind_of(reply);
	struct openai_dues *dues = &reply->dues;
	bool is_full = kind->events == EVENTS_TOKEN && reply->next_tokens >= reply->openai->settings.stream_interval;

	/* Not before the next one is there: the last event may have to carry finish_reason, too. */
	if (is_full || (reply->next_tokens > 0 && reply->next_is_thought != is_thought))
		add_next(reply, NULL);
	reply->counts.answer_tokens++;
	dues->ns = memory_grow(dues->ns, &dues->capacity, dues->count, sizeof(*dues->ns));
	dues->ns[dues->count++] = due_ns;
	if (!reply->ask->stream) {
		text_add(is_thought ? &reply->thoughts : &reply->whole, word);
		return;
	}
	reply->next_is_thought = is_thought;
	reply->next_tokens++;
	if (is_half(reply)) {
		text_addf(&reply->half, "%s\xc3\xa9", word);
	} else {
		text_add(&reply->next, text_string(&reply->half));
		text_add(&reply->next, word);
		text_clear(&reply->half);
	}
}

void openai_reply_flush(struct openai_reply *reply)
{
	const struct kind *kind = kind_of(reply);

	if (!reply->ask->stream)
		return;
	if (reply->next_tokens > 0 &&
	    (kind->events == EVENTS_MERGED || reply->next_tokens >= reply->openai->settings.stream_interval))
		add_next(reply, NULL);
	if (evbuffer_get_length(reply->unsent) > 0)
		send_unsent(reply, false);
}

void openai_reply_comment(struct openai_reply *reply, int done, int total)
{
	struct text comment = {0};

	openai_add_comment(&comment, kind_of(reply), done, total, clock_wall_ns());
	if (comment.size > 0) {
		evbuffer_add(reply->unsent, comment.data, comment.size);
		send_unsent(reply, true);
	}
	text_release(&comment);
}

static struct openai_extras final_extras(const struct openai_reply *reply)
{
	const struct kind *kind = kind_of(reply);
	const struct openai_counts *counts = &reply->counts;
	struct openai_extras extras = {.usage = counts};

	if (kind->timings == TIMINGS_LAST || kind->timings == TIMINGS_OLD || kind->timings == TIMINGS_EACH)
		extras.timings = counts;
	if (kind->timings == TIMINGS_METRICS)
		extras.metrics = counts;
	if (kind->timings == TIMINGS_EXTRA && call_header(reply->call, "Extra-Usage") != NULL)
		extras.in_usage = counts;
	return extras;
}

static void add_done(struct openai_reply *reply)
{
	const struct kind *kind = kind_of(reply);

	if (kind->done == DONE_UNENDED)
		evbuffer_add_printf(reply->unsent, "data:%s[DONE]", kind->data == DATA_BARE ? "" : " ");
	else
		add_event(reply, "[DONE]");
}

static void answer_whole(struct openai_reply *reply, const char *reason)
{
	struct openai_extras extras = final_extras(reply);
	struct text json = {0};

	for (size_t i = 0; i < reply->dues.count; i++)
		truth_add_token(&reply->truth, reply->dues.ns[i]);
	openai_add_whole(&json, &reply->head, text_string(&reply->whole), text_string(&reply->thoughts), reason,
	                 &extras);
	call_answer_json(reply->call, 200, text_string(&json));
	text_release(&json);
}

/* Whether the finish chunk says what others say in a chunk of its own. */
static bool ends_alone(const struct openai_reply *reply)
{
	const struct kind *kind = kind_of(reply);

	if (kind->usage == USAGE_NEVER || kind->usage == USAGE_FINISH)
		return true;
	/* llama-server's /v1/completions has everything in its last chunk */
	if (kind->order == ORDER_CHOICES && !reply->head.chat)
		return true;
	return kind->usage == USAGE_ASKED && !reply->ask->include_usage;
}

void openai_reply_end(struct openai_reply *reply, const char *reason)
{
	const struct kind *kind = kind_of(reply);
	struct openai_chunk last = {.is_empty = true, .extras = final_extras(reply)};
	struct openai_chunk finish = {.role = kind->role == ROLE_EACH, .reason = reason};
	bool has_timings = last.extras.timings != NULL && kind->timings != TIMINGS_EACH;

	if (!reply->ask->stream) {
		answer_whole(reply, reason);
		return;
	}
	text_add(&reply->next, text_string(&reply->half)); /* its other half never comes */
	if (reply->half.size > 0 && reply->next_tokens == 0)
		reply->next_tokens = 1;
	if (kind->ends == ENDS_WITH_TEXT) {
		add_next(reply, reason);
	} else {
		add_next(reply, NULL);
		if (ends_alone(reply)) {
			finish.extras.timings = has_timings ? last.extras.timings : NULL;
			if (kind->usage == USAGE_FINISH || (!reply->head.chat && kind->order == ORDER_CHOICES))
				finish.extras.usage = &reply->counts;
		}
		add_chunk(reply, &finish);
	}
	if (!ends_alone(reply))
		add_chunk(reply, &last);
	openai_reply_stop(reply, kind->done != DONE_ABSENT);
}

void openai_reply_fail(struct openai_reply *reply, const struct openai_error *error)
{
	struct text json = {0};

	openai_add_stream_error(&json, kind_of(reply), error);
	add_event(reply, text_string(&json));
	text_release(&json);
	openai_reply_stop(reply, kind_of(reply)->failed == FAILED_DONE);
}

void openai_reply_stop(struct openai_reply *reply, bool says_done)
{
	if (says_done)
		add_done(reply);
	if (reply->split_timer != NULL)
		event_del(reply->split_timer);
	send_unsent(reply, true);
	call_stream_end(reply->call);
}
