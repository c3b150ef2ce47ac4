/*
 * The run loop: wait, stamp, let libcurl read, start what is due. One thread,
 * nothing shared; transfers stamp and append (easy.c), libcurl tells which
 * sockets and which time it waits for (the two callbacks here).
 */
#include <assert.h>
#include <curl/curl.h>
#include <limits.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/stop.h"
#include "engine.h"
#include "headers.h"
#include "load/load.h"
#include "places.h"
#include "progress.h"
#include "queue.h"
#include "resolve.h"
#include "transfer.h"

/* The longest wait while somebody may set the stop flag: a signal can come just before the wait begins. */
#define STOP_CHECK_NS (100 * NS_PER_MS)

/* New connections made in a row, 70 to 100 µs each, before the replies are looked at again. */
enum { START_BATCH = 32 };

enum { EVENTS_MAX = 1024 };

struct engine {
	struct wire wire;
	struct queue queue;
	struct exchange *exchanges;
	struct places places;
	int64_t *ended_ns;     /* done stamps in the order of the ends */
	int64_t curl_timer_ns; /* when libcurl wants to be called; INT64_MAX: not */
	int64_t asked_ns;      /* the sockets were asked then what there is */
	struct progress_times times;
	bool broken; /* the kernel watches no more sockets: the rest of the load is given up */
	struct poller_event events[EVENTS_MAX];
};

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused)
{
	struct engine *engine = context;
	unsigned interest = (what & CURL_POLL_IN ? POLLER_READ : 0u) | (what & CURL_POLL_OUT ? POLLER_WRITE : 0u);
	struct transfer *owner = NULL;

	(void)unused;
	if (what == CURL_POLL_REMOVE)
		interest = POLLER_NOTHING;
	if (interest != POLLER_NOTHING)
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&owner);
	sockets_watch(&engine->wire.sockets, fd, interest, owner);
	return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
	struct engine *engine = context;

	(void)multi;
	engine->curl_timer_ns = timeout_ms < 0 ? INT64_MAX : clock_now_ns() + timeout_ms * NS_PER_MS;
	return 0;
}

/* Takes a finished transfer out of the active part. */
static void release_place(struct engine *engine, struct transfer *transfer)
{
	if (engine->wire.options->on_ended != NULL)
		engine->wire.options->on_ended(engine->wire.options->context, transfer->index);
	engine->ended_ns[engine->wire.progress.done - 1] = transfer->ended_ns;
	queue_ended(&engine->queue, transfer->index, transfer->ended_ns);
	places_give_back(&engine->places, transfer);
}

/* A place is taken in the order in which it became free: the first ones at the start of the load. */
static int64_t free_since_ns(const struct engine *engine)
{
	size_t started = engine->wire.progress.started;

	return started < engine->places.count ? engine->queue.start_ns
	                                      : engine->ended_ns[started - engine->places.count];
}

/*
 * In a burst, and for the first ones of a closed loop, each has a connection of
 * its own, even if a quick reply has already left one behind.
 */
static void start(struct engine *engine, size_t index, int64_t due_ns)
{
	struct transfer *transfer = places_take(&engine->places);
	const struct request *request = &engine->queue.requests[index];
	bool fresh = queue_is_untimed(request) && engine->wire.progress.started < engine->places.count;

	transfer->index = index;
	engine->wire.progress.started++;
	engine->exchanges[index].due_ns = due_ns;
	if (!transfer_start(transfer, request, &engine->exchanges[index], fresh))
		release_place(engine, transfer);
}

static void collect_ended(struct engine *engine)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(engine->wire.multi, &left)) != NULL) {
		struct transfer *transfer;
		CURLcode code = message->data.result; /* gone with the handle */

		assert(message->msg == CURLMSG_DONE);
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		if (!transfer_end(transfer, code))
			release_place(engine, transfer);
	}
}

static void serve_socket(struct engine *engine, const struct poller_event *event)
{
	struct transfer *transfer;
	int running, bits = (event->interest & POLLER_READ ? CURL_CSELECT_IN : 0) |
	                    (event->interest & POLLER_WRITE ? CURL_CSELECT_OUT : 0) |
	                    (event->interest & POLLER_FAILED ? CURL_CSELECT_ERR : 0);

	/* Closed by what an earlier event of this waking led to. */
	if (!sockets_is_watched(&engine->wire.sockets, event->fd, &transfer))
		return;
	engine->wire.call++;
	/* No transfer: libcurl is saying goodbye on a TLS connection. */
	if (transfer != NULL && event->interest & POLLER_READ)
		transfer_readable(transfer, event->fd);
	curl_multi_socket_action(engine->wire.multi, event->fd, bits, &running);
	collect_ended(engine);
}

