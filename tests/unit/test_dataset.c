/* Files of prompts, conversations and arrivals: what is read, and what is said of wrong ones. */
#include "workload/dataset.h"

#include <stdlib.h>

#include "base/clock.h"
#include "tap.h"

#define USER(text)      "{\"role\":\"user\",\"content\":\"" text "\"}"
#define ASSISTANT(text) "{\"role\":\"assistant\",\"content\":\"" text "\"}"
#define SYSTEM(text)    "{\"role\":\"system\",\"content\":\"" text "\"}"

static bool take(const struct dataset_options *options, const char *bytes, struct dataset *dataset,
                 struct failure *failure)
{
	struct text text = {0};
	bool good;

	text_add(&text, bytes);
	good = dataset_read(options, &text, dataset, failure);
	text_release(&text);
	return good;
}

/* "earlier/…/asked" of each request, joined by " | ". The caller frees it. */
static char *requests_of(const struct dataset *dataset)
{
	struct text text = {0};

	for (size_t i = 0; i < dataset->requests; i++) {
		size_t turn;
		const struct dataset_sample *sample = dataset_find(dataset, i, &turn);

		text_add(&text, i > 0 ? " | " : "");
		if (sample->count == 0)
			text_add(&text, "-");
		for (size_t m = sample->first; sample->count > 0 && m <= dataset_asked(dataset, sample, turn); m++)
			text_addf(&text, "%s%s", m > sample->first ? "/" : "", dataset->messages[m].text);
	}
	return text_take(&text);
}

