/* What requests say: made prompts, that they differ, and how long they are. */
#include <stdlib.h>

#include "tap.h"
#include "tokenizer.h"

static char *prompt_of(const struct workload *workload, int trial, size_t request)
{
	struct ask ask = {0};
	char *prompt;

	workload_ask(workload, trial, request, &ask);
	prompt = memory_string(ask.input.prompt);
	ask_release(&ask);
	return prompt;
}

static int compare_strings(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* How many of the strings differ; frees them. */
static size_t count_different(char **strings, size_t count)
{
	size_t different = count > 0;

	qsort(strings, count, sizeof(*strings), compare_strings);
	for (size_t i = 1; i < count; i++)
		different += strcmp(strings[i - 1], strings[i]) != 0;
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	return different;
}

/* So many words of each prompt, of all requests of two trials, of another cell, and of the warm-up. */
static size_t count_beginnings(size_t words, size_t requests, size_t *total)
{
	struct cell cell = made_cell(200);
	char **all;
	size_t count = 0;

	cell.requests = (int64_t)requests;
	all = memory_new(4 * requests, sizeof(*all));
	for (int part = 0; part < 4; part++) {
		struct workload workload;
		struct ask ask = {0};

		cell.context_size = part == 2 ? 4096 : 2048;
		workload_init(&workload, &cell, 0, NULL);
		for (size_t i = 0; i < requests; i++) {
			const char *end;

			if (part == 3)
				workload_warm(&workload, i, &ask);
			else
				workload_ask(&workload, part == 1 ? 2 : 1, i, &ask);
			end = ask.input.prompt;
			for (size_t w = 0; w < words; w++)
				end += strcspn(end, " ") + (w + 1 < words);
			all[count++] = memory_copy(ask.input.prompt, (size_t)(end - ask.input.prompt));
		}
		ask_release(&ask);
	}
	*total = count;
	count = count_different(all, count);
	free(all);
	return count;
}

static void test_unique(void)
{
	struct cell cell = made_cell(40), same;
	struct workload workload, again;
	char *first[512], *one, *two;
	size_t total, different;

	cell.requests = 256;
	workload_init(&workload, &cell, 0, NULL);
	for (size_t i = 0; i < 512; i++) {
		first[i] = prompt_of(&workload, 1 + (int)(i / 256), i % 256);
		if (i == 300)
			is_int(words_of(first[i]), 40, "a word for each token while nothing else is known");
		first[i][strcspn(first[i], " ")] = '\0';
	}
	is_int(count_different(first, 512), 512, "the first words of 512 requests differ, over two trials");
	different = count_beginnings(4, 5000, &total);
	is_int(different, total, "and the first four of many more, with those of another cell and of the warm-up");

	same = cell;
	workload_init(&again, &same, 0, NULL);
	one = prompt_of(&workload, 3, 7);
	two = prompt_of(&again, 3, 7);
	is_text(one, two, "the same cell says the same");
	free(two);
	cell.unique_prompts = CELL_UNIQUE_OFF;
	workload_init(&workload, &cell, 0, NULL);
	two = prompt_of(&workload, 3, 7);
	free(one);
	one = prompt_of(&workload, 1, 2);
	is_text(one, two, "unique_prompts: off says the same in all requests");
	ok(!workload_is_unique(&workload) && workload_is_unique(&again), "which is told");
	free(one);
	free(two);
}

/* --- Lengths, by a scripted tokenizer --- */

static void forget(struct tokenizer *tokenizer)
{
	is_int(count_different(tokenizer->asked, (size_t)tokenizer->questions), tokenizer->questions,
	       "no two questions begin alike");
	tokenizer->questions = 0;
}

static void forget_all(struct tokenizer *tokenizer)
{
	for (int i = 0; i < tokenizer->questions && i < 64; i++)
		free(tokenizer->asked[i]);
	tokenizer->questions = 0;
}

static void test_fit(void)
{
	static const struct {
		struct tokenizer tokenizer;
		int64_t tokens, want;
		int most_questions;
		const char *what;
	} cases[] = {
	    {{.tokens_per_word = 1}, 512, 512, 1, "a token is a word"},
	    {{.overhead = 31, .tokens_per_word = 1}, 512, 512, 2, "a template of 31 tokens"},
	    {{.overhead = 31, .tokens_per_word = 1}, 32, 32, 2, "one word"},
	    {{.overhead = 31, .tokens_per_word = 1}, 5, 32, 2, "fewer than the template has"},
	    {{.overhead = 7, .tokens_per_word = 2}, 101, 101, 4, "two tokens a word"},
	    {{.overhead = 7, .tokens_per_word = 2}, 102, 103, 8, "a count between two words: the nearest"},
	    {{.overhead = 0, .tokens_per_word = 1.3}, 512, 513, 8, "as the simulator counts"},
	    {{.overhead = 0, .tokens_per_word = 1.3}, 130, 130, 8, "as the simulator counts, met"},
	    {{.overhead = 3, .tokens_per_word = 0.5}, 103, 103, 8, "words that share tokens"},
	    {{.overhead = 20, .tokens_per_word = 1, .limit = 128}, 512, 128, 3, "a server that cuts"},
	    {{.overhead = 4, .tokens_per_word = 1}, 100000, 100000, 2, "a long one"},
	    {{.overhead = 7, .tokens_per_word = 4, .refused_from = 2048},
	     1007,
	     1007,
	     4,
	     "one that does not fit as a word for each token"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cell cell = made_cell(cases[i].tokens);
		struct tokenizer tokenizer = cases[i].tokenizer;
		const struct token_counter counter = {count, &tokenizer};
		struct workload workload;
		size_t wrong = 0;

		workload_init(&workload, &cell, 0, NULL);
		ok(workload_fit(&workload, &counter), cases[i].what);
		ok(tokenizer.questions <= cases[i].most_questions, "few questions");
		printf("# %d questions\n", tokenizer.questions);
		for (size_t r = 0; r < 16; r++) {
			char *prompt = prompt_of(&workload, 1, r);
			int64_t got = tokens_of(&tokenizer, prompt);

			/* Equally near is as good. */
			wrong += got != cases[i].want &&
			         llabs(got - cases[i].tokens) >= llabs(cases[i].want - cases[i].tokens);
			wrong += i < 4 && got != cases[i].want;
			free(prompt);
		}
		is_int(wrong, 0, "every prompt is so long");
		forget(&tokenizer);
		ok(workload_fit(&workload, &counter) && tokenizer.questions == 0, "what is known is not asked again");
	}
}

static void test_fit_distribution(void)
{
	struct cell cell = made_cell(200);
	struct tokenizer tokenizer = {.overhead = 11, .tokens_per_word = 1};
	const struct token_counter counter = {count, &tokenizer};
	struct workload workload;
	size_t wrong = 0, shortest = 0;
	struct ask ask = {0};

	cell.input_lengths = "{mean: 200, spread: 50, min: 12}";
	cell.requests = 400;
	workload_init(&workload, &cell, 0, NULL);
	ok(workload_fit(&workload, &counter) && tokenizer.questions <= 4, "a distribution takes few questions");
	for (size_t i = 0; i < 400; i++) {
		int64_t before;

		workload_ask(&workload, 1, i, &ask);
		before = ask.input_tokens;
		wrong += tokens_of(&tokenizer, ask.input.prompt) != ask.input_tokens;
		shortest += ask.input_tokens < 150;
		workload_ask(&workload, 2, i, &ask);
		wrong += ask.input_tokens != before;
	}
	is_int(wrong, 0, "each request has its own length to the token, the same in each trial");
	ok(shortest > 40 && shortest < 85, "a sixth of a normal distribution is below mean - spread");
	ask_release(&ask);
	forget(&tokenizer);
}

static void test_fit_fails(void)
{
	struct cell cell = made_cell(200);
	struct tokenizer tokenizer = {.overhead = 11, .tokens_per_word = 1.7, .fails_at = 2};
	const struct token_counter counter = {count, &tokenizer};
	struct workload workload;
	size_t far = 0;
	char *prompt;

	workload_init(&workload, &cell, 0, NULL);
	ok(!workload_fit(&workload, &counter), "a question that fails is told");
	is_int(tokenizer.questions, 2, "and ends the search");
	prompt = prompt_of(&workload, 1, 0);
	ok(words_of(prompt) > 0, "there is a prompt nevertheless");
	free(prompt);
	forget(&tokenizer);
	/* A vocabulary that splits some words: prompts have the same ones, but for the first. */
	tokenizer = (struct tokenizer){.overhead = 11, .tokens_per_word = 1, .split = true};
	workload_init(&workload, &cell, 0, NULL);
	ok(workload_fit(&workload, &counter) && tokenizer.questions <= TOKEN_FIT_TRIES,
	   "words that are split: it ends");
	for (size_t i = 0; i < 64; i++) {
		prompt = prompt_of(&workload, 1, i);
		far += llabs(tokens_of(&tokenizer, prompt) - 200) > 2;
		free(prompt);
	}
	is_int(far, 0, "and every prompt is as near as a word of two tokens allows");
	forget(&tokenizer);
}

/* --- Counted one by one --- */

/* How many of 64 prompts of two trials are not so long. */
static size_t count_wrong(const struct workload *workload, const struct tokenizer *tokenizer, int64_t tokens)
{
	size_t wrong = 0;

	for (size_t i = 0; i < 64; i++) {
		char *prompt = prompt_of(workload, 1 + (int)(i / 32), i % 32), *again;

		wrong += tokens_of(tokenizer, prompt) != tokens;
		again = prompt_of(workload, 1 + (int)(i / 32), i % 32);
		wrong += strcmp(prompt, again) != 0;
		free(prompt);
		free(again);
	}
	return wrong;
}

static void test_exact(void)
{
	static const struct {
		struct tokenizer tokenizer;
		int64_t tokens;
		int most_questions; /* for each prompt */
		const char *what;
	} cases[] = {
	    {{.overhead = 31, .tokens_per_word = 1}, 512, 1, "a vocabulary that has the words"},
	    {{.overhead = 11, .tokens_per_word = 1, .split = true}, 200, 4, "one that splits some"},
	    {{.overhead = 7, .tokens_per_word = 1, .letters = true}, 512, 40, "one that splits all"},
	    {{.overhead = 7, .tokens_per_word = 2}, 102, 4, "a length between two words"},
	    {{.overhead = 0, .tokens_per_word = 1.3}, 512, 4, "a length that no number of words has"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cell cell = made_cell(cases[i].tokens);
		struct tokenizer tokenizer = cases[i].tokenizer, exact = cases[i].tokenizer;
		const struct token_counter counter = {count, &tokenizer}, counts_exactly = {count, &exact};
		struct workload workload;

		cell.requests = 32;
		workload_init(&workload, &cell, 0, NULL);
		workload_fit(&workload, &counter);
		workload.exact = &counts_exactly;
		is_int(count_wrong(&workload, &tokenizer, cases[i].tokens), 0, cases[i].what);
		printf("# %d questions\n", exact.questions);
		ok(exact.questions <= 128 * cases[i].most_questions, "few questions");
		forget_all(&tokenizer);
		forget_all(&exact);
	}
}

/* What cannot be met, or is not counted, is as near as the fit knows. */
static void test_exact_fails(void)
{
	struct cell cell = made_cell(5);
	struct tokenizer tokenizer = {.overhead = 31, .tokens_per_word = 1};
	struct token_counter counter = {count, &tokenizer};
	struct workload workload;
	char *prompt, *fitted;

	workload_init(&workload, &cell, 0, NULL);
	workload.exact = &counter;
	prompt = prompt_of(&workload, 1, 0);
	is_int(words_of(prompt), 1, "fewer tokens than the template has: one word");
	free(prompt);
	forget_all(&tokenizer);

	cell = made_cell(200);
	tokenizer = (struct tokenizer){.overhead = 31, .tokens_per_word = 1, .fails_at = 1};
	workload_init(&workload, &cell, 0, NULL);
	fitted = prompt_of(&workload, 1, 0);
	workload.exact = &counter;
	prompt = prompt_of(&workload, 1, 0);
	is_text(prompt, fitted, "nobody counts it: as it was fitted");
	free(prompt);
	free(fitted);
	forget_all(&tokenizer);
}

static size_t common_words(const char *a, const char *b)
{
	size_t common = 0, words = 0;

	for (; a[common] == b[common] && a[common] != '\0'; common++)
		words += a[common] == ' ';
	return words;
}

static void test_shared_prefix(void)
{
	struct cell cell = made_cell(100);
	struct tokenizer tokenizer = {.overhead = 10, .tokens_per_word = 2};
	const struct token_counter counter = {count, &tokenizer};
	struct workload workload;
	struct ask warm = {0};
	char *one, *two;

	cell.shared_prefix_tokens = 40;
	workload_init(&workload, &cell, 0, NULL);
	workload_fit(&workload, &counter);
	one = prompt_of(&workload, 1, 0);
	two = prompt_of(&workload, 1, 1);
	workload_warm(&workload, 0, &warm);
	is_int(tokens_of(&tokenizer, one), 100, "it is a part of the length");
	is_int(common_words(one, two), 20, "40 tokens of two a word are the same");
	is_int(common_words(one, warm.input.prompt), 20, "in the warm-up too");
	free(one);
	free(two);
	ask_release(&warm);
	forget(&tokenizer);
}

int main(void)
{
	test_unique();
	test_fit();
	test_fit_distribution();
	test_fit_fails();
	test_exact();
	test_exact_fails();
	test_shared_prefix();
	return tap_done();
}
