/* What requests say: conversations, traces, nonces. */
#include <stdlib.h>

#include "base/clock.h"
#include "tap.h"
#include "tokenizer.h"

/* "after turn due: earlier … / prompt", with made texts as their number of words. */
static char *words(const struct ask *ask, bool count_them)
{
	struct text text = {0};

	text_addf(&text, "%zu %lld %lld:", ask->after, (long long)(ask->turn == JSON_UNKNOWN ? 0 : ask->turn),
	          (long long)(ask->due_ns == TIME_UNKNOWN ? -1 : ask->due_ns / NS_PER_MS));
	for (size_t i = 0; i < ask->input.turn_count; i++) {
		text_add_char(&text, ' ');
		text_add_char(&text, "sua"[ask->input.turns[i].role]);
		if (count_them)
			text_addf(&text, "%zu", words_of(ask->input.turns[i].text));
		else
			text_addf(&text, "=%s", ask->input.turns[i].text);
	}
	if (count_them)
		text_addf(&text, " / %zu", words_of(ask->input.prompt));
	else
		text_addf(&text, " / %s", ask->input.prompt);
	return text_take(&text);
}

static void test_made_conversation(void)
{
	static const char *const want[] = {"0 1 -1: / 9", "1 2 250: u9 a4 / 9", "2 3 250: u9 a4 u9 a4 / 9",
	                                   "0 1 -1: / 9"};
	struct cell cell = made_cell(9);
	struct workload workload;
	struct ask ask = {0}, next = {0};

	cell.turns = 3;
	cell.requests = 4;
	cell.output_tokens = 4;
	cell.think_time_ns = 250 * NS_PER_MS;
	workload_init(&workload, &cell, 0, NULL);
	for (size_t i = 0; i < 4; i++) {
		char *got;

		workload_ask(&workload, 1, i, &ask);
		got = words(&ask, true);
		is_text(got, want[i], "a turn: the request before it, messages and prompt");
		is_int(ask.input_tokens, i % 3 == 0 ? 9 : JSON_UNKNOWN, "only the first has a known length");
		free(got);
	}
	workload_ask(&workload, 1, 1, &ask);
	workload_ask(&workload, 1, 2, &next);
	is_text(next.input.turns[0].text, ask.input.turns[0].text, "a conversation keeps its first message");
	is_text(next.input.turns[1].text, ask.input.turns[1].text, "and the answer to it");
	is_text(next.input.turns[2].text, ask.input.prompt, "and goes on with what was asked");
	ok(strcmp(next.input.turns[0].text, next.input.turns[2].text) != 0, "which differs");
	workload_ask(&workload, 1, 0, &next);
	is_text(ask.input.turns[0].text, next.input.prompt, "as it began");
	workload_ask(&workload, 1, 3, &next);
	ok(strcmp(ask.input.turns[0].text, next.input.prompt) != 0, "another conversation says something else");
	ask_release(&ask);
	ask_release(&next);
}

static bool read_bytes(struct dataset *dataset, enum dataset_kind kind, const char *name, const char *bytes)
{
	const struct dataset_options options = {.kind = kind, .name = name};
	struct failure failure = {0};
	struct text text = {0};
	bool good;

	text_add(&text, bytes);
	good = dataset_read(&options, &text, dataset, &failure);
	text_release(&text);
	failure_release(&failure);
	return good;
}