static void serve_curl_timer(struct engine *engine)
{
	int running;

	if (engine->curl_timer_ns > clock_now_ns())
		return;
	/* libcurl sets it again if it needs to. */
	engine->curl_timer_ns = INT64_MAX;
	engine->wire.call++;
	curl_multi_socket_action(engine->wire.multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect_ended(engine);
}

/*
 * An alarm may lie before the earliest that is left, never behind it: bytes only move alarms to later. The time that
 * counts is when the sockets were asked last: while this program was stopped, or waited for a processor, bytes may have
 * come that nobody has seen.
 */
static void serve_alarms(struct engine *engine)
{
	int64_t now_ns = engine->asked_ns;

	if (engine->wire.next_alarm_ns > now_ns)
		return;
	engine->wire.next_alarm_ns = INT64_MAX;
	/* Downwards, because a finished transfer swaps places with the last active one. */
	for (size_t i = engine->places.active; i-- > 0;) {
		struct transfer *transfer = engine->places.order[i];
		int64_t alarm_ns = transfer_alarm_ns(transfer);

		if (alarm_ns <= now_ns) {
			if (!transfer_ring(transfer, now_ns))
				release_place(engine, transfer);
		} else if (alarm_ns < engine->wire.next_alarm_ns) {
			engine->wire.next_alarm_ns = alarm_ns;
		}
	}
}

static void start_due(struct engine *engine)
{
	int64_t now_ns = clock_now_ns(), due_ns;
	size_t index;

	for (int i = 0; i < START_BATCH && engine->places.active < engine->places.count; i++) {
		if (!queue_take(&engine->queue, now_ns, free_since_ns(engine), &index, &due_ns))
			return;
		start(engine, index, due_ns);
	}
}

/* Ends all that have not begun. */
static void give_up_waiting(struct engine *engine, enum transport transport, const char *why)
{
	int64_t now_ns = engine->wire.woke_ns, due_ns;
	size_t index;

	while (queue_take_cancelled(&engine->queue, now_ns, &index, &due_ns)) {
		engine->exchanges[index].transport = transport;
		engine->exchanges[index].due_ns = due_ns;
		engine->exchanges[index].done_ns = now_ns;
		engine->exchanges[index].detail = memory_string(why);
		engine->wire.progress.done++;
		engine->wire.progress.failed++;
	}
}

/* Ends everything, running or not. */
static void give_up(struct engine *engine, enum transport transport, const char *why)
{
	while (engine->places.active > 0) {
		struct transfer *transfer = engine->places.order[engine->places.active - 1];

		transfer_fail(transfer, transport, why);
		release_place(engine, transfer);
	}
	give_up_waiting(engine, transport, why);
}

static void heed_stop(struct engine *engine, enum stop stop)
{
	if (stop == STOP_SOON && engine->wire.options->drain)
		give_up_waiting(engine, TRANSPORT_CANCELLED, "stopped");
	else if (stop != STOP_NOT)
		give_up(engine, TRANSPORT_CANCELLED, "stopped");
}

static void heed_limits(struct engine *engine)
{
	const struct load_options *options = engine->wire.options;

	if (engine->broken)
		give_up(engine, TRANSPORT_OTHER, "the kernel refuses to watch more sockets");
	else if (options->deadline_ns != 0 && options->deadline_ns <= engine->wire.woke_ns)
		give_up(engine, TRANSPORT_CANCELLED, "the deadline of the load has passed");
	else if (options->stop != NULL)
		heed_stop(engine, (enum stop) * options->stop);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How long nothing can happen but an event. */
static int64_t wait_ns(struct engine *engine)
{
	const struct load_options *options = engine->wire.options;
	int64_t now_ns = engine->asked_ns = clock_now_ns();
	int64_t until_ns = earlier(engine->curl_timer_ns, engine->wire.next_alarm_ns);

	if (engine->places.active < engine->places.count)
		until_ns = earlier(until_ns, queue_next_ns(&engine->queue));
	if (options->deadline_ns != 0)
		until_ns = earlier(until_ns, options->deadline_ns);
	if (options->on_progress != NULL)
		until_ns = earlier(until_ns, engine->times.next_ns);
	if (options->stop != NULL)
		until_ns = earlier(until_ns, now_ns + STOP_CHECK_NS);
	if (until_ns == INT64_MAX)
		return -1;
	return until_ns > now_ns ? until_ns - now_ns : 0;
}

/* Every request ends once: done counts up to count. */
static void run(struct engine *engine)
{
	struct wire *wire = &engine->wire;

	while (wire->progress.done < wire->progress.count) {
		int64_t before_ns = wire->woke_ns, asked_ns = wait_ns(engine);
		size_t count = sockets_wait(&wire->sockets, asked_ns, engine->events, EVENTS_MAX, &engine->broken);

		wire->woke_ns = clock_now_ns();
		progress_notice(&wire->progress, wire->woke_ns - before_ns, asked_ns);
		stamper_watch_clock(&wire->stamper, wire->woke_ns);
		for (size_t i = 0; i < count; i++)
			serve_socket(engine, &engine->events[i]);
		if (count < EVENTS_MAX) /* else there is more */
			serve_alarms(engine);
		heed_limits(engine);
		start_due(engine);
		serve_curl_timer(engine);
		wire->progress.in_flight = engine->places.active;
		if (wire->progress.done == wire->progress.count) /* there is no waking after the last one */
			progress_notice(&wire->progress, clock_now_ns() - wire->woke_ns, 0);
		progress_tell(&engine->times, wire->options, wire->woke_ns, &wire->progress);
	}
	assert(engine->places.active == 0);
}

/* An open loop without a limit of its own has as many as files may be open. */
static size_t count_places(const struct load_options *options, size_t count)
{
	size_t most = options->in_flight > 0 ? options->in_flight : load_reserve_files_up_to(count);

	return most < count ? most : count;
}

static bool open_multi(struct engine *engine, struct failure *failure)
{
	CURLM *multi = engine->wire.multi = curl_multi_init();
	size_t count = engine->places.count;
	long connections = count > LONG_MAX ? LONG_MAX : (long)count;

	if (multi == NULL || !headers_make(&engine->wire, engine->queue.requests, engine->wire.progress.count))
		return failure_set(failure, STATUS_CANNOT_GO_ON, "libcurl cannot be started");
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, engine);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, engine);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
	return true;
}

