#include "report/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "document/document.h"
#include "report/models.h"

/* Of two sizes of memory that are sold none are closer than an eighth. */
enum { SAME_PART = 16 };

const char *host_gpu(const struct json *host)
{
	const char *title = json_get_string(host, "title"), *gpu = json_get_string(host, "gpu");

	return gpu != NULL && (title == NULL || strstr(title, gpu) == NULL) ? gpu : NULL;
}

void host_add_name(const struct json *host, int64_t memory_bytes, struct text *into)
{
	const char *title = json_get_string(host, "title"), *gpu = host_gpu(host);

	inline_add(into, title != NULL ? title : "unknown machine");
	if (memory_bytes != JSON_UNKNOWN) {
		text_add(into, ", ");
		models_add_memory(into, memory_bytes);
	}
	if (gpu != NULL) {
		text_add(into, " + ");
		inline_add(into, gpu);
	}
}

static bool same_name(const struct json *a, const struct json *b)
{
	return text_equal(json_get_string(a, "title"), json_get_string(b, "title")) &&
	       text_equal(host_gpu(a), host_gpu(b));
}

static bool about_same(int64_t a, int64_t b)
{
	int64_t larger = a > b ? a : b, smaller = a > b ? b : a;

	return larger - smaller <= larger / SAME_PART;
}

int64_t *hosts_memory(const struct report_input *input)
{
	int64_t *has = memory_new(input->count, sizeof(*has)), *told = memory_new(input->count, sizeof(*told));

	for (size_t i = 0; i < input->count; i++) {
		const struct json *host = input->runs[i].summary->host;
		int64_t bytes = json_get_integer(host, "memory_bytes");

		has[i] = bytes > 0 ? bytes : JSON_UNKNOWN;
		told[i] = JSON_UNKNOWN;
		for (size_t j = 0; j < i && has[i] != JSON_UNKNOWN; j++) {
			if (has[j] == JSON_UNKNOWN || !same_name(host, input->runs[j].summary->host))
				continue;
			if (about_same(has[i], has[j])) {
				has[i] = has[j];
				told[i] = told[j];
				break;
			}
			told[j] = has[j];
			told[i] = has[i];
		}
	}
	free(has);
	return told;
}
