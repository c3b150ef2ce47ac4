#include "compare/compare.h"

#include <stdlib.h>

#include "base/memory.h"
#include "compare/parts.h"

const char *compare_part_word(enum compare_part part)
{
	static const char *const words[] = {
#define X(symbol, word, meaning) [symbol] = (word),
	    COMPARE_PARTS(X)
#undef X
	};

	return words[part];
}

const char *compare_part_meaning(enum compare_part part)
{
	static const char *const meanings[] = {
#define X(symbol, word, meaning) [symbol] = (meaning),
	    COMPARE_PARTS(X)
#undef X
	};

	return meanings[part];
}

const char *compare_verdict_word(enum compare_verdict verdict)
{
	static const char *const words[] = {
#define X(symbol, word) [symbol] = (word),
	    COMPARE_VERDICTS(X)
#undef X
	};

	return words[verdict];
}

const char *gate_state_word(enum gate_state state)
{
	static const char *const words[] = {
#define X(symbol, word) [symbol] = (word),
	    GATE_STATES(X)
#undef X
	};

	return words[state];
}

static bool is_told(const struct compare_result *result, const char *what, const char *base, const char *now)
{
	for (size_t i = 0; i < result->difference_count; i++) {
		const struct compare_difference *told = &result->differences[i];

		if (text_equal(told->what, what) && text_equal(told->base, base) && text_equal(told->now, now))
			return true;
	}
	return false;
}

void compare_add_difference(struct compare_result *result, enum compare_part part, const char *what, const char *base,
                            const char *now)
{
	if (base == NULL || now == NULL || text_equal(base, now) || is_told(result, what, base, now))
		return;
	result->differences =
	    memory_resize(result->differences, result->difference_count + 1, sizeof(*result->differences));
	result->differences[result->difference_count++] = (struct compare_difference){
	    .part = part,
	    .allowed = result->options.allowed[part],
	    .what = memory_string(what),
	    .base = memory_string(base),
	    .now = memory_string(now),
	};
}

void compare_warn(struct compare_result *result, const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	result->warnings = memory_resize(result->warnings, result->warning_count + 1, sizeof(*result->warnings));
	result->warnings[result->warning_count++] = text_take(&text);
}

bool compare_is_refused(const struct compare_result *result)
{
	for (size_t i = 0; i < result->difference_count; i++)
		if (!result->differences[i].allowed)
			return true;
	return false;
}

static bool is_comparable(const struct compare_result *result)
{
	return result->pair_count > 0 && !compare_is_refused(result);
}

static bool has_failed(const struct compare_result *result)
{
	for (size_t i = 0; i < result->pair_count; i++)
		if (result->pairs[i].failed)
			return true;
	return false;
}

static bool has_gate(const struct compare_result *result, enum gate_state state)
{
	for (size_t i = 0; i < result->gate_count; i++)
		if (result->gates[i].state == state)
			return true;
	return false;
}

/* Without a rule: a figure, or requests that fail. */
static bool has_worse(const struct compare_result *result)
{
	for (size_t i = 0; i < result->pair_count; i++)
		if (result->pairs[i].more_errors)
			return true;
	for (size_t i = 0; i < result->figure_count; i++)
		if (result->figures[i].verdict == VERDICT_WORSE)
			return true;
	return false;
}

static bool has_unfinished(const struct compare_result *result)
{
	for (size_t i = 0; i < result->pair_count; i++)
		if (result->pairs[i].unfinished)
			return true;
	return false;
}

/* Without a rule: that of a main figure, or that there is none. */
static bool has_doubt(const struct compare_result *result)
{
	bool any = false;

	for (size_t i = 0; i < result->figure_count; i++) {
		if (!result->figures[i].main)
			continue;
		any = true;
		if (result->figures[i].verdict == VERDICT_CANNOT_TELL)
			return true;
	}
	return !any;
}

static enum status status_of(const struct compare_result *result)
{
	bool ruled = result->options.rule_count > 0;

	if (has_failed(result) || (ruled ? has_gate(result, GATE_TRIPPED) : has_worse(result)))
		return STATUS_CELLS_FAILED;
	if (has_unfinished(result) ||
	    (ruled ? result->gate_count == 0 || has_gate(result, GATE_CANNOT_TELL) : has_doubt(result)))
		return STATUS_CANNOT_TELL;
	return STATUS_DONE;
}

void compare_runs(const struct summary *base, const struct summary *now, const struct compare_options *options,
                  struct compare_result *result)
{
	*result = (struct compare_result){.base = base, .now = now, .options = *options};
	compare_match(result);
	compare_check_facts(result);
	if (!is_comparable(result)) {
		result->status = STATUS_NOT_COMPARABLE;
		return;
	}
	compare_check_conditions(result);
	compare_judge_figures(result);
	compare_judge_rules(result);
	result->status = status_of(result);
}

const char *compare_outcome(const struct compare_result *result)
{
	bool ruled = result->options.rule_count > 0;

	switch (result->status) {
	case STATUS_CELLS_FAILED:
		return has_failed(result) ? "worse: what was done before fails now"
		       : ruled            ? "a rule tripped"
		                          : "worse";
	case STATUS_CANNOT_TELL:
		return "cannot tell";
	case STATUS_NOT_COMPARABLE:
		return "not comparable";
	case STATUS_DONE:
	case STATUS_USER_MISTAKE:
	case STATUS_CANNOT_GO_ON:
		break;
	}
	return ruled ? "no rule tripped" : "nothing worse";
}

void compare_release(struct compare_result *result)
{
	for (size_t i = 0; i < result->difference_count; i++) {
		free(result->differences[i].what);
		free(result->differences[i].base);
		free(result->differences[i].now);
	}
	for (size_t i = 0; i < result->pair_count; i++)
		free(result->pairs[i].name);
	for (size_t i = 0; i < result->lonely_count; i++)
		free(result->lonely[i].name);
	for (size_t i = 0; i < result->warning_count; i++)
		free(result->warnings[i]);
	free(result->differences);
	free(result->pairs);
	free(result->lonely);
	free(result->warnings);
	free(result->figures);
	free(result->gates);
	*result = (struct compare_result){0};
}