static void test_prompts(void)
{
	static const struct {
		struct dataset_options options;
		const char *bytes, *want, *field;
		bool has_turns;
	} cases[] = {
	    {{.name = "a.txt"}, "first\r\n\n  \n second \303\251\nlast", "first | second \303\251 | last", NULL, false},
	    {{.name = "a.jsonl"}, "{\"prompt\":\"a\"}\n\n{\"prompt\":\"b\",\"n\":1}\n", "a | b", "prompt", false},
	    {{.name = "a.jsonl"}, "{\"prompt\":\"a\"}\n{\"text\":\"b\"}\n", "a | b", NULL, false},
	    {{.name = "a.jsonl", .field = "q"}, "{\"prompt\":\"a\",\"q\":\"b\"}", "b", "q", false},
	    {{.name = "a.csv"},
	     "n,prompt\r\n1,plain\r\n2,\"a \"\"b\"\", c\nd\"\n",
	     "plain | a \"b\", c\nd",
	     "prompt",
	     false},
	    {{.name = "a.csv", .field = "q"}, "text,q\nx,\"y\"\n\nz,u\n", "y | u", "q", false},
	    {{.name = "a.jsonl"}, "{\"messages\":[" USER("a") "]}", "a", "messages", false},
	    {{.name = "a.jsonl"},
	     "{\"messages\":[" SYSTEM("s") "," USER("a") "," ASSISTANT("b") "," USER("c") "," ASSISTANT(
		 "d") "]}\n"
	              "{\"prompt\":\"e\"}\n",
	     "s/a | s/a/b/c | e",
	     NULL,
	     true},
	    {{.name = "a.jsonl", .turns = 1, .field = "chat"},
	     "{\"chat\":[" USER("a") "," ASSISTANT("b") "," USER("c") "]}\n{\"chat\":[" USER("d") "]}\n",
	     "a | d",
	     "chat",
	     false},
	    {{.name = "a.jsonl", .turns = 2},
	     "{\"messages\":[" USER("a") "," ASSISTANT("b") "," USER("c") "," ASSISTANT("d") "," USER("e") "]}",
	     "a | a/b/c",
	     "messages",
	     true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct dataset dataset;
		char *requests;

		take(&cases[i].options, cases[i].bytes, &dataset, &failure);
		is_text(failure.message, NULL, cases[i].bytes);
		requests = requests_of(&dataset);
		is_text(requests, cases[i].want, "its requests");
		is_text(dataset.field, cases[i].field, "the field of them all");
		ok(dataset.has_turns == cases[i].has_turns, "messages before others");
		free(requests);
		failure_release(&failure);
		dataset_release(&dataset);
	}
}

static const struct {
	struct dataset_options options;
	const char *bytes, *want;
} mistakes[] = {
    {{.name = "a.txt"}, "\n \n", "a.txt: no prompt in it"},
    {{.name = "a.txt"}, "good\nb\377d\n", "a.txt:2: this is not UTF-8 text"},
    {{.name = "a.csv"}, "", "a.csv: no prompt in it"},
    {{.name = "a.csv", .field = "q"}, "prompt\nx\n", "a.csv:1: no column \"q\""},
    {{.name = "a.csv"}, "prompt\n\"b\377d\"\n", "a.csv:2: this is not UTF-8 text"},
    {{.name = "a.jsonl", .field = "q"}, "{\"prompt\":\"x\"}", "a.jsonl:1: no member \"q\" with text or messages in it"},
    {{.name = "a.jsonl"}, "{\"messages\":[]}", "a.jsonl:1: no message in messages whose role is user"},
    {{.name = "a.jsonl"},
     "{\"messages\":[" USER("a") ",{\"role\":\"tool\",\"content\":\"x\"}]}",
     "a.jsonl:1: messages[1] has no role that is one of system, user, assistant"},
    {{.name = "a.jsonl"},
     "{\"prompt\":\"a\"}\n{\"messages\":[{\"role\":\"user\",\"content\":[1]}]}",
     "a.jsonl:2: messages[0] has no content that is text"},
    {{.name = "a.jsonl"}, "{\"messages\":[" USER("") "]}", "a.jsonl:1: messages[0] has no content that is text"},
    {{.kind = DATASET_TRACE, .name = "t.csv"},
     "n,input_tokens\n1,2\n",
     "t.csv:1: no column arrival_s or arrival_ms; the first line names the columns"},
    {{.kind = DATASET_TRACE, .name = "t.csv"}, "arrival_s\n", "t.csv: no arrival in it"},
    {{.kind = DATASET_TRACE, .name = "t.csv"}, "arrival_s\n1\n", "t.csv:2: neither a prompt nor input_tokens"},
    {{.kind = DATASET_TRACE, .name = "t.csv"},
     "arrival_s,input_tokens\n2,5\n1.5,5\n",
     "t.csv:3: an arrival before that of the line above it"},
    {{.kind = DATASET_TRACE, .name = "t.csv"},
     "arrival_s,input_tokens\n2,5\n3,5\n2.5,5\n",
     "t.csv:4: an arrival before that of the line above it"},
    {{.kind = DATASET_TRACE, .name = "t.csv"},
     "arrival_s,input_tokens\nx,5\n",
     "t.csv:2: the column arrival_s has something that is no number"},
    {{.kind = DATASET_TRACE, .name = "t.csv"},
     "arrival_s,input_tokens\n1,0\n",
     "t.csv:2: input_tokens cannot be 0; it is an integer from 1 to 1000000"},
    {{.kind = DATASET_TRACE, .name = "t.jsonl"},
     "{\"arrival_s\":1,\"input_tokens\":9,\"output_tokens\":2.5}",
     "t.jsonl:1: output_tokens cannot be 2.5; it is an integer from 1 to 1000000"},
    {{.kind = DATASET_TRACE, .name = "t.jsonl"},
     "{\"timestamp\":1,\"input_length\":9}",
     "t.jsonl:1: no arrival; it is a number named arrival_s or arrival_ms"},
    {{.kind = DATASET_TRACE, .name = "t.jsonl"},
     "{\"arrival_s\":0,\"prompt\":\"x\"}\n{\"arrival_s\":1e300,\"prompt\":\"x\"}",
     "t.jsonl:2: an arrival more than 30 days after the first"},
    {{.kind = DATASET_TRACE, .name = "t.jsonl"}, "[", "t.jsonl:1: this is not JSON"},
};

static void test_mistakes(void)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct failure failure = {0};
		struct dataset dataset;

		ok(!take(&mistakes[i].options, mistakes[i].bytes, &dataset, &failure), "refused");
		is_text(failure.message, mistakes[i].want, mistakes[i].want);
		ok(dataset.count == 0 && dataset.samples == NULL, "nothing is left of it");
		failure_release(&failure);
	}
	ok(!dataset_is_readable(DATASET_PROMPTS, "a.tsv") && !dataset_is_readable(DATASET_PROMPTS, "txt"),
	   "other endings");
	ok(!dataset_is_readable(DATASET_TRACE, "a.txt") && dataset_is_readable(DATASET_TRACE, "a.b.csv"),
	   "those of traces");
}

