#include "workload/dataset.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

void dataset_release(struct dataset *dataset)
{
	for (size_t i = 0; i < dataset->message_count; i++)
		free((char *)dataset->messages[i].text);
	free(dataset->messages);
	free(dataset->samples);
	free(dataset->field);
	*dataset = (struct dataset){0};
}

const struct dataset_sample *dataset_find(const struct dataset *dataset, size_t request, size_t *turn)
{
	size_t low = 0, high = dataset->count;

	assert(dataset->requests > 0);
	request %= dataset->requests;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (dataset->samples[middle].before <= request)
			low = middle;
		else
			high = middle;
	}
	*turn = request - dataset->samples[low].before;
	return &dataset->samples[low];
}

size_t dataset_asked(const struct dataset *dataset, const struct dataset_sample *sample, size_t turn)
{
	size_t message = sample->first;

	for (;; message++) {
		assert(message < sample->first + sample->count);
		if (dataset->messages[message].role == TURN_USER && turn-- == 0)
			return message;
	}
}

/* Characters, not bytes. */
static int64_t characters_of(const char *text)
{
	int64_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static int compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* The median is the smallest value that half of them do not exceed. NULL when there are none. */
static struct json *range_json(int64_t *values, size_t count)
{
	struct json *json;

	if (count == 0)
		return NULL;
	qsort(values, count, sizeof(*values), compare);
	json = json_new_object();
	json_set_integer(json, "min", values[0]);
	json_set_integer(json, "median", values[(count - 1) / 2]);
	json_set_integer(json, "max", values[count - 1]);
	return json;
}

/* The texts that requests ask. */
static struct json *characters_json(const struct dataset *dataset, int64_t *values)
{
	size_t count = 0;

	for (size_t i = 0; i < dataset->count; i++) {
		const struct dataset_sample *sample = &dataset->samples[i];

		for (size_t turn = 0; sample->count > 0 && turn < sample->requests; turn++)
			values[count++] = characters_of(dataset->messages[dataset_asked(dataset, sample, turn)].text);
	}
	return range_json(values, count);
}

static struct json *tokens_json(const struct dataset *dataset, bool output, int64_t *values)
{
	size_t count = 0;

	for (size_t i = 0; i < dataset->count; i++) {
		const struct dataset_sample *sample = &dataset->samples[i];
		int64_t tokens = output ? sample->output_tokens : sample->input_tokens;

		if (tokens != JSON_UNKNOWN)
			values[count++] = tokens;
	}
	return range_json(values, count);
}

struct json *dataset_json(const struct dataset *dataset, const char *path)
{
	struct json *json = json_new_object();
	int64_t *values = memory_new(dataset->requests, sizeof(*values));

	json_set_string(json, "path", path);
	json_set_string(json, "kind", dataset->is_trace ? "trace" : "prompts");
	json_set_string(json, "format", dataset->format);
	json_set_string(json, "field", dataset->field);
	json_set_integer(json, "samples", (int64_t)dataset->count);
	json_set_integer(json, "requests", (int64_t)dataset->requests);
	json_set(json, "characters", characters_json(dataset, values));
	if (dataset->is_trace) {
		json_set_number(json, "duration_s",
		                (double)dataset->samples[dataset->count - 1].due_ns / (double)NS_PER_S);
		json_set(json, "input_tokens", tokens_json(dataset, false, values));
		json_set(json, "output_tokens", tokens_json(dataset, true, values));
	}
	free(values);
	return json;
}
