/*
 * Finds the telling part of a failure in a server's answer and log, by tables
 * of patterns: POSIX extended regular expressions, case ignored, lists ended
 * by NULL. Of a pattern that matches several times the last match counts,
 * because a log grows at its end.
 */
#ifndef TARGET_TELLING_H
#define TARGET_TELLING_H

struct telling_rules {
	const char *const *patterns;     /* in words and in the log, the most telling first; the match is told */
	const char *const *log_patterns; /* in the log only, after all of those; the first group is told */
	const char *const *vague;        /* words of which the log may know the reason */
	const char *const *wrappers;     /* what stands before the words that matter; taken away again and again */
	const char *bare;                /* what is left of some without their wrapper, and tells nothing alone */
	const char *load_begins;         /* what stands above it in the log is of earlier loads; NULL: nothing does */
};

/* What llama.cpp says, whichever server it is in: a list for `patterns`. */
#define TELLING_LLAMA_CPP                                                                               \
	"failed to allocate ([^[:space:]]+ )?buffer of size [0-9]+(\\.[0-9]+ MiB)?",                    \
	    "failed to allocate buffer, size = *[0-9.]+ MiB", "(cuda|hip)Malloc failed: out of memory", \
	    "failed to allocate (buffer for kv cache|compute (pp |tg )?buffers)", "n_seq_max must be <= [0-9]+"

/* See struct target's `telling`. */
char *telling_find(const struct telling_rules *rules, const char *words, const char *log);

#endif
