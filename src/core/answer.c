#include "core/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Bytes of the whole characters within `most`; a malformed byte is one. */
static size_t cut(const char *bytes, size_t size, size_t most)
{
	size_t at = 0;

	while (at < size) {
		uint32_t point;
		size_t length = text_utf8(bytes + at, size - at, &point);

		if (at + (length > 0 ? length : 1) > most)
			return at;
		at += length > 0 ? length : 1;
	}
	return at;
}

static char *beginning(const char *foreign, size_t most)
{
	size_t size = strlen(foreign), kept = cut(foreign, size, most);
	struct text text = {0};

	text_add_masked(&text, foreign, kept);
	text_add(&text, kept < size ? " …" : "");
	return text_take(&text);
}

void answer_set(struct answer *answer, const char *prompt, const char *text, double seconds)
{
	answer_release(answer);
	answer->prompt = prompt != NULL && *prompt != '\0' ? beginning(prompt, ANSWER_PROMPT_MAX) : NULL;
	answer->text = beginning(text, ANSWER_TEXT_MAX);
	answer->seconds = seconds;
}

struct json *answer_json(const struct answer *answer)
{
	struct json *json;

	if (answer->text == NULL)
		return NULL;
	json = json_new_object();
	json_set_string(json, "prompt", answer->prompt);
	json_set_string(json, "text", answer->text);
	json_set_number(json, "seconds", answer->seconds);
	return json;
}

struct answer answer_parse(const struct json *json)
{
	return (struct answer){
	    .prompt = memory_string(json_get_string(json, "prompt")),
	    .text = memory_string(json_get_string(json, "text")),
	    .seconds = json_get_number(json, "seconds"),
	};
}

void answer_release(struct answer *answer)
{
	free(answer->prompt);
	free(answer->text);
	*answer = (struct answer){0};
}
