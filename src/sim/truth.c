#include "sim/truth.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"

#define PROMPT_BYTES 200

void truth_add_token(struct truth *truth, int64_t due_ns)
{
	truth->token = memory_grow(truth->token, &truth->capacity, truth->tokens, sizeof(*truth->token));
	truth->token[truth->tokens++] = (struct truth_token){.due_ns = due_ns, .write_ns = TIME_UNKNOWN};
}

void truth_drained(struct truth *truth, int64_t now_ns)
{
	while (truth->written < truth->tokens)
		truth->token[truth->written++].write_ns = now_ns;
	truth->done_ns = now_ns;
}

void truth_release(struct truth *truth)
{
	free(truth->token);
	*truth = (struct truth){0};
}

static void set_stamp(struct json *object, const char *key, int64_t ns)
{
	if (ns == TIME_UNKNOWN)
		json_set(object, key, NULL);
	else
		json_set_integer(object, key, ns);
}

static void append_stamp(struct json *list, int64_t ns)
{
	if (ns == TIME_UNKNOWN)
		json_append(list, NULL);
	else
		json_append_integer(list, ns);
}

void truth_write(FILE *file, const struct truth *truth, const char *model, const char *prompt, bool complete)
{
	struct json *line, *due, *written;
	struct text text = {0}, excerpt = {0};

	if (file == NULL)
		return;
	line = json_new_object();
	due = json_new_list();
	written = json_new_list();
	text_add_bytes(&excerpt, prompt, strnlen(prompt, PROMPT_BYTES));
	json_set_string(line, "model", model);
	json_set_string(line, "prompt", text_string(&excerpt));
	json_set_bool(line, "complete", complete);
	set_stamp(line, "arrival_ns", truth->arrival_ns);
	set_stamp(line, "scheduled_ns", truth->scheduled_ns);
	set_stamp(line, "slot_ns", truth->slot_ns);
	set_stamp(line, "prefill_end_ns", truth->prefill_end_ns);
	set_stamp(line, "done_ns", complete ? truth->done_ns : TIME_UNKNOWN);
	for (size_t i = 0; i < truth->tokens; i++) {
		append_stamp(due, truth->token[i].due_ns);
		append_stamp(written, truth->token[i].write_ns);
	}
	json_set(line, "token_due_ns", due);
	json_set(line, "token_write_ns", written);
	json_add_to(&text, line);
	text_add_char(&text, '\n');
	fwrite(text.data, 1, text.size, file);
	fflush(file);
	json_free(line);
	text_release(&text);
	text_release(&excerpt);
}
