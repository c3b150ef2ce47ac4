/*
 * Every shape of a reply that Ollama's protocol can have, line by line, and what
 * is true about it. The recorded ones are in tests/data/ollama; these are the
 * rare and the hostile ones, short, so that each can be cut at every byte.
 */
#ifndef STREAM_SHAPES_H
#define STREAM_SHAPES_H

#include "../support/truth_bounds.h"
#include "core/cell.h"

enum { SHAPE_LINES = 9 };

struct shape {
	const char *name;
	int64_t api; /* enum cell_api */
	bool whole;  /* stream: off */
	enum truth_framing framing;
	const char *status; /* NULL: "200 OK" */
	struct truth_line lines[SHAPE_LINES];
	enum outcome outcome;
	struct truth_figures told;
	const char *text, *done_reason;
};

/* /api/generate and /api/chat: a token, thinking, and a line that cost a token and carries no text. */
#define G(text)  "{\"model\":\"m\",\"response\":\"" text "\",\"done\":false}\n"
#define GT(text) "{\"model\":\"m\",\"response\":\"\",\"thinking\":\"" text "\",\"done\":false}\n"
#define G_EMPTY  "{\"model\":\"m\",\"response\":\"\",\"done\":false}\n"
#define C(text)  "{\"message\":{\"role\":\"assistant\",\"content\":\"" text "\"},\"done\":false}\n"
#define CT(text) "{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"" text "\"},\"done\":false}\n"
#define C_EMPTY  "{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n"

/*
 * 26 prompt tokens in 130 ms: 200/s. Output tokens in 250 ms. 20 ms for the
 * model, 700 ms in all, so 300 ms for a slot.
 */
#define FIGURES(tokens)                                                        \
	"\"done\":true,\"done_reason\":\"stop\",\"total_duration\":700000000," \
	"\"load_duration\":20000000,\"prompt_eval_count\":26,"                 \
	"\"prompt_eval_duration\":130000000,\"eval_count\":" tokens ",\"eval_duration\":250000000"
#define G_END(tokens) "{\"model\":\"m\",\"response\":\"\"," FIGURES(tokens) "}"
#define C_END(tokens) "{\"message\":{\"role\":\"assistant\",\"content\":\"\"}," FIGURES(tokens) "}"
#define TOLD(tokens)  .told = {26, tokens, 700000000, 20000000, 130000000, 250000000}, .done_reason = "stop"
#define TOLD_NOTHING  .told = {UNTOLD, UNTOLD, UNTOLD, UNTOLD, UNTOLD, UNTOLD}
#define LINES(...)    .lines = {__VA_ARGS__}
#define CHAT          .api = CELL_API_CHAT
#define FAILS(how)    .outcome = (how), TOLD_NOTHING
#define OOM           "failed to allocate buffer of size 8891928576"

