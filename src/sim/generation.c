#include "sim/generation.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/answer.h"
#include "sim/generation_text.h"
#include "sim/gotext.h"
#include "sim/truth.h"

/* Ollama bounds an answer without a limit, or with a larger one. */
#define LONGEST_ANSWER_CONTEXTS 10

/* A thinking model's thoughts: the first quarter of its tokens. */
#define THOUGHTS_SHARE 4

struct generation {
	struct sim *sim;
	struct call *call; /* NULL once it is over */
	struct ask ask;
	struct job job;
	struct answer answer;
	const char *reason; /* that the answer ends for */
	bool aborted;       /* … and it has no final line */
	int thoughts;       /* the first tokens that are thoughts */
	bool thoughts_apart;
	struct evbuffer *unsent;         /* lines of a stream that wait for a flush */
	struct text response, reasoning; /* not streamed: the words so far */
	struct text line;                /* kept for its memory */
	struct truth truth;
};

static void release(struct generation *generation)
{
	evbuffer_free(generation->unsent);
	text_release(&generation->response);
	text_release(&generation->reasoning);
	text_release(&generation->line);
	truth_release(&generation->truth);
	ask_release(&generation->ask);
	free(generation);
}

static struct reply_head head_of(const struct generation *generation)
{
	return (struct reply_head){
	    .chat = generation->ask.kind == ASK_CHAT,
	    .has_thinking = generation->thoughts_apart,
	    .model = generation->ask.model_name,
	    .wall_ns = clock_wall_ns(),
	};
}

static void on_drained(void *owner, int64_t now_ns)
{
	struct generation *generation = owner;

	truth_drained(&generation->truth, now_ns);
}

static void on_over(void *owner, bool complete)
{
	struct generation *generation = owner;
	const struct job *job = &generation->job;

	scheduler_cancel(generation->sim->scheduler, &generation->job);
	generation->truth.scheduled_ns = job->scheduled_ns;
	generation->truth.slot_ns = job->slot_ns;
	generation->truth.prefill_end_ns = job->prefill_end_ns;
	if (job->answer_tokens > 0)
		truth_write(generation->sim->truth, &generation->truth, generation->ask.model->name,
		            generation->ask.prompt, complete);
	release(generation);
}

static const struct call_events call_events = {.drained = on_drained, .over = on_over};

static void answer_notice(struct generation *generation, const char *reason)
{
	struct reply_head head = head_of(generation);

	text_clear(&generation->line);
	reply_add_notice(&generation->line, &head, reason);
	call_answer_json(generation->call, 200, text_string(&generation->line));
}

/* What the runner says instead of an answer: where it stands depends on the version. */
static void answer_runner_error(struct generation *generation)
{
	const struct ask *ask = &generation->ask;
	struct evbuffer *line;
	struct text error = {0};

	if (!ask->stream || generation->sim->rules.status_before_stream) {
		call_answer_error(generation->call, ask->status, ask->runner_error);
		return;
	}
	text_add(&error, "{\"error\":");
	go_add_json_string(&error, ask->runner_error);
	text_add(&error, "}\n");
	line = evbuffer_new();
	evbuffer_add(line, error.data, error.size);
	call_stream(generation->call, line);
	call_stream_end(generation->call);
	evbuffer_free(line);
	text_release(&error);
}

static void on_scheduled(struct job *job)
{
	struct generation *generation = job->owner;

	if (job->answer_tokens > 0)
		return;
	if (generation->ask.runner_error != NULL)
		answer_runner_error(generation);
	else
		answer_notice(generation, "load");
}

/* Which token of the answer is the one at `index`: not its own when the model repeats itself. */
static int repeated(const struct generation *generation, int index)
{
	int64_t tokens = generation->sim->faults.repeat_after;

	return tokens != FAULT_NONE && index >= tokens ? (int)tokens - 1 : index;
}

