/*
 * Finds facts in a server's log. Lines changed from version to version, so
 * each fact has several patterns: POSIX extended regular expressions, the most
 * telling first, ended by NULL when there are fewer. Of the first that is
 * found its last match counts, because a log grows at its end; of that match
 * its last group is the value.
 */
#ifndef TARGET_LOG_H
#define TARGET_LOG_H

#include <stdint.h>

#include "core/proof.h"

enum { LOG_PATTERNS = 6 };

/* Cut to what fits; "" when there is none. */
void log_name(const char *const patterns[LOG_PATTERNS], const char *log, char value[PROOF_NAME_MAX]);

/* JSON_UNKNOWN when there is none. */
int64_t log_number(const char *const patterns[LOG_PATTERNS], const char *log);

/* enum cell_switch or JSON_UNKNOWN. */
int64_t log_switch(const char *const patterns[LOG_PATTERNS], const char *log);

/* Both numbers of the last match; unchanged when there is none. */
void log_pair(const char *pattern, const char *log, int64_t *first, int64_t *second);

int64_t log_count(const char *pattern, const char *log);

/* What llama.cpp says, whichever server it is in. */
#define LOG_LLAMA_CPP_FLASH \
	"Flash Attention was auto, set to (enabled|disabled)", "flash_attn +=[ ]*(0|1|enabled|disabled)"
#define LOG_LLAMA_CPP_KV                                                                                   \
	"type_k = '([a-z0-9_]+)'",     /* "kv_size = 2048, offload = 1, type_k = 'f16', type_v = 'f16'" */ \
	    "[ ]K \\(([a-z0-9_]+)\\):" /* "K (f16):    2.00 MiB, V (f16):    2.00 MiB" */
#define LOG_LLAMA_CPP_LAYERS "offloaded ([0-9]+)/([0-9]+) layers to GPU"

#endif
