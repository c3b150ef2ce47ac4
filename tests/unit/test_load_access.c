/*
 * What a server cannot make the load engine do: keep more than its bounds,
 * unpack, go elsewhere, or show the key that it was sent; and what the
 * environment cannot.
 */
#include <stdlib.h>

#include "../support/load_play.h"
#include "base/memory.h"
#include "base/text.h"
#include "tap.h"

#define KEY       "sk-0123456789abcdef"
#define LENGTH(n) "Content-Length: " n "\r\n\r\n"

/* One reply: how it ends, and in which words. */
static const struct refusal {
	const char *name;
	struct step steps[4];
	enum transport transport;
	const char *detail; /* a part of it; NULL: none */
	size_t reply_limit, load_limit;
} refusals[] = {
    {"a compressed body",
     {SEND("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" LENGTH("5") "hello")},
     TRANSPORT_OTHER,
     "the reply is compressed, which was not asked for (Content-Encoding: gzip)",
     0,
     0},
    {"a body compressed twice, in other spelling",
     {SEND("HTTP/1.1 200 OK\r\ncontent-encoding:\tidentity, BR\r\n" LENGTH("5") "hello")},
     TRANSPORT_OTHER,
     "compressed",
     0,
     0},
    {"a compressed transfer",
     {SEND("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")},
     TRANSPORT_OTHER,
     "compressed",
     0,
     0},
    {"a body that says that it is not",
     {SEND("HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n" LENGTH("5") "hello")},
     TRANSPORT_COMPLETE,
     NULL,
     0,
     0},
    {"an endless body",
     {SEND("HTTP/1.1 200 OK\r\n\r\n"), FLOOD("0123456789abcdef")},
     TRANSPORT_TOO_LARGE,
     "the reply is larger than 100000 bytes",
     100000,
     0},
    {"an endless line of chunks",
     {SEND(CHUNKED), FLOOD("10\r\n0123456789abcdef\r\n")},
     TRANSPORT_TOO_LARGE,
     "the reply is larger than 100000 bytes",
     100000,
     0},
    {"an endless chunk size", {SEND(CHUNKED), FLOOD("0000000000000000")}, TRANSPORT_PARTIAL, "", 100000, 0},
    {"an endless trailer",
     {SEND(CHUNKED "0\r\n"), FLOOD("X: 0123456789abcdef\r\n")},
     TRANSPORT_TOO_LARGE,
     "",
     100000,
     0},
    {"endless headers",
     {SEND("HTTP/1.1 200 OK\r\n"), FLOOD("X: y\r\n")},
     TRANSPORT_TOO_LARGE,
     "the header of the reply is larger than 64 KiB",
     0,
     0},
    {"endless interim answers",
     {FLOOD("HTTP/1.1 100 Continue\r\n\r\n")},
     TRANSPORT_TOO_LARGE,
     "the header of the reply is larger than 64 KiB",
     0,
     0},
    {"an endless header line",
     {SEND("HTTP/1.1 200 OK\r\nX: "), FLOOD("0123456789abcdef")},
     TRANSPORT_TOO_LARGE,
     "header is larger than 64 KiB",
     0,
     0},
    {"a length of more than there can be",
     {SEND("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n"), FLOOD("0123456789abcdef")},
     TRANSPORT_TOO_LARGE,
     "",
     100000,
     0},
    {"a length below zero",
     {SEND("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"), ONLY(STEP_CLOSE)},
     TRANSPORT_OTHER,
     "",
     0,
     0},
    {"more than a load may have in all",
     {SEND("HTTP/1.1 200 OK\r\n" LENGTH("5") "hello")},
     TRANSPORT_TOO_LARGE,
     "all replies of the load together are larger than 4 bytes",
     0,
     4},
};

static bool has(const char *words, const char *part)
{
	return part == NULL ? words == NULL : words != NULL && strstr(words, part) != NULL;
}

static void check_refusal(const struct refusal *refusal)
{
	struct script script = {refusal->steps};
	struct load_options options = {.timeout_ns = GENEROUS_NS,
	                               .reply_limit_bytes = refusal->reply_limit,
	                               .load_limit_bytes = refusal->load_limit};
	struct play play;

	play_open(&play, &script, 1, 1);
	ok(play_run(&play, &options) && play.took_ns < GENEROUS_NS, refusal->name);
	is_int(play.exchanges[0].transport, refusal->transport, "  its end");
	if (!ok(has(play.exchanges[0].detail, refusal->detail), "  the words"))
		printf("#  %s\n", play.exchanges[0].detail != NULL ? play.exchanges[0].detail : "none");
	ok(exchange_is_consistent(&play.exchanges[0]), "  stamps and sizes");
	play_close(&play);
}