/* Servers that do not know thoughts write them into the text, in tags. */
static void add_tagged(struct text *word, const struct generation *generation, int index)
{
	bool tags = generation->thoughts > 0 && !generation->thoughts_apart;

	if (tags && index == 0)
		text_add(word, "<think>\n");
	if (tags && index == generation->thoughts)
		text_add(word, "</think>\n\n");
	text_add(word, answer_token(&generation->answer, repeated(generation, index)));
}

static void on_token(struct job *job, int64_t due_ns)
{
	struct generation *generation = job->owner;
	bool is_thought = job->produced < generation->thoughts;
	struct text word = {0};

	truth_add_token(&generation->truth, due_ns);
	add_tagged(&word, generation, job->produced);
	if (generation->ask.stream) {
		struct reply_head head = head_of(generation);

		text_clear(&generation->line);
		reply_add_token(&generation->line, &head, text_string(&word), is_thought);
		evbuffer_add(generation->unsent, generation->line.data, generation->line.size);
	} else {
		bool apart = is_thought && generation->thoughts_apart;

		text_add(apart ? &generation->reasoning : &generation->response, text_string(&word));
	}
	text_release(&word);
}

static void on_flush(struct job *job)
{
	struct generation *generation = job->owner;

	if (generation->ask.stream)
		call_stream(generation->call, generation->unsent);
}

/* From the first token on. A single token takes what is left to do after it, never nothing. */
static int64_t answer_ns_of(const struct job *job)
{
	return job->produced > 1 ? job->end_ns - job->prefill_end_ns : clock_now_ns() - job->prefill_end_ns + 1;
}

/* Ollama's guard against repeats: a stream just ends, an answer in one piece says that it is not done. */
static void abort_answer(struct generation *generation)
{
	struct reply_head head = head_of(generation);

	if (generation->ask.stream) {
		call_stream(generation->call, generation->unsent);
		call_stream_end(generation->call);
		return;
	}
	text_clear(&generation->line);
	reply_add_token(&generation->line, &head, text_string(&generation->response), false);
	call_answer_json(generation->call, 200, text_string(&generation->line));
}

static void send_end(struct generation *generation)
{
	const struct job *job = &generation->job;
	const struct ask *ask = &generation->ask;
	struct reply_head head = head_of(generation);
	struct reply_end end = {
	    .reason = generation->reason,
	    .response = text_string(&generation->response),
	    .thoughts = text_string(&generation->reasoning),
	    .has_context = ask->kind == ASK_GENERATE && !ask->raw,
	    .prompt_tokens = job->prompt_tokens,
	    .answer_tokens = job->answer_tokens,
	    .counted_prompt_tokens =
		generation->sim->rules.counts_whole_prompt ? job->prompt_tokens : job->evaluated_tokens,
	    .total_ns = clock_now_ns() - call_arrival_ns(generation->call),
	    .load_ns = job->scheduled_ns - call_arrival_ns(generation->call),
	    .prompt_ns = job->prefill_end_ns - job->slot_ns,
	    .answer_ns = answer_ns_of(job),
	};

	text_clear(&generation->line);
	reply_add_end(&generation->line, &head, &end);
	if (ask->stream) {
		text_add_char(&generation->line, '\n');
		evbuffer_add(generation->unsent, generation->line.data, generation->line.size);
		call_stream(generation->call, generation->unsent);
		call_stream_end(generation->call);
	} else {
		call_answer_json(generation->call, 200, text_string(&generation->line));
	}
}

static void on_ended(struct job *job)
{
	struct generation *generation = job->owner;
	struct sim *sim = generation->sim;

	/* Before the end is told: whoever knows of it finds the listener closed. */
	if (sim->faults.refuse_ms != FAULT_NONE && !sim->has_answered)
		listener_refuse(sim->listener, sim->faults.refuse_ms);
	sim->has_answered = true;
	if (generation->aborted)
		abort_answer(generation);
	else
		send_end(generation);
}