static void test_read_conversation(void)
{
	static const char *const plain[] = {"0 1 -1: s=S / a", "1 2 -1: s=S u=a a=b / c", "0 0 -1: / d",
	                                    "0 1 -1: s=S / a", "4 2 -1: s=S u=a a=b / c"};
	struct cell cell = made_cell(CELL_UNSET);
	struct dataset dataset;
	struct workload workload;
	struct ask ask = {0};
	char nonce[2][18];

	cell.prompts = "x.jsonl";
	cell.unique_prompts = CELL_UNIQUE_OFF;
	read_bytes(
	    &dataset, DATASET_PROMPTS, "x.jsonl",
	    "{\"messages\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":\"a\"},"
	    "{\"role\":\"assistant\",\"content\":\"b\"},{\"role\":\"user\",\"content\":\"c\"}]}\n{\"prompt\":\"d\"}\n");
	workload_init(&workload, &cell, 0, &dataset);
	for (size_t i = 0; i < 5; i++) {
		char *got;

		workload_ask(&workload, 1, i, &ask);
		got = words(&ask, false);
		is_text(got, plain[i], "a turn of the data set, in turn");
		free(got);
	}
	is_int(workload_prompt_count(&workload), 3, "three requests before they repeat");
	is_text(workload_prompt(&workload, 1), "c", "what one asks");
	ok(!workload_makes_prompts(&workload), "none is made");

	cell.unique_prompts = CELL_UNSET;
	for (size_t i = 0; i < 2; i++) {
		workload_ask(&workload, 1, i, &ask);
		snprintf(nonce[i], sizeof(nonce[i]), "%.17s", ask.input.turns[0].text);
		is_text(ask.input.turns[0].text + 17, "S", "a nonce before the first message");
		is_text(ask.input.prompt, i == 0 ? "a" : "c", "and none before the others");
	}
	is_text(nonce[0], nonce[1], "the same in a conversation");
	workload_ask(&workload, 1, 3, &ask);
	ok(strncmp(nonce[0], ask.input.turns[0].text, 17) != 0, "another one when it comes again");
	workload_ask(&workload, 1, 2, &ask);
	is_text(ask.input.prompt + 17, "d", "before a prompt that stands alone");
	ask_release(&ask);
	dataset_release(&dataset);
}

static void test_trace(void)
{
	static const char *const want[] = {"0 0 0: / 7", "0 0 500: / 1"};
	struct cell cell = made_cell(CELL_UNSET);
	struct tokenizer tokenizer = {.overhead = 2, .tokens_per_word = 1};
	const struct token_counter counter = {count, &tokenizer};
	struct dataset dataset;
	struct workload workload;
	struct ask ask = {0};

	cell.trace = "t.csv";
	cell.trace_speed = 2;
	cell.unique_prompts = CELL_UNIQUE_OFF;
	cell.requests = 2;
	cell.output_tokens = 33;
	read_bytes(&dataset, DATASET_TRACE, "t.csv", "arrival_s,input_tokens,output_tokens,prompt\n1,9,5,\n2,,,x\n");
	workload_init(&workload, &cell, 0, &dataset);
	ok(workload_makes_prompts(&workload) && workload_prompt_count(&workload) == 0, "some are made");
	ok(workload_fit(&workload, &counter) && tokenizer.questions == 2, "and fitted");
	for (size_t i = 0; i < 2; i++) {
		char *got;

		workload_ask(&workload, 1, i, &ask);
		got = words(&ask, true);
		is_text(got, want[i], "an arrival, twice as fast");
		is_int(ask.input.output_tokens, i == 0 ? 5 : 33, "its answer's length, or else the cell's");
		is_int(ask.input_tokens, i == 0 ? 9 : JSON_UNKNOWN, "its length");
		free(got);
	}
	ask_release(&ask);
	dataset_release(&dataset);
	free(tokenizer.asked[0]);
	free(tokenizer.asked[1]);
}

static void test_prompt(void)
{
	struct cell cell;
	struct workload workload;
	struct ask ask = {0};

	cell_reset(&cell);
	cell.output_lengths = "{min: 2, max: 5}";
	workload_init(&workload, &cell, 0, NULL);
	workload_ask(&workload, 1, 3, &ask);
	is_text(ask.input.prompt, "Why is the blue sky blue?", "one prompt for all");
	ok(ask.input.output_tokens >= 2 && ask.input.output_tokens <= 5 && ask.output_tokens == ask.input.output_tokens,
	   "answers have their own lengths");
	is_int(workload_prompt_count(&workload), 1, "there is one");
	is_text(workload_prompt(&workload, 0), "Why is the blue sky blue?", "this one");
	workload_warm(&workload, 0, &ask);
	is_text(ask.input.prompt, "Name three colours.", "the warm-up says something else");
	cell.prompt = NULL;
	workload_ask(&workload, 1, 0, &ask);
	is_text(ask.input.prompt, "", "no prompt is the empty one");
	ask_release(&ask);
}

int main(void)
{
	test_made_conversation();
	test_read_conversation();
	test_trace();
	test_prompt();
	return tap_done();
}
