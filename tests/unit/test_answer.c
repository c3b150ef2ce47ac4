/* An answer that is kept as an example: masked, cut between characters, and none where there is none. */
#include "core/answer.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

static void test_masked(void)
{
	struct answer answer = {0};

	answer_set(&answer, "\033[2Jwhy?\n", "a\tb\xff", 0.25);
	is_text(answer.prompt, "?[2Jwhy? ", "a prompt cannot drive a terminal");
	is_text(answer.text, "a b?", "nor can an answer");
	is_real(answer.seconds, 0.25, 0, "its time");
	answer_set(&answer, "", "", NAN);
	is_text(answer.prompt, NULL, "an empty prompt is none");
	is_text(answer.text, "", "an empty answer is one");
	answer_release(&answer);
	is_text(answer.text, NULL, "released");
}

static void test_cut(void)
{
	struct answer answer = {0};
	struct text longer = {0};

	for (int i = 0; i < ANSWER_TEXT_MAX; i++)
		text_add(&longer, "é");
	answer_set(&answer, text_string(&longer), text_string(&longer) + 1, 1);
	is_int((int64_t)strlen(answer.prompt), ANSWER_PROMPT_MAX + (int64_t)strlen(" …"), "a long prompt is cut");
	is_int((int64_t)strlen(answer.text), ANSWER_TEXT_MAX - 1 + (int64_t)strlen(" …"),
	       "a long answer is cut, and never within a character");
	text_release(&longer);
	answer_release(&answer);
}

static void test_json(void)
{
	struct answer answer = {0}, back;
	struct json *json = answer_json(&answer);

	ok(json == NULL, "no answer is null");
	answer_set(&answer, NULL, "yes", NAN);
	json = answer_json(&answer);
	back = answer_parse(json);
	ok(back.prompt == NULL && isnan(back.seconds), "what is unknown stays unknown");
	is_text(back.text, "yes", "read back");
	json_free(json);
	answer_release(&back);
	answer_release(&answer);
	back = answer_parse(NULL);
	is_text(back.text, NULL, "older summaries have none");
	answer_release(&back);
}

int main(void)
{
	test_masked();
	test_cut();
	test_json();
	return tap_done();
}
