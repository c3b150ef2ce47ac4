/*
 * Every definition, end to end, against a server that wrote down the truth:
 * target encode → load → target decode → summary. Each shape of a stream is
 * sent in two pieces, cut once at every byte of the reply, header and framing
 * too, and then in pieces of one byte.
 *
 * Outcomes, counts, order and the server's own figures must be exact. A stamp
 * must lie between the write that made the event whole and a bound after it.
 */
#include <stdlib.h>
#include <string.h>

#include "../support/truth_play.h"
#include "base/memory.h"
#include "base/text.h"
#include "stream_shapes.h"
#include "tap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

enum {
	IN_FLIGHT = 128,
	WHOLE_CUTS = 1024, /* replies up to this size are cut at every byte */
	DRIPS = 3,         /* how often each of them is sent byte by byte */
};

/* Long enough that most first pieces are read before the second one comes. */
static const int64_t pause_ns = 3 * NS_PER_MS;

static struct truth_piece *two_pieces(size_t cut, size_t size)
{
	struct truth_piece *pieces = memory_new(2, sizeof *pieces);

	pieces[0] = (struct truth_piece){cut, 0};
	pieces[1] = (struct truth_piece){size, pause_ns};
	return pieces;
}

static struct truth_piece *single_bytes(size_t size)
{
	struct truth_piece *pieces = memory_new(size, sizeof *pieces);

	for (size_t i = 0; i < size; i++)
		pieces[i].end = i + 1;
	return pieces;
}

static void add(struct truth_play *play, const struct shape *shape, const struct truth_stream *stream,
                struct truth_piece *pieces, size_t piece_count)
{
	const struct truth_job job = {
	    .cell = truth_cell(shape->api, shape->whole ? CELL_OFF : CELL_ON),
	    .stream = stream,
	    .pieces = pieces,
	    .piece_count = piece_count,
	    .told = shape->told,
	    .outcome = shape->outcome,
	    .due_ns = TIME_UNKNOWN,
	    .context = shape,
	};

	truth_play_add(play, &job);
}

/* A long line is cut near its ends and near what a read holds (16 KiB), and at every 997th byte. */
static bool is_cut_here(size_t at, size_t size)
{
	return size <= WHOLE_CUTS || at < 200 || size - at < 200 || at % 16384 < 3 || at % 16384 > 16381 ||
	       at % 997 == 0;
}

static void add_shape(struct truth_play *play, const struct shape *shape, struct truth_stream *stream)
{
	*stream = truth_stream_of(shape->status != NULL ? shape->status : "200 OK", shape->framing, shape->lines);
	for (size_t cut = 1; cut < stream->size; cut++)
		if (is_cut_here(cut, stream->size))
			add(play, shape, stream, two_pieces(cut, stream->size), 2);
	for (int i = 0; i < DRIPS && stream->size <= WHOLE_CUTS; i++)
		add(play, shape, stream, single_bytes(stream->size), stream->size);
}

static int64_t or_unknown(int64_t told)
{
	return told == UNTOLD ? JSON_UNKNOWN : told;
}

static bool figures_are(const struct record *record, const struct truth_figures *told)
{
	return record->prompt_tokens == or_unknown(told->prompt_tokens) &&
	       record->output_tokens == or_unknown(told->output_tokens) &&
	       record->server_total_ns == or_unknown(told->total_ns) &&
	       record->server_load_ns == or_unknown(told->load_ns) &&
	       record->server_prefill_ns == or_unknown(told->prefill_ns) &&
	       record->server_decode_ns == or_unknown(told->decode_ns);
}

static bool events_are_right(const struct record *record, const struct truth_request *asked)
{
	for (size_t i = 0; i < record->event_count; i++)
		if (!truth_allows(asked, asked->stream->event_at[i], record->event_ns[i]) ||
		    (i > 0 && record->event_ns[i] < record->event_ns[i - 1]))
			return false;
	return true;
}

/* What is wrong with a record; NULL: nothing. */
static const char *verdict(const struct shape *shape, const struct record *record, const struct truth_request *asked)
{
	const char *path =
	    shape->api == CELL_API_CHAT ? "POST /api/chat HTTP/1.1\r\n" : "POST /api/generate HTTP/1.1\r\n";

	if (asked->truth->times_asked != 1)
		return "was not asked once";
	if (!text_starts_with(asked->truth->request, path) ||
	    strstr(asked->truth->request, shape->whole ? "\"stream\":false" : "\"stream\":true") == NULL)
		return "was asked for something else";
	if (record->outcome != shape->outcome)
		return outcome_name(record->outcome);
	if (record->http_status != (shape->status != NULL ? atoi(shape->status) : 200))
		return "has another status";
	if (record->event_count != asked->stream->event_count)
		return "has another number of events";
	if (!events_are_right(record, asked))
		return "has an event at a wrong time";
	if (!figures_are(record, &shape->told))
		return "has other figures";
	if (!text_equal(record->text, shape->text) || !text_equal(record->done_reason, shape->done_reason))
		return "has another text or reason";
	if (record->sent_ns < record->due_ns || record->sent_ns > asked->truth->read_ns)
		return "was sent at a wrong time";
	return truth_allows_done(asked, record->done_ns) ? NULL : "was done at a wrong time";
}