/* Each piece that arrives by itself has a stamp of 16 bytes, which count too. */
static void pieces_are_bounded(void)
{
	static const struct step steps[] = {SEND("HTTP/1.1 200 OK\r\n\r\n"),
	                                    {.kind = STEP_FLOOD, .bytes = "0", .pause_ns = MS(0)}};
	struct script script = {steps};
	struct load_options options = {.timeout_ns = GENEROUS_NS, .reply_limit_bytes = 4096};
	struct play play;

	play_open(&play, &script, 1, 1);
	play_run(&play, &options);
	is_int(play.exchanges[0].transport, TRANSPORT_TOO_LARGE, "byte by byte: bounded");
	if (!ok(play.exchanges[0].chunk_count <= 1025, "and so are its stamps"))
		printf("#  %zu of %zu bytes\n", play.exchanges[0].chunk_count, play.exchanges[0].body_size);
	play_close(&play);
}

/* One request with this access to a script; the exchange keeps its header. The caller releases the play. */
static void ask(struct play *play, const struct step *steps, const char *key, const char *url)
{
	struct script script = {steps};
	struct access access = {.key = key};
	struct load_options options = {.timeout_ns = GENEROUS_NS, .keep_heads = true, .access = &access};
	char *own;

	play_open(play, &script, 1, 1);
	own = text_format("http://127.0.0.1:%d", script_server_port(play->server));
	access.url = url != NULL ? url : own;
	play_run(play, &options);
	free(own);
}

static void key_is_sent_and_hidden(void)
{
	static const struct step steps[] = {SEND("HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer " KEY
	                                         "\r\nLocation: /x?" KEY "\r\n" LENGTH("48") "{\"error\":\"bad key " KEY
	                                                                                     "\",\"n\": 123}"),
	                                    {0}};
	struct play play;

	ask(&play, steps, KEY, NULL);
	ok(has(play.log.last_request, "\r\nAuthorization: Bearer " KEY "\r\n"), "the key is sent");
	is_int(play.exchanges[0].http_status, 401, "and refused");
	is_text(play.exchanges[0].body, "{\"error\":\"bad key *******************\",\"n\": 123}",
	        "it is hidden in the body");
	ok(has(play.exchanges[0].head, "Bearer *******************\r\n") && !has(play.exchanges[0].head, KEY),
	   "and in the header");
	play_close(&play);
	ask(&play, steps, NULL, NULL);
	ok(!has(play.log.last_request, "uthorization"), "no key, no header");
	ok(has(play.exchanges[0].body, KEY), "and nothing to hide");
	play_close(&play);
}

static void key_is_of_one_server(void)
{
	static const char *const others[] = {"http://127.0.0.1:1", "https://127.0.0.1", "http://127.0.0.1.example"};
	static const struct step steps[] = {SEND(OK_HELLO), {0}};

	for (size_t i = 0; i < COUNT_OF(others); i++) {
		struct play play;

		ask(&play, steps, KEY, others[i]);
		ok(play.log.requests == 0 && has(play.exchanges[0].detail, "the key is of another server"), others[i]);
		play_close(&play);
	}
}

static void redirects_are_told(void)
{
	static const struct step steps[] = {
	    SEND("HTTP/1.1 308 Moved\r\nLocation: https://other.example/" KEY "\r\n" LENGTH("0")), {0}};
	struct play play;

	ask(&play, steps, KEY, NULL);
	is_int(play.log.requests, 1, "a redirect is not followed");
	is_text(play.exchanges[0].location, "https://other.example/*******************", "but told, without the key");
	play_close(&play);
}

static void environment_is_ignored(void)
{
	static const struct step steps[] = {
	    SEND("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nAlt-Svc: h2=\":1\"\r\nStrict-Transport-Security: "
	         "max-age=9\r\n" LENGTH("5") "hello"),
	    {0}};
	static const char *const proxies[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
	struct script script = {steps};
	struct load_options options = {.timeout_ns = GENEROUS_NS, .in_flight = 1};
	char folder[] = "/tmp/llmbench-netrc.XXXXXX", *path;
	FILE *netrc;
	struct play play;

	for (size_t i = 0; i < COUNT_OF(proxies); i++)
		setenv(proxies[i], "http://127.0.0.1:1", 1);
	ok(mkdtemp(folder) != NULL, "a home");
	path = text_format("%s/.netrc", folder);
	netrc = fopen(path, "w");
	fprintf(netrc, "default login me password " KEY "\n");
	fclose(netrc);
	setenv("HOME", folder, 1);
	play_open(&play, &script, 1, 2);
	play_run(&play, &options);
	ok(play_count_of(&play, TRANSPORT_COMPLETE) == 2 && play_all_have_body(&play, "hello"), "no proxy");
	ok(!has(play.log.last_request, "Cookie:") && !has(play.log.last_request, "Authorization:"),
	   "no cookie, no password of .netrc");
	ok(!has(play.log.last_request, "Accept-Encoding"), "nothing compressed is asked for");
	play_close(&play);
	for (size_t i = 0; i < COUNT_OF(proxies); i++)
		unsetenv(proxies[i]);
	remove(path);
	remove(folder);
	free(path);
}

int main(void)
{
	struct failure failure = {0};

	ok(load_open(&failure), "opened");
	for (size_t i = 0; i < COUNT_OF(refusals); i++)
		check_refusal(&refusals[i]);
	pieces_are_bounded();
	key_is_sent_and_hidden();
	key_is_of_one_server();
	redirects_are_told();
	environment_is_ignored();
	load_close();
	return tap_done();
}