static void on_failed(struct job *job, int status, const char *error)
{
	struct generation *generation = job->owner;

	call_answer_error(generation->call, status, error);
}

static void on_dropped(struct job *job)
{
	struct generation *generation = job->owner;

	call_drop(generation->call);
}

static const struct job_events job_events = {
    .scheduled = on_scheduled,
    .token = on_token,
    .flush = on_flush,
    .ended = on_ended,
    .failed = on_failed,
    .dropped = on_dropped,
};

/* How long the answer would be on a server that is sound, and why it ends. */
static int sound_tokens_of(struct generation *generation)
{
	const struct ask *ask = &generation->ask;
	int64_t most = (int64_t)LONGEST_ANSWER_CONTEXTS * ask->settings.context_size;
	int natural = answer_natural_tokens(&generation->answer);

	if (ask->only_loads || ask->runner_error != NULL)
		return 0;
	generation->reason = "length";
	if (ask->answer_limit > 0)
		return (int)(ask->answer_limit < most ? ask->answer_limit : most);
	if (natural > most)
		return (int)most;
	generation->reason = "stop";
	return natural;
}

static int answer_tokens_of(struct generation *generation)
{
	const struct faults *faults = &generation->sim->faults;
	int tokens = sound_tokens_of(generation);
	int64_t most = faults->repeat_after + FAULT_REPEATS;

	if (faults->stop_after != FAULT_NONE && tokens > faults->stop_after) {
		generation->reason = "stop";
		tokens = (int)faults->stop_after;
	}
	generation->aborted = faults->repeat_after != FAULT_NONE && tokens > most;
	return generation->aborted ? (int)most : tokens;
}

static void plan_thoughts(struct generation *generation)
{
	const struct version_rules *rules = &generation->sim->rules;
	enum ask_think think = generation->ask.think;
	bool wanted = think == THINK_YES || (think == THINK_UNSET && rules->thinks_by_default);

	if (!generation->ask.model->thinks || think == THINK_NO)
		return;
	generation->thoughts = generation->job.answer_tokens / THOUGHTS_SHARE;
	generation->thoughts_apart = rules->has_thinking && wanted;
}

/* Images that were encoded lately are not encoded again. */
static double encode_s(struct sim *sim, const struct ask *ask)
{
	double sum = 0;

	for (int i = 0; i < ask->image_count; i++)
		if (!image_cache_has(&sim->images, ask->images[i]))
			sum += device_encode_s(sim->device, ask->model->image_tokens);
	return sum;
}

void generation_start(struct sim *sim, struct call *call, const struct ask *ask)
{
	struct generation *generation = memory_new(1, sizeof(*generation));
	struct job *job = &generation->job;

	generation->sim = sim;
	generation->call = call;
	generation->ask = *ask;
	generation->unsent = evbuffer_new();
	generation->truth.arrival_ns = call_arrival_ns(call);
	call_set_owner(call, &call_events, generation);
	*job = (struct job){
	    .model = ask->model,
	    .settings = ask->settings,
	    .has_keep_alive = ask->has_keep_alive,
	    .keep_alive_ns = ask->keep_alive_ns,
	    .prompt = ask->marked_prompt != NULL ? ask->marked_prompt : ask->prompt,
	    .encode_s = encode_s(sim, ask),
	    .prompt_tokens = ask->prompt_tokens,
	    .events = &job_events,
	    .owner = generation,
	    .scheduled_ns = TIME_UNKNOWN,
	    .slot_ns = TIME_UNKNOWN,
	    .prefill_end_ns = TIME_UNKNOWN,
	    .end_ns = TIME_UNKNOWN,
	};
	if (ask->unloads) {
		scheduler_unload(sim->scheduler, ask->model);
		answer_notice(generation, "unload");
		return;
	}
	generation->answer = answer_of(ask->model->name, job->prompt, ask->seed);
	job->answer_tokens = answer_tokens_of(generation);
	plan_thoughts(generation);
	scheduler_submit(sim->scheduler, job);
}