static void show_times(const struct record *record, const struct truth_request *asked)
{
	const struct truth_write *last = &asked->truth->writes[asked->reply->piece_count - 1];

	for (size_t i = 0; i < record->event_count && i < asked->stream->event_count; i++)
		printf("#    event %zu at %+lld ns of its write\n", i,
		       (long long)(record->event_ns[i] - truth_write_of(asked, asked->stream->event_at[i])->before_ns));
	printf("#    sent %+lld ns of its reading, done %+lld ns of the last write\n",
	       (long long)(record->sent_ns - asked->truth->read_ns), (long long)(record->done_ns - last->before_ns));
}

static void check_records(const struct truth_play *play, const struct shape *shape, size_t begin, size_t end)
{
	size_t wrong = 0;

	for (size_t i = begin; i < end; i++) {
		const char *what = verdict(shape, &play->records[i], &play->asked[i]);

		if (what == NULL || wrong++ >= 3)
			continue;
		printf("#  request %zu, first piece of %zu bytes, %zu pieces: %s\n", i - begin,
		       play->replies[i].pieces[0].end, play->replies[i].piece_count, what);
		show_times(&play->records[i], &play->asked[i]);
	}
	is_int(wrong, 0, shape->name);
}

/* The requests of a shape are adjacent. */
static void check(struct truth_play *play)
{
	for (size_t begin = 0, end; begin < play->count; begin = end) {
		for (end = begin; end < play->count && play->jobs[end].context == play->jobs[begin].context;)
			end++;
		check_records(play, play->jobs[begin].context, begin, end);
		is_int(truth_play_wrong_metrics(play, begin, end), 0, "  its metrics are the definitions'");
	}
	is_int(play->log.strangers, 0, "nobody else asked");
	ok(play->log.peak_in_service <= IN_FLIGHT, "no more at once than were allowed");
}

/* Ollama's final line holds the whole context as numbers; an answer can come in one line too. */
static struct shape long_shape(const char *name, const char *begin, const char *repeat, const char *end)
{
	struct shape shape = {.name = name, .outcome = OUTCOME_OK, TOLD(2), .text = "a"};
	struct text line = {0};

	text_add(&line, begin);
	while (line.size < 70000)
		text_add(&line, repeat);
	text_add(&line, end);
	shape.lines[0] = (struct truth_line)EVENT(G("a"));
	shape.lines[1] = (struct truth_line){false, text_take(&line)};
	return shape;
}

static void test_shapes(void)
{
	struct truth_stream streams[COUNT_OF(shapes) + 2];
	struct shape longs[2] = {
	    long_shape("a final line over 64 KiB", "{\"context\":[1", ",15043", "]," FIGURES("2") "}\n"),
	    long_shape("a line over 64 KiB of nothing", "{\"debug\":\"", "x", "\"}\n" G_END("2") "\n"),
	};
	struct load_options options = {
	    .in_flight = IN_FLIGHT, .timeout_ns = 20 * NS_PER_S, .idle_timeout_ns = 20 * NS_PER_S};
	struct truth_play play = {0};

	for (size_t i = 0; i < COUNT_OF(shapes); i++)
		add_shape(&play, &shapes[i], &streams[i]);
	for (size_t i = 0; i < COUNT_OF(longs); i++)
		add_shape(&play, &longs[i], &streams[COUNT_OF(shapes) + i]);
	ok(truth_play_run(&play, &options), "the load ran");
	printf("# %zu requests in %.2f s\n", play.count, (double)(play.end_ns - play.start_ns) / 1e9);
	check(&play);
	truth_play_release(&play);
	for (size_t i = 0; i < COUNT_OF(streams); i++)
		truth_stream_release(&streams[i]);
	for (size_t i = 0; i < COUNT_OF(longs); i++)
		free((void *)longs[i].lines[1].bytes);
}

int main(void)
{
	struct failure failure = {0};

	ok(load_open(&failure), "opened");
	test_shapes();
	load_close();
	return tap_done();
}