static struct engine *engine_open(const struct request *requests, size_t count, const struct load_options *options,
                                  bool kernel_stamps, struct exchange *exchanges)
{
	struct engine *engine = memory_new(1, sizeof *engine);

	assert(options->on_progress == NULL || options->progress_interval_ns > 0);
	engine->wire.options = options;
	engine->wire.reply_limit_bytes = options->reply_limit_bytes > 0 ? options->reply_limit_bytes : LOAD_REPLY_LIMIT;
	engine->wire.load_limit_bytes = options->load_limit_bytes > 0 ? options->load_limit_bytes : LOAD_TOTAL_LIMIT;
	engine->wire.arena = load_memory_arena(options->memory);
	arena_clear(engine->wire.arena);
	arena_warm(engine->wire.arena, options->expected_bytes);
	engine->wire.next_alarm_ns = engine->curl_timer_ns = INT64_MAX;
	engine->wire.progress.count = count;
	engine->exchanges = exchanges;
	for (size_t i = 0; i < count; i++)
		exchanges[i] = (struct exchange){.due_ns = TIME_UNKNOWN,
		                                 .sent_ns = TIME_UNKNOWN,
		                                 .header_ns = TIME_UNKNOWN,
		                                 .done_ns = TIME_UNKNOWN,
		                                 .stamp_lag_ns = TIME_UNKNOWN,
		                                 .secret = options->access != NULL ? options->access->key : NULL};
	engine->ended_ns = memory_new(count, sizeof *engine->ended_ns);
	places_open(&engine->places, &engine->wire, count_places(options, count));
	queue_open(&engine->queue, requests, count);
	engine->wire.addresses = resolve_hosts(requests, count);
	stamper_open(&engine->wire.stamper, kernel_stamps);
	return engine;
}

static void engine_close(struct engine *engine)
{
	places_release(&engine->places);
	curl_multi_cleanup(engine->wire.multi);
	sockets_release(&engine->wire.sockets);
	stamper_close(&engine->wire.stamper);
	curl_slist_free_all(engine->wire.addresses);
	headers_free(&engine->wire);
	queue_release(&engine->queue);
	free(engine->ended_ns);
	free(engine);
}

/* A request that we had no socket for is no failure of the server. */
static bool had_enough(const struct engine *engine, struct failure *failure)
{
	int shortage = engine->wire.shortage;

	return (shortage == 0 && !engine->broken) ||
	       failure_set(failure, STATUS_CANNOT_GO_ON, "no connection for a request: %s",
	                   shortage != 0 ? file_reason(shortage) : "the kernel watches no more sockets");
}

bool engine_run(const struct request *requests, size_t count, const struct load_options *options, bool kernel_stamps,
                struct exchange *exchanges, struct failure *failure)
{
	struct engine *engine = engine_open(requests, count, options, kernel_stamps, exchanges);
	bool good = sockets_open(&engine->wire.sockets, failure) && open_multi(engine, failure);

	if (good) {
		int64_t start_ns = clock_now_ns();

		engine->wire.woke_ns = engine->queue.start_ns = start_ns;
		engine->times = progress_begin(options, start_ns);
		run(engine);
		good = had_enough(engine, failure);
	}
	engine_close(engine);
	return good;
}
