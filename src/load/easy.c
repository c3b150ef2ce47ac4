/*
 * Every option of a request's handle, and the hot path: what runs for each
 * piece of a reply stamps, appends and returns.
 */
#include "easy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/url.h"
#include "headers.h"

/* Of a reply whose limit is small, as in tests: so many pieces it may come in all the same. */
enum { STAMPS_LEAST = 1024 };

/* One read; each stream owns one. The stamper looks at as much. */
#define RECEIVE_BYTES ((long)STAMP_READ_BYTES)
#define UPLOAD_BYTES  16384L

/* The socket is ours to make so that its bytes are stamped; a server that is started meanwhile must not inherit it. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = context;
	int fd = socket(address->family, address->socktype, address->protocol);

	(void)purpose;
	if (fd < 0) {
		/* Other errors are of an address that this machine has no network for. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			transfer->wire->shortage = errno;
		return CURL_SOCKET_BAD;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	sockets_adopt(&transfer->wire->sockets, fd);
	stamper_add_socket(&transfer->wire->stamper, fd);
	return fd;
}

/* A connection outlives the transfer that made it, so this callback knows only the load. */
static int close_socket(void *context, curl_socket_t fd)
{
	struct wire *wire = context;

	sockets_forget(&wire->sockets, fd);
	return close(fd);
}

/*
 * Connected, and the request goes out next. Called again when libcurl finds
 * that the server had closed a kept connection and sends anew: the last counts.
 */
static int request_sent(void *context, char *peer, char *local, int peer_port, int local_port)
{
	struct transfer *transfer = context;

	(void)peer, (void)local, (void)peer_port, (void)local_port;
	transfer->worn = transfer->worn || transfer->sent;
	transfer->sent = true;
	transfer->exchange->sent_ns = clock_now_ns();
	transfer_enter(transfer, TRANSFER_SENT);
	return CURL_PREREQFUNC_OK;
}

/* The value of a header's line if it is of that name, without blanks around it; NULL: it is of another one. */
static const char *value_of(const char *line, size_t size, const char *name, size_t *value_size)
{
	size_t at = strlen(name);

	if (size <= at || line[at] != ':' || !curl_strnequal(line, name, at))
		return NULL;
	for (at++; at < size && (line[at] == ' ' || line[at] == '\t'); at++)
		;
	while (size > at && strchr(" \t\r\n", line[size - 1]) != NULL)
		size--;
	*value_size = size - at;
	return line + at;
}

static bool is_word(const char *value, size_t size, const char *word)
{
	return size == strlen(word) && curl_strnequal(value, word, size);
}

/*
 * Nothing that could make more of its bytes was asked for, so a coded reply is
 * refused, whatever it would become. Of the codings of transfers "chunked" is
 * known (RFC 9112 §6.1).
 */
static void note_coding(struct transfer *transfer, const char *line, size_t size)
{
	size_t content_size = 0, transfer_size = 0;
	const char *content = value_of(line, size, "Content-Encoding", &content_size);
	const char *coding = value_of(line, size, "Transfer-Encoding", &transfer_size);
	bool coded = content != NULL && content_size > 0 && !is_word(content, content_size, "identity");

	if (coding != NULL && is_word(coding, transfer_size, "chunked"))
		transfer->exchange->chunked = true;
	else
		coded = coded || (coding != NULL && transfer_size > 0 && !is_word(coding, transfer_size, "identity"));
	if (coded && transfer->refused == NULL)
		transfer->refused = text_format("the reply is compressed, which was not asked for (%.*s)",
		                                (int)strcspn(line, "\r\n"), line);
}

static void keep_head(struct transfer *transfer, const char *bytes, size_t size)
{
	struct exchange *exchange = transfer->exchange;

	exchange->head = memory_grow(exchange->head, &transfer->head_capacity, transfer->header_bytes, 1);
	memcpy(exchange->head + transfer->header_bytes - size, bytes, size);
	exchange->head[transfer->header_bytes] = '\0';
}

static void refuse_size(struct transfer *transfer, const char *what, size_t limit, const char *unit)
{
	transfer->too_large = true;
	if (transfer->refused == NULL)
		transfer->refused = text_format("%s larger than %zu %s", what, limit, unit);
}

/*
 * One line. Trailers after the body come here too, without a blank line; after
 * an interim answer (100) another header follows. Returns other than `size` to
 * make libcurl give up.
 */