static void test_trace(void)
{
	static const struct dataset_options files[] = {{.kind = DATASET_TRACE, .name = "t.csv"},
	                                               {.kind = DATASET_TRACE, .name = "t.jsonl"}};
	static const char *const bytes[] = {
	    "arrival_ms,input_length,output_tokens,prompt\n500,7,,\n500,,3,\"x, y\"\n2750,9,4,z\n",
	    "{\"arrival_s\":1e1,\"input_tokens\":7}\n{\"arrival_s\":10,\"output_length\":3,\"prompt\":\"x, y\"}\n"
	    "{\"arrival_s\":12.25,\"input_tokens\":9,\"output_tokens\":4,\"text\":\"z\"}\n",
	};
	static const struct dataset_sample want[] = {
	    {.due_ns = 0, .input_tokens = 7, .output_tokens = JSON_UNKNOWN},
	    {.due_ns = 0, .input_tokens = JSON_UNKNOWN, .output_tokens = 3},
	    {.due_ns = 2250 * NS_PER_MS, .input_tokens = 9, .output_tokens = 4},
	};

	for (size_t f = 0; f < 2; f++) {
		struct failure failure = {0};
		struct dataset dataset;
		char *requests;

		ok(take(&files[f], bytes[f], &dataset, &failure) && dataset.count == 3, files[f].name);
		for (size_t i = 0; i < dataset.count; i++)
			ok(dataset.samples[i].due_ns == want[i].due_ns &&
			       dataset.samples[i].input_tokens == want[i].input_tokens &&
			       dataset.samples[i].output_tokens == want[i].output_tokens,
			   "an arrival, counted from the first");
		requests = requests_of(&dataset);
		is_text(requests, "- | x, y | z", "and what it says");
		free(requests);
		dataset_release(&dataset);
		failure_release(&failure);
	}
}

static void test_json(void)
{
	static const struct dataset_options txt = {.name = "p.txt"}, trace = {.kind = DATASET_TRACE, .name = "t.csv"};
	static const struct {
		const struct dataset_options *options;
		const char *bytes, *want;
	} cases[] = {
	    {&txt, "\303\251\303\251\naaaa\nb\n",
	     "{\"path\":\"x/p\",\"kind\":\"prompts\",\"format\":\"txt\",\"field\":null,\"samples\":3,\"requests\":3,"
	     "\"characters\":{\"min\":1,\"median\":2,\"max\":4}}"},
	    {&trace, "arrival_s,input_tokens\n1,5\n4,9\n",
	     "{\"path\":\"x/p\",\"kind\":\"trace\",\"format\":\"csv\",\"field\":null,\"samples\":2,\"requests\":2,"
	     "\"characters\":null,\"duration_s\":3,\"input_tokens\":{\"min\":5,\"median\":5,\"max\":9},"
	     "\"output_tokens\":null}"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct dataset dataset;
		struct text text = {0};
		struct json *json;

		take(cases[i].options, cases[i].bytes, &dataset, &failure);
		json = dataset_json(&dataset, "x/p");
		json_add_to(&text, json);
		is_text(text_string(&text), cases[i].want, "what a report says of it");
		json_free(json);
		text_release(&text);
		dataset_release(&dataset);
	}
}

int main(void)
{
	test_prompts();
	test_mistakes();
	test_trace();
	test_json();
	return tap_done();
}
