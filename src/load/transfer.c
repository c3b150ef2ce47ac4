/*
 * The states of a transfer (see transfer.h) and how it becomes an exchange.
 */
#include "transfer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "easy.h"

/* Waits of 1, 2, 4 … 512 ms: a refused request gives up after about a second. */
enum { RETRIES_MAX = 10 };

static int64_t latest(int64_t a, int64_t b)
{
	return a > b ? a : b; /* TIME_UNKNOWN is the earliest of all */
}

static void note_arrival(struct transfer *transfer, int64_t arrival_ns, size_t stamped_bytes)
{
	transfer->arrival_ns = arrival_ns;
	transfer->arrival_call = transfer->wire->call;
	transfer->stamped_bytes = stamped_bytes;
	transfer->taken_bytes = 0;
	transfer->took_body = false;
}

/*
 * One call of libcurl may read several times, and read more than there was
 * when the socket was looked at. That came later, and gets the time of now:
 * bytes beyond those that were seen, and a further part of the body, since
 * what one read takes of it comes as one part.
 */
void transfer_took(struct transfer *transfer, size_t size, bool body)
{
	bool reads_again = body && transfer->took_body;

	transfer->taken_bytes += size;
	if (transfer->arrival_call != transfer->wire->call || reads_again ||
	    transfer->taken_bytes > transfer->stamped_bytes)
		note_arrival(transfer, clock_now_ns(), 0);
	transfer->took_body = body;
}

int64_t transfer_stamp_ns(struct transfer *transfer)
{
	const struct exchange *exchange = transfer->exchange;
	int64_t at_ns;

	if (transfer->arrival_call != transfer->wire->call)
		note_arrival(transfer, clock_now_ns(), SIZE_MAX);
	at_ns =
	    latest(latest(transfer->arrival_ns, transfer->started_ns), latest(exchange->sent_ns, exchange->header_ns));
	return exchange->chunk_count == 0 ? at_ns : latest(at_ns, exchange->chunks[exchange->chunk_count - 1].at_ns);
}

int64_t transfer_alarm_ns(const struct transfer *transfer)
{
	int64_t timeout_ns = transfer->wire->options->timeout_ns, idle_ns = transfer->wire->options->idle_timeout_ns;
	int64_t end_ns = INT64_MAX;

	switch (transfer->state) {
	case TRANSFER_IDLE:
		return INT64_MAX;
	case TRANSFER_BACKING_OFF:
		return transfer->retry_at_ns;
	case TRANSFER_CONNECTING:
		return timeout_ns > 0 ? transfer->started_ns + timeout_ns : INT64_MAX;
	case TRANSFER_SENT:
	case TRANSFER_STREAMING:
		if (timeout_ns > 0)
			end_ns = transfer->exchange->sent_ns + timeout_ns;
		if (transfer->state == TRANSFER_STREAMING && idle_ns > 0 && transfer->last_byte_ns + idle_ns < end_ns)
			end_ns = transfer->last_byte_ns + idle_ns;
		return end_ns;
	}
	return INT64_MAX;
}

void transfer_enter(struct transfer *transfer, enum transfer_state state)
{
	int64_t alarm_ns;

	transfer->state = state;
	alarm_ns = transfer_alarm_ns(transfer);
	if (alarm_ns < transfer->wire->next_alarm_ns)
		transfer->wire->next_alarm_ns = alarm_ns;
}

/* What must hold of every exchange (core/exchange.h). */
static void check(const struct exchange *exchange)
{
	int64_t last_ns = latest(exchange->due_ns, exchange->sent_ns);
	size_t end = 0;

	assert(exchange->sent_ns == TIME_UNKNOWN || exchange->due_ns <= exchange->sent_ns);
	assert(exchange->header_ns == TIME_UNKNOWN || last_ns <= exchange->header_ns);
	last_ns = latest(last_ns, exchange->header_ns);
	for (size_t i = 0; i < exchange->chunk_count; i++) {
		assert(last_ns <= exchange->chunks[i].at_ns && end < exchange->chunks[i].end);
		last_ns = exchange->chunks[i].at_ns;
		end = exchange->chunks[i].end;
	}
	assert(last_ns <= exchange->done_ns);
	assert(end == exchange->body_size);
}

/* Walks all connections: only to use the handle again, or to end what runs. */
static void leave_multi(struct transfer *transfer)
{
	if (transfer->in_multi)
		curl_multi_remove_handle(transfer->wire->multi, transfer->easy);
	transfer->in_multi = false;
}