static size_t header_arrived(char *bytes, size_t one, size_t size, void *context)
{
	struct transfer *transfer = context;

	(void)one;
	if (transfer->state == TRANSFER_SENT) {
		transfer->last_byte_ns = transfer->wire->woke_ns;
		transfer_enter(transfer, TRANSFER_STREAMING);
	}
	if (bytes[0] == '\r' || bytes[0] == '\n')
		transfer->header_complete = true;
	else if (size >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
		transfer->header_complete = transfer->exchange->chunked = false;
	else
		note_coding(transfer, bytes, size);
	transfer->header_bytes += size;
	transfer_took(transfer, size, false);
	if (transfer->exchange->header_ns == TIME_UNKNOWN)
		transfer->exchange->header_ns = transfer_stamp_ns(transfer);
	if (transfer->wire->options->keep_heads)
		keep_head(transfer, bytes, size);
	if (transfer->header_bytes > LOAD_HEADER_LIMIT)
		refuse_size(transfer, "the header of the reply is", LOAD_HEADER_LIMIT >> 10, "KiB");
	return transfer->refused != NULL ? 0 : size;
}

static void append(struct transfer *transfer, const char *bytes, size_t size)
{
	while (size > 0) {
		struct piece *piece = transfer->piece;
		size_t room = piece != NULL ? piece->capacity - piece->size : 0, part = size < room ? size : room;

		if (part > 0)
			memcpy(piece_bytes(piece) + piece->size, bytes, part);
		if (part > 0)
			piece->size += part;
		bytes += part;
		size -= part;
		if (size == 0)
			return;
		transfer->piece = arena_take(transfer->wire->arena, piece != NULL ? piece->capacity : 0);
		if (piece != NULL)
			piece->next = transfer->piece;
		else
			transfer->exchange->pieces = transfer->piece;
	}
}

/* How many of the bytes may be taken. */
static size_t room_for(struct transfer *transfer, size_t size)
{
	const struct wire *wire = transfer->wire;
	const struct exchange *exchange = transfer->exchange;
	size_t room = wire->reply_limit_bytes - exchange->body_size;
	size_t rest = wire->load_limit_bytes - wire->progress.bytes;

	if (size > room)
		refuse_size(transfer, "the reply is", wire->reply_limit_bytes, "bytes");
	else if (size > rest)
		refuse_size(transfer, "all replies of the load together are", wire->load_limit_bytes, "bytes");
	else if (exchange->chunk_count >= STAMPS_LEAST &&
	         exchange->chunk_count >= wire->reply_limit_bytes / sizeof *exchange->chunks)
		refuse_size(transfer, "the pieces that the reply came in are",
		            wire->reply_limit_bytes / sizeof *exchange->chunks, "in number");
	room = room < rest ? room : rest;
	return size < room ? size : room;
}

/* The body as it comes, with the framing of its transfer in it. */
static size_t body_arrived(char *bytes, size_t one, size_t size, void *context)
{
	struct transfer *transfer = context;
	struct exchange *exchange = transfer->exchange;
	struct wire *wire = transfer->wire;
	int64_t at_ns;

	(void)one;
	size = room_for(transfer, size);
	if (size == 0)
		return 0;
	transfer_took(transfer, size, true);
	at_ns = transfer_stamp_ns(transfer);
	append(transfer, bytes, size);
	exchange->body_size += size;

	/* What one read took has one stamp, however many HTTP chunks it was. */
	if (exchange->chunk_count == 0 || exchange->chunks[exchange->chunk_count - 1].at_ns != at_ns) {
		exchange->chunks = memory_grow(exchange->chunks, &transfer->chunk_capacity, exchange->chunk_count,
		                               sizeof *exchange->chunks);
		exchange->chunks[exchange->chunk_count++].at_ns = at_ns;
		wire->progress.chunks++;
	}
	exchange->chunks[exchange->chunk_count - 1].end = exchange->body_size;
	wire->progress.bytes += size;
	return transfer->too_large ? 0 : size;
}

/* Each as libcurl names it; the first failure is the answer. */
#define SET(option, value)                                                         \
	do {                                                                       \
		CURLcode code = curl_easy_setopt(easy, CURLOPT_##option, (value)); \
		if (code != CURLE_OK)                                              \
			return code;                                               \
	} while (0)

static CURLcode set_callbacks(CURL *easy, struct transfer *transfer)
{
	SET(PRIVATE, transfer);
	SET(ERRORBUFFER, transfer->error);
	SET(OPENSOCKETFUNCTION, open_socket);
	SET(OPENSOCKETDATA, transfer);
	SET(CLOSESOCKETFUNCTION, close_socket);
	SET(CLOSESOCKETDATA, transfer->wire);
	SET(PREREQFUNCTION, request_sent);
	SET(PREREQDATA, transfer);
	SET(HEADERFUNCTION, header_arrived);
	SET(HEADERDATA, transfer);
	SET(WRITEFUNCTION, body_arrived);
	SET(WRITEDATA, transfer);
	return CURLE_OK;
}

/* What another program, a server or the environment could make libcurl do: nothing. No Accept-Encoding, no cookies. */
static CURLcode set_bounds(CURL *easy, const struct access *access)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(PROTOCOLS_STR, "http,https");
#else
	SET(PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	SET(FOLLOWLOCATION, 0L);
	SET(NETRC, (long)CURL_NETRC_IGNORED);
	SET(NOPROXY, "*"); /* nor one from the environment */
	SET(HTTP09_ALLOWED, 0L);
	SET(SSL_VERIFYPEER, 1L);
	SET(SSL_VERIFYHOST, 2L);
	if (access == NULL || access->ca_file == NULL)
		return CURLE_OK;
	SET(CAPATH, NULL);
	SET(CAINFO, access->ca_file);
	return CURLE_OK;
}

static CURLcode set_transport(CURL *easy, const struct wire *wire)
{
	CURLcode bounds = set_bounds(easy, wire->options->access);

	if (bounds != CURLE_OK)
		return bounds;
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(HTTP_TRANSFER_DECODING, 0L); /* one callback a read, not one a token; gather.c takes the framing out */
	SET(NOSIGNAL, 1L);
	SET(TCP_KEEPALIVE, 1L);
	SET(BUFFERSIZE, RECEIVE_BYTES);
	SET(UPLOAD_BUFFERSIZE, UPLOAD_BYTES);
	if (wire->addresses != NULL)
		SET(RESOLVE, wire->addresses);
	return CURLE_OK;
}

/*
 * All that differs from request to request: the handle keeps the rest, which
 * saves a tenth of a short request's time. HTTPGET comes first: it takes back
 * what an earlier request made of the handle (a body, HEAD).
 */
static CURLcode set_request(CURL *easy, const struct wire *wire, const struct request *request, bool fresh)
{
	bool posts = text_equal(request->method, "POST"), has_body = request->body != NULL || posts;
	bool heads = text_equal(request->method, "HEAD");

	SET(FRESH_CONNECT, fresh ? 1L : 0L);
	SET(URL, request->url);
	SET(HTTPHEADER, headers_of(wire, request));
	SET(HTTPGET, 1L);
	if (has_body) {
		SET(POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
		SET(POSTFIELDS, request->body != NULL ? request->body : "");
	}
	if (heads)
		SET(NOBODY, 1L);
	SET(CUSTOMREQUEST, heads || posts ? NULL : request->method);
	return CURLE_OK;
}

/* With redirects off, the request's own URL is all that could name another protocol. */
static bool is_http(const char *url)
{
	return curl_strnequal(url, "http://", 7) || curl_strnequal(url, "https://", 8);
}

/*
 * libcurl counts over all requests of a handle how often it sent one anew, and
 * gives up at the sixth; llama-server closes after each stream, mostly when the
 * next request is on its way. Only a reset begins the count again.
 */
static CURLcode make_handle(struct transfer *transfer)
{
	CURLcode code;

	if (transfer->easy == NULL)
		transfer->easy = curl_easy_init();
	else
		curl_easy_reset(transfer->easy);
	if (transfer->easy == NULL)
		return CURLE_FAILED_INIT;
	transfer->worn = false;
	code = set_callbacks(transfer->easy, transfer);
	return code == CURLE_OK ? set_transport(transfer->easy, transfer->wire) : code;
}

CURLcode easy_set_up(struct transfer *transfer)
{
	const struct access *access = transfer->wire->options->access;
	CURLcode code = CURLE_OK;

	transfer->error[0] = '\0';
	if (!is_http(transfer->request->url))
		return CURLE_UNSUPPORTED_PROTOCOL;
	if (access != NULL && access->key != NULL && !url_same_origin(access->url, transfer->request->url)) {
		snprintf(transfer->error, sizeof transfer->error, "not sent: the key is of another server");
		return CURLE_AUTH_ERROR;
	}
	transfer->sent = false;
	if (transfer->easy == NULL || transfer->worn)
		code = make_handle(transfer);
	if (code == CURLE_OK)
		code = set_request(transfer->easy, transfer->wire, transfer->request, transfer->fresh);
	return code;
}
