/*
 * The telling part of a failure: what stands in the Notes of a table. An
 * answer often only says that the runner ended; why it did stands in the log.
 * Patterns are POSIX extended regular expressions; case is ignored.
 */
#include <assert.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "target/ollama.h"
#include "target/words.h"

enum { GROUPS = 2, TELLING_MAX = 200 };

/* In words and in the log; the most telling first. The match is told. */
static const char *const telling_patterns[] = {
    "failed to allocate ([^[:space:]]+ )?buffer of size [0-9]+(\\.[0-9]+ MiB)?",
    "failed to allocate buffer, size = *[0-9.]+ MiB",
    "(cuda|hip)Malloc failed: out of memory",
    "failed to allocate (buffer for kv cache|compute (pp |tg )?buffers)",
    "n_seq_max must be <= [0-9]+",
    "model requires more system memory \\([^)]*\\) than is available \\([^)]*\\)",
    "out of (device |host )?memory|(not enough|insufficient) memory",
    "erroroutof(device|host)?memory",
    "memory layout cannot be allocated",
    "failed to (allocate|commit) memory for model",
    "unable to load full model on GPU",
    "unknown model architecture: '[^']*'",
    "error loading model: [^\"]+",
    "GGML_ASSERT\\(.*\\) failed",
    "(CUDA|ROCm) error: [^\"]+",
    "unable to create llama context",
    "listen tcp [^\"]+",
};

/* In the log only, after all of those. The group is told. */
static const char *const log_patterns[] = {
    "^Error: (.+)",
    "^(panic: .+)",
    "^(fatal error: .+)",
};

/* Words of which the log may know the reason: the runner or the server is gone, or could not be had. */
static const char *const vague_patterns[] = {
    "runner process|llama-server (process|startup|reported)|starting (runner|llama-server)",
    "unexpectedly stopped|resource limitations|error was encountered while running the model",
    "timed out waiting|unexpected server status|no slots available",
    "EOF|empty reply|reset by peer|connection (broke|refused)|connect to|no connection|closed",
    "memory layout|memory for model|full model on GPU|out.of.memory",
};

/* What the server puts before its runner's words; taken away again and again. */
static const char *const wrapper_patterns[] = {
    "^(llama runner|llama-server) process has terminated: *",
    "^llama-server reported out-of-memory during startup: *",
    "^llama-server startup failed after [^:]*: *",
    "^error starting (runner|llama-server): *",
    "^an error was encountered while running the model: *",
    "^model runner has unexpectedly stopped, [^:]* for details: *",
    "^exit status -?[0-9]+: *",
    "^error: *",
};

/* What is left of some without their wrapper, and tells nothing alone. */
static const char bare_pattern[] = "^((exit status -?[0-9]+|signal: .*|(unexpected )?EOF)?)$";

/* The log's line before a model is loaded; what stands above it is of earlier loads. Of all versions. */
static const char load_begins_pattern[] = "msg=\"starting (runner|llama server|llama-server)\"";

struct span {
	const char *begin;
	size_t size;
};

/* The last match in the string: in a log the newest. False: there is none. */
static bool find_last(const char *pattern, size_t group, const char *string, struct span *found)
{
	regmatch_t match[GROUPS];
	regex_t regex;
	bool compiled = regcomp(&regex, pattern, REG_EXTENDED | REG_ICASE | REG_NEWLINE) == 0, any = false;
	int flags = 0;

	assert(compiled && group < GROUPS);
	if (!compiled)
		return false;
	while (regexec(&regex, string, GROUPS, match, flags) == 0) {
		*found = (struct span){string + match[group].rm_so, (size_t)(match[group].rm_eo - match[group].rm_so)};
		any = true;
		string += match[0].rm_eo;
		if (match[0].rm_eo == 0 || *string == '\0')
			break;
		flags = string[-1] == '\n' ? 0 : REG_NOTBOL;
	}
	regfree(&regex);
	return any;
}

static bool is_vague(const char *words)
{
	struct span found;

	for (size_t i = 0; i < sizeof(vague_patterns) / sizeof(vague_patterns[0]); i++)
		if (find_last(vague_patterns[i], 0, words, &found))
			return true;
	return false;
}

/* What the log says since the last load began. */
static const char *newest_part(const char *log)
{
	struct span begin;

	return find_last(load_begins_pattern, 0, log, &begin) ? begin.begin : log;
}

static const char *without_wrappers(const char *words)
{
	struct span found;
	size_t i = 0;

	while (i < sizeof(wrapper_patterns) / sizeof(wrapper_patterns[0])) {
		if (find_last(wrapper_patterns[i], 0, words, &found) && found.begin == words) {
			words += found.size;
			i = 0;
		} else {
			i++;
		}
	}
	return words;
}

/* NULL when it is blank. */
static char *told(const char *begin, size_t size)
{
	return words_masked(begin, words_cut(begin, size, TELLING_MAX));
}

/* The first line, without what the server put before it. */
static char *shortened(const char *words)
{
	const char *begin = words + strspn(words, " \t\r\n"), *inner;
	char *line = memory_copy(begin, strcspn(begin, "\n")), *result;
	struct span found;

	inner = without_wrappers(line);
	result = find_last(bare_pattern, 0, inner, &found) ? told(line, strlen(line)) : told(inner, strlen(inner));
	free(line);
	return result;
}

char *ollama_telling(const char *words, const char *log)
{
	struct span found;

	if (log == NULL || (words != NULL && !is_vague(words)))
		log = "";
	log = newest_part(log);
	for (size_t i = 0; i < sizeof(telling_patterns) / sizeof(telling_patterns[0]); i++)
		if ((words != NULL && find_last(telling_patterns[i], 0, words, &found)) ||
		    find_last(telling_patterns[i], 0, log, &found))
			return told(found.begin, found.size);
	for (size_t i = 0; i < sizeof(log_patterns) / sizeof(log_patterns[0]); i++)
		if (find_last(log_patterns[i], 1, log, &found))
			return told(found.begin, found.size);
	return words != NULL ? shortened(words) : NULL;
}