/* What a redirect says leads nowhere but into messages, so it may have the key as little as the rest of the reply. */
static void keep_location(struct transfer *transfer)
{
	struct exchange *exchange = transfer->exchange;
	const char *location = NULL;

	if (transfer->easy != NULL)
		curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &location);
	exchange->location = location != NULL ? memory_string(location) : NULL;
	if (exchange->secret == NULL)
		return;
	if (exchange->location != NULL)
		text_hide(exchange->location, strlen(exchange->location), exchange->secret);
	if (exchange->head != NULL)
		text_hide(exchange->head, strlen(exchange->head), exchange->secret);
	if (exchange->detail != NULL)
		text_hide(exchange->detail, strlen(exchange->detail), exchange->secret);
}

/* Takes over `detail`. */
static void finish(struct transfer *transfer, enum transport transport, char *detail)
{
	struct exchange *exchange = transfer->exchange;
	struct load_progress *progress = &transfer->wire->progress;
	long status = 0;

	if (transfer->easy != NULL)
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	exchange->transport = transport;
	exchange->http_status = (int)status;
	exchange->detail = detail;
	keep_location(transfer);
	exchange->done_ns = transfer_stamp_ns(transfer);
	check(exchange);

	progress->done++;
	progress->failed += transport != TRANSPORT_COMPLETE || status != 200;
	transfer->state = TRANSFER_IDLE;
	transfer->ended_ns = exchange->done_ns;
	transfer->request = NULL;
	transfer->exchange = NULL;
}

void transfer_fail(struct transfer *transfer, enum transport transport, const char *detail)
{
	note_arrival(transfer, clock_now_ns(), SIZE_MAX);
	free(transfer->refused);
	transfer->refused = NULL;
	finish(transfer, transport, memory_string(detail));
	leave_multi(transfer);
}

/* Adds the handle to the multi, which connects it soon. */
static bool go(struct transfer *transfer, CURLcode set_up)
{
	transfer->in_multi =
	    set_up == CURLE_OK && curl_multi_add_handle(transfer->wire->multi, transfer->easy) == CURLM_OK;
	if (transfer->in_multi) {
		transfer_enter(transfer, TRANSFER_CONNECTING);
		return true;
	}
	transfer_fail(transfer, TRANSPORT_OTHER,
	              transfer->error[0] != '\0' ? transfer->error
	                                         : curl_easy_strerror(set_up != CURLE_OK ? set_up : CURLE_FAILED_INIT));
	return false;
}

bool transfer_start(struct transfer *transfer, const struct request *request, struct exchange *exchange, bool fresh)
{
	assert(transfer->state == TRANSFER_IDLE);
	transfer->request = request;
	transfer->exchange = exchange;
	transfer->started_ns = clock_now_ns();
	transfer->piece = NULL;
	transfer->chunk_capacity = transfer->head_capacity = transfer->header_bytes = 0;
	transfer->header_complete = transfer->too_large = false;
	transfer->refused = NULL;
	transfer->fresh = fresh;
	leave_multi(transfer);
	return go(transfer, easy_set_up(transfer));
}

/* The peer, or the network, ended a connection that stood; a malformed chunk is reported like that too. */
static bool is_cut(CURLcode code)
{
	return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
	       code == CURLE_PARTIAL_FILE;
}

/* A single header line above libcurl's own limit: CURLE_TOO_LARGE, which is 100, since 8.6. */
static bool is_header_too_large(const struct transfer *transfer, CURLcode code)
{
	return !transfer->header_complete && (code == CURLE_OUT_OF_MEMORY || (int)code == 100);
}

static enum transport transport_of(const struct transfer *transfer, CURLcode code)
{
	switch (transfer->state) {
	case TRANSFER_IDLE:
	case TRANSFER_BACKING_OFF:
		break;
	case TRANSFER_CONNECTING:
		return code == CURLE_URL_MALFORMAT ? TRANSPORT_OTHER : TRANSPORT_CONNECT;
	case TRANSFER_SENT:
	case TRANSFER_STREAMING:
		if (transfer->too_large || is_header_too_large(transfer, code))
			return TRANSPORT_TOO_LARGE;
		/* libcurl takes a header that the end of the connection cuts off for a reply. */
		if (code == CURLE_OK)
			return transfer->header_complete ? TRANSPORT_COMPLETE : TRANSPORT_PARTIAL;
		if (!is_cut(code))
			return TRANSPORT_OTHER;
		return transfer->state == TRANSFER_SENT ? TRANSPORT_EMPTY : TRANSPORT_PARTIAL;
	}
	assert(false);
	return TRANSPORT_OTHER;
}