static const struct shape shapes[] = {
    /* how tokens become text */
    {"plain", LINES(EVENT(G("a")), EVENT(G("b")), EVENT(G("c")), OTHER(G_END("3") "\n")), TOLD(3), .text = "abc"},
    {"plain chat", CHAT, LINES(EVENT(C("a")), EVENT(C("b")), OTHER(C_END("2") "\n")), TOLD(2), .text = "ab"},
    {"empty content that cost a token",
     LINES(OTHER(G_EMPTY), EVENT(G("a")), OTHER(G_EMPTY), EVENT(G("b")), OTHER(G_END("4") "\n")), TOLD(4),
     .text = "ab"},
    {"empty content in chat", CHAT, LINES(OTHER(C_EMPTY), EVENT(C("a")), OTHER(C_END("2") "\n")), TOLD(2), .text = "a"},
    {"thinking first", LINES(EVENT(GT("hm")), EVENT(GT("so")), EVENT(G("a")), OTHER(G_END("3") "\n")), TOLD(3),
     .text = "a"},
    {"thinking first in chat", CHAT, LINES(EVENT(CT("hm")), EVENT(C("a")), OTHER(C_END("2") "\n")), TOLD(2),
     .text = "a"},
    {"only thinking", LINES(EVENT(GT("hm")), EVENT(GT("hm")), OTHER(G_END("2") "\n")), TOLD(2)},
    {"thinking and answer in one line",
     LINES(EVENT("{\"thinking\":\"t\",\"response\":\"a\",\"done\":false}\n"), OTHER(G_END("2") "\n")), TOLD(2),
     .text = "a"},
    {"several tokens in a chunk", LINES(EVENT(G("one two three")), EVENT(G(" four five")), OTHER(G_END("9") "\n")),
     TOLD(9), .text = "one two three four five"},
    {"one token", LINES(EVENT(G("a")), OTHER(G_END("1") "\n")), TOLD(1), .text = "a"},
    {"no text at all", LINES(OTHER(G_END("1") "\n")), TOLD(1)},
    {"a tool call is no text", CHAT,
     LINES(OTHER("{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]},\"done\":false}\n"),
           OTHER(C_END("8") "\n")),
     TOLD(8)},

    /* how lines become bytes */
    {"several events in an HTTP chunk", .framing = FRAME_ONE,
     LINES(EVENT(G("a")), EVENT(G("b")), EVENT(G("c")), OTHER(G_END("3") "\n")), TOLD(3), .text = "abc"},
    {"HTTP chunks of 7 bytes", .framing = FRAME_SEVENS, LINES(EVENT(G("a")), EVENT(G("b")), OTHER(G_END("2") "\n")),
     TOLD(2), .text = "ab"},
    {"characters of 2, 3 and 4 bytes",
     LINES(EVENT(G("\xc3\xbc\xe6\x97\xa5")), EVENT(G("\xf0\x9f\x98\x80\\ud83d\\ude00\\u00fc")), OTHER(G_END("5") "\n")),
     TOLD(5), .text = "\xc3\xbc\xe6\x97\xa5\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xc3\xbc"},
    {"CRLF and blank lines",
     LINES(OTHER("\r\n"), EVENT("{\"response\":\"a\",\"done\":false}\r\n"), OTHER("\n \t\r\n"),
           EVENT("{\"response\":\"b\",\"done\":false}\r\n"), OTHER(G_END("2") "\r\n")),
     TOLD(2), .text = "ab"},
    {"blanks in the JSON, keys in another order",
     LINES(EVENT(" { \"done\" : false , \"response\" : \"a\\n\" } \n"), OTHER("\t" G_END("1") " \n")), TOLD(1),
     .text = "a\n"},
    {"no new line at the end", LINES(EVENT(G("a")), OTHER(G_END("2"))), TOLD(2), .text = "a"},
    {"text on the final line", LINES(EVENT(G("a")), EVENT("{\"response\":\"b\"," FIGURES("2") "}\n")), TOLD(2),
     .text = "ab"},
    {"text on the final line, no new line", LINES(EVENT(G("a")), EVENT("{\"response\":\"b\"," FIGURES("2") "}")),
     TOLD(2), .text = "ab"},
    {"HTTP/1.0, ended by closing", .framing = FRAME_CLOSE, LINES(EVENT(G("a")), EVENT(G("b")), OTHER(G_END("2") "\n")),
     TOLD(2), .text = "ab"},
    {"HTTP/1.0, no new line at the end", .framing = FRAME_CLOSE,
     LINES(EVENT(G("a")), EVENT("{\"response\":\"b\"," FIGURES("2") "}")), TOLD(2), .text = "ab"},
    {"Content-Length", .framing = FRAME_LENGTH, LINES(EVENT(G("a")), OTHER(G_END("1") "\n")), TOLD(1), .text = "a"},
    {"not streamed", .whole = true, .framing = FRAME_LENGTH,
     LINES(EVENT("{\"response\":\"all of it\"," FIGURES("3") "}")), TOLD(3), .text = "all of it"},
    {"not streamed, over several lines", .whole = true, .framing = FRAME_SEVENS,
     LINES(OTHER("{\"response\":\"all\",\n"), EVENT(FIGURES("3") "}\n")), TOLD(3), .text = "all"},
    {"cut off after its final line", .framing = FRAME_CUT, LINES(EVENT(G("a")), OTHER(G_END("1") "\n")), TOLD(1),
     .text = "a"},

    /* lines that are nothing to us */
    {"progress and unknown lines",
     LINES(OTHER("{\"status\":\"loading\",\"completed\":3,\"total\":9}\n"), EVENT(G("a")),
           OTHER("{\"logprobs\":[{\"token\":\"a\"}],\"new\":{\"response\":\"no\"}}\n"), OTHER("{}\n"),
           OTHER(G_END("1") "\n")),
     TOLD(1), .text = "a"},
    {"text that is not a string",
     LINES(OTHER("{\"response\":7,\"thinking\":null}\n"), EVENT(G("a")), OTHER(G_END("1") "\n")), TOLD(1), .text = "a"},
    {"more after the final line",
     LINES(EVENT(G("a")), OTHER(G_END("1") "\n"), OTHER(G("b")), OTHER("{\"error\":\"e\"}\n")), TOLD(1), .text = "a"},

    /* what the server does not say */
    {"no figures", LINES(EVENT(G("a")), EVENT(G("b")), OTHER("{\"response\":\"\",\"done\":true}\n")), TOLD_NOTHING,
     .text = "ab"},
    {"only a count", LINES(EVENT(G("a")), EVENT(G("b")), OTHER("{\"done\":true,\"eval_count\":2}\n")),
     .told = {UNTOLD, 2, UNTOLD, UNTOLD, UNTOLD, UNTOLD}, .text = "ab"},
    {"zero usage",
     LINES(EVENT(G("a")), EVENT(G("b")),
           OTHER("{\"done\":true,\"total_duration\":0,\"load_duration\":0,\"prompt_eval_count\":0,"
                 "\"prompt_eval_duration\":0,\"eval_count\":0,\"eval_duration\":0}\n")),
     .told = {0, UNTOLD, 0, 0, 0, 0}, .text = "ab"},
    {"tokens in no time",
     LINES(EVENT(G("a")), OTHER("{\"done\":true,\"prompt_eval_count\":26,\"prompt_eval_duration\":0,"
                                "\"eval_count\":1000000,\"eval_duration\":0}\n")),
     .told = {26, 1000000, UNTOLD, UNTOLD, 0, 0}, .text = "a"},
    {"negative and nonsensical figures",
     LINES(EVENT(G("a")), OTHER("{\"done\":true,\"total_duration\":-1,\"load_duration\":1e300,"
                                "\"prompt_eval_count\":\"26\",\"prompt_eval_duration\":0.5,"
                                "\"eval_count\":-3,\"eval_duration\":null}\n")),
     TOLD_NOTHING, .text = "a"},
    {"parts longer than the whole",
     LINES(EVENT(G("a")), OTHER("{\"done\":true,\"total_duration\":5,\"load_duration\":6,"
                                "\"prompt_eval_count\":1,\"prompt_eval_duration\":7,"
                                "\"eval_count\":1,\"eval_duration\":8}\n")),
     .told = {1, 1, 5, 6, 7, 8}, .text = "a"},

    /* what is no answer */
    {"an error after 200", LINES(EVENT(G("a")), EVENT(G("b")), OTHER("{\"error\":\"" OOM "\"}\n")),
     FAILS(OUTCOME_ERROR_LINE), .text = "ab"},
    {"an error as the first line of a 200", LINES(OTHER("{\"error\":\"" OOM "\"}\n")), FAILS(OUTCOME_ERROR_LINE)},
    {"an end after an error", LINES(EVENT(G("a")), OTHER("{\"error\":\"e\"}\n"), OTHER(G_END("1") "\n")),
     FAILS(OUTCOME_ERROR_LINE), .text = "a"},
    {"no final line", LINES(EVENT(G("a")), EVENT(G("b"))), FAILS(OUTCOME_TRUNCATED), .text = "ab"},
    {"no final line, HTTP/1.0", .framing = FRAME_CLOSE, LINES(EVENT(G("a"))), FAILS(OUTCOME_TRUNCATED), .text = "a"},
    {"not streamed and not done", .whole = true, .framing = FRAME_LENGTH,
     LINES(EVENT("{\"response\":\"aaa\",\"done\":false}")), FAILS(OUTCOME_TRUNCATED), .text = "aaa"},
    {"an empty 200", .framing = FRAME_LENGTH, LINES({0}), FAILS(OUTCOME_TRUNCATED)},
    {"cut off", .framing = FRAME_CUT, LINES(EVENT(G("a")), OTHER("{\"model\":\"m\",\"resp")), FAILS(OUTCOME_TRANSFER),
     .text = "a"},
    {"a line that ends in its middle", LINES(EVENT(G("a")), OTHER("{\"model\":\"m\",\"resp")), FAILS(OUTCOME_MALFORMED),
     .text = "a"},
    {"comments of another protocol", LINES(EVENT(G("a")), OTHER(": keepalive 3/9\n"), OTHER(G_END("1") "\n")),
     FAILS(OUTCOME_MALFORMED), .text = "a"},
    {"busy", .framing = FRAME_LENGTH, .status = "503 Service Unavailable", LINES(OTHER("{\"error\":\"server busy\"}")),
     FAILS(OUTCOME_BUSY)},
    {"no such model", .framing = FRAME_LENGTH, .status = "404 Not Found",
     LINES(OTHER("{\"error\":\"model 'm' not found\"}")), FAILS(OUTCOME_HTTP_4XX)},
    {"a load that failed", .framing = FRAME_LENGTH, .status = "500 Internal Server Error",
     LINES(OTHER("{\"error\":\"" OOM "\"}")), FAILS(OUTCOME_HTTP_5XX)},
};

#endif
