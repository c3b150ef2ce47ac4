#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sim/ask.h"

/* What a runner finds wrong stops the answer, not the request: Ollama itself does not look at images. */
static void fail(struct ask *ask, const char *error)
{
	if (ask->runner_error == NULL)
		ask->runner_error = memory_string(error);
}

static void read_list(struct ask *ask, const struct json *list, struct text *marks)
{
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		const char *bytes = json_as_string(item);
		uint64_t hash;

		if (ask->model->image_tokens == 0) {
			fail(ask, "this model is missing data required for image input");
		} else if (bytes == NULL || !image_read(bytes, &hash)) {
			fail(ask, "image: unknown format");
		} else if (ask->image_count < IMAGES_MAX) {
			ask->images[ask->image_count++] = hash;
			image_add_marks(marks, hash, ask->model->image_tokens);
		}
	}
}

void ask_read_images(struct ask *ask, const struct json *body)
{
	const struct json *messages = json_get(body, "messages");
	struct text marks = {0};

	if (ask->kind == ASK_GENERATE)
		read_list(ask, json_get(body, "images"), &marks);
	else
		for (const struct json *message = json_first(messages); message != NULL; message = json_next(message))
			read_list(ask, json_get(message, "images"), &marks);
	text_add(&marks, ask->prompt);
	ask->marked_prompt = text_take(&marks);
}