/* libcurl's words; why a connect failed only the system says. The caller owns it. */
static char *detail_of(struct transfer *transfer, enum transport transport, CURLcode code)
{
	const char *words = transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code);
	char *refused = transfer->refused;
	long error = 0;

	transfer->refused = NULL;
	if (refused != NULL)
		return refused;
	if (transport == TRANSPORT_COMPLETE)
		return NULL;
	if (transport == TRANSPORT_TOO_LARGE)
		return text_format("a line of the reply's header is larger than %zu KiB", LOAD_HEADER_LIMIT >> 10);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return text_format("%s; certificates are checked against those of the system, or against those that "
		                   "the server's `ca_file` has",
		                   words);
	if (code == CURLE_OK)
		return memory_string("closed in the header of the reply");
	if (code == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
	return error != 0 ? text_format("%s (%s)", words, strerror((int)error)) : memory_string(words);
}

static int64_t back_off_ns(const struct transfer *transfer)
{
	return NS_PER_MS << transfer->exchange->retries;
}

/*
 * Only what never reached the server is sent again: refused, or reset while
 * connecting, as a full accept queue answers. Not when its time would be over.
 */
static bool may_retry(const struct transfer *transfer, CURLcode code)
{
	int64_t timeout_ns = transfer->wire->options->timeout_ns;
	long error = 0;

	if (transfer->state != TRANSFER_CONNECTING || code != CURLE_COULDNT_CONNECT)
		return false;
	curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
	if (error != ECONNREFUSED && error != ECONNRESET)
		return false;
	if (timeout_ns > 0 && clock_now_ns() + back_off_ns(transfer) >= transfer->started_ns + timeout_ns)
		return false;
	return transfer->exchange->retries < RETRIES_MAX;
}

bool transfer_end(struct transfer *transfer, CURLcode code)
{
	enum transport transport;

	if (may_retry(transfer, code)) {
		leave_multi(transfer);
		transfer->retry_at_ns = clock_now_ns() + back_off_ns(transfer);
		transfer->exchange->retries++;
		transfer_enter(transfer, TRANSFER_BACKING_OFF);
		return true;
	}
	transport = transport_of(transfer, code);
	finish(transfer, transport, detail_of(transfer, transport, code));
	return false;
}

bool transfer_ring(struct transfer *transfer, int64_t now_ns)
{
	const struct exchange *exchange = transfer->exchange;
	int64_t timeout_ns = transfer->wire->options->timeout_ns;

	switch (transfer->state) {
	case TRANSFER_IDLE:
		assert(false);
		break;
	case TRANSFER_BACKING_OFF:
		transfer->error[0] = '\0';
		return go(transfer, CURLE_OK);
	case TRANSFER_CONNECTING:
		transfer_fail(transfer, TRANSPORT_CONNECT, "no connection within the time-out");
		break;
	case TRANSFER_SENT:
	case TRANSFER_STREAMING:
		if (timeout_ns > 0 && exchange->sent_ns + timeout_ns <= now_ns)
			transfer_fail(transfer, TRANSPORT_TIMEOUT, "no complete reply within the time-out");
		else
			transfer_fail(transfer, TRANSPORT_IDLE_TIMEOUT, "the reply stood still for too long");
		break;
	}
	return false;
}

void transfer_readable(struct transfer *transfer, int fd)
{
	struct wire *wire = transfer->wire;
	struct exchange *exchange = transfer->exchange;
	size_t stamped_bytes;
	int64_t arrival_ns;

	if (transfer->state != TRANSFER_SENT && transfer->state != TRANSFER_STREAMING)
		return;
	transfer->last_byte_ns = wire->woke_ns;
	arrival_ns = stamper_arrival(&wire->stamper, fd, exchange->sent_ns, wire->woke_ns, &stamped_bytes);
	note_arrival(transfer, arrival_ns, stamped_bytes);
	/* Without a stamp of the kernel nobody knows how long they had lain. */
	if (arrival_ns != wire->woke_ns)
		exchange->stamp_lag_ns = latest(exchange->stamp_lag_ns, clock_now_ns() - arrival_ns);
}

void transfer_release(struct transfer *transfer)
{
	assert(transfer->state == TRANSFER_IDLE);
	leave_multi(transfer);
	curl_easy_cleanup(transfer->easy);
}
