/* Pictures and recordings: the files of `image` and `audio`, and the tasks that send them. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "core/fresh_media.h"
#include "core/nonce.h"
#include "core/png.h"
#include "core/wav.h"
#include "plan/draft.h"
#include "target/target.h"

#define FILE_LIMIT (64u << 20)

/* A file once it is loaded. Never moved: `fresh` borrows `media`. */
struct media_file {
	const char *value; /* of the knob */
	struct text bytes;
	struct media media;
	struct fresh_media *fresh; /* NULL: each request sends the same bytes */
};

static const char *identify_picture(struct media *media)
{
	media->length_ns = TIME_UNKNOWN;
	if (png_is(media->bytes, media->size))
		media->type = "image/png";
	else if (media->size > 3 && memcmp(media->bytes, "\xff\xd8\xff", 3) == 0)
		media->type = "image/jpeg";
	else
		return "it is neither a PNG nor a JPEG file";
	return NULL;
}

static const char *identify_recording(struct media *media)
{
	struct wav wav;
	const char *problem = wav_read(media->bytes, media->size, &wav);

	media->type = "audio/wav";
	media->length_ns = wav.length_ns;
	return problem;
}

/* The knobs that name files, and which tasks send them. */
static const struct medium {
	const char *knob;
	const char *what;
	size_t offset; /* of the knob's member in struct cell */
	const char *(*identify)(struct media *media);
	enum cell_task tasks[2];
	const char *tasks_named;
} mediums[] = {
    {"image",
     "a picture",
     offsetof(struct cell, image),
     identify_picture,
     {CELL_TASK_CAPTION, CELL_TASK_VQA},
     "caption or vqa"},
    {"audio",
     "a recording",
     offsetof(struct cell, audio),
     identify_recording,
     {CELL_TASK_TRANSCRIBE, CELL_TASK_TRANSCRIBE},
     "transcribe"},
};
enum { IMAGE, AUDIO, MEDIUM_COUNT = sizeof(mediums) / sizeof(mediums[0]) };

static const char **member_of(struct cell *cell, const struct medium *medium)
{
	return (const char **)((char *)cell + medium->offset);
}

static const char *value_of(const struct cell *cell, const struct medium *medium)
{
	return *(const char *const *)((const char *)cell + medium->offset);
}

static bool sends(const struct cell *cell, const struct medium *medium)
{
	return cell_task(cell) == medium->tasks[0] || cell_task(cell) == medium->tasks[1];
}

/* --- Loading --- */

/* Where the value stands: in a list, or alone. */
static const struct yaml *node_of(const struct setting *setting, size_t index)
{
	return setting->node->kind == YAML_LIST ? setting->node->items[index] : setting->node;
}

static bool read_file(struct draft *draft, const struct medium *medium, const struct setting *setting, size_t index,
                      struct media_file *file)
{
	const char *path = draft_path(draft, file->value), *slash = strrchr(path, '/'), *problem;
	const struct yaml *node = node_of(setting, index);
	struct failure failure = {0};

	if (!file_read(path, FILE_LIMIT, &file->bytes, &failure)) {
		draft_fail(draft, setting->source, node, "%s: %s", medium->knob, failure.message);
		failure_release(&failure);
		return false;
	}
	file->media = (struct media){
	    .name = slash != NULL ? slash + 1 : path, .bytes = text_string(&file->bytes), .size = file->bytes.size};
	problem = medium->identify(&file->media);
	if (problem != NULL)
		return draft_fail(draft, setting->source, node, "%s cannot be %s: %s", medium->knob,
		                  draft_quote(draft, file->value), problem);
	file->fresh = fresh_media_new(&file->media);
	return true;
}

static bool read_medium(struct draft *draft, const struct medium *medium)
{
	struct plan_memory *memory = draft->plan->memory;
	const struct setting *setting = draft_find(draft, medium->knob);
	const struct axis *axis = draft_axis(draft, medium->knob);
	size_t kind = (size_t)(medium - mediums);

	if (axis == NULL)
		return true;
	memory->media[kind] = memory_new(axis->count, sizeof(*memory->media[kind]));
	for (size_t i = 0; i < axis->count; i++) {
		struct media_file *file = &memory->media[kind][memory->media_count[kind]++];

		file->value = axis->values[i];
		if (!read_file(draft, medium, setting, i, file))
			return false;
	}
	return true;
}

bool draft_read_media(struct draft *draft)
{
	for (size_t i = 0; i < MEDIUM_COUNT; i++)
		if (!read_medium(draft, &mediums[i]))
			return false;
	return true;
}

void media_release(struct plan_memory *memory)
{
	for (size_t kind = 0; kind < MEDIUM_COUNT; kind++) {
		for (size_t i = 0; i < memory->media_count[kind]; i++) {
			fresh_media_free(memory->media[kind][i].fresh);
			text_release(&memory->media[kind][i].bytes);
		}
		free(memory->media[kind]);
	}
}

/* --- Tasks --- */

/* Where the cell's task stands. Only a cell with a task that is not the default has one. */
static bool fail_at_task(struct draft *draft, const struct cell *cell, const char *problem, const char *cure)
{
	const struct setting *setting = draft_find(draft, "task");
	const struct axis *axis = draft_axis(draft, "task");
	const struct cell_field *field = cell_field_find("task");
	struct text task = {0};
	size_t i = 0;

	cell_field_add_value(field, cell, &task);
	while (i + 1 < axis->count && !text_equal(axis->values[i], text_string(&task)))
		i++;
	draft_fail(draft, setting->source, node_of(setting, i), "task %s %s%s", text_string(&task), problem, cure);
	text_release(&task);
	return false;
}

static bool check_adapter(struct draft *draft, const struct cell *cell)
{
	const struct target *target = cell->server->adapter != NULL ? target_find(cell->server->adapter) : NULL;
	struct text able = {0};
	char *problem;

	if (target == NULL || target->can == NULL || target->can(cell_task(cell)))
		return true;
	if (draft_find(draft, "task") == NULL)
		return draft_fail(draft, draft->source, NULL, "adapter %s needs a task: there is transcribe",
		                  target->name);
	for (size_t i = 0; targets[i] != NULL; i++)
		if (targets[i]->can == NULL || targets[i]->can(cell_task(cell)))
			text_addf(&able, "%s%s", able.size > 0 ? ", " : "", targets[i]->name);
	problem = text_format("cannot be asked of adapter %s; it can of: ", target->name);
	fail_at_task(draft, cell, problem, text_string(&able));
	text_release(&able);
	free(problem);
	return false;
}

/* Of cells that do not send the file two may now be the same one, and have one name. */
static bool check_twins(struct draft *draft, const struct medium *medium)
{
	const struct setting *setting = draft_find(draft, medium->knob);
	const struct plan *plan = draft->plan;
	struct text *ids = memory_new(plan->cell_count, sizeof(*ids));
	bool twins = false;

	for (size_t i = 0; i < plan->cell_count; i++) {
		if (!sends(&plan->cells[i], medium))
			cell_add_id(&plan->cells[i], &ids[i]);
		for (size_t j = 0; j < i && ids[i].size > 0; j++)
			twins = twins || text_equal(text_string(&ids[i]), text_string(&ids[j]));
	}
	for (size_t i = 0; i < plan->cell_count; i++)
		text_release(&ids[i]);
	free(ids);
	return !twins || draft_fail(draft, setting->source, setting->node,
	                            "%s has several values, but some cells do not send it and would be measured once "
	                            "for each; leave all but one of them out with except",
	                            medium->knob);
}

/* A cell that does not send a file does not have it among its settings either. */
static bool check_medium(struct draft *draft, const struct medium *medium)
{
	const struct setting *setting = draft_find(draft, medium->knob);
	const struct axis *axis = draft_axis(draft, medium->knob);
	struct plan *plan = draft->plan;
	size_t senders = 0;

	for (size_t i = 0; i < plan->cell_count; i++) {
		struct cell *cell = &plan->cells[i];

		if (sends(cell, medium) && setting == NULL) {
			char *cure = text_format("%s, such as %s: FILE", medium->what, medium->knob);

			fail_at_task(draft, cell, "needs ", cure);
			free(cure);
			return false;
		}
		senders += sends(cell, medium);
		if (!sends(cell, medium))
			*member_of(cell, medium) = NULL;
	}
	if (setting != NULL && senders == 0)
		return draft_fail(draft, setting->source, setting->node, "%s is sent by no cell; it takes task: %s",
		                  medium->knob, medium->tasks_named);
	return axis == NULL || axis->count < 2 || senders == plan->cell_count || check_twins(draft, medium);
}

/* What is asked when the matrix says nothing; a transcription needs no words. */
static void set_prompt(const struct draft *draft, struct cell *cell)
{
	if (draft_find(draft, "prompt") != NULL || cell->prompt == NULL)
		return;
	switch (cell_task(cell)) {
	case CELL_TASK_TEXT:
	case CELL_TASK_EMBED:
		break;
	case CELL_TASK_CAPTION:
		cell->prompt = "Describe this picture.";
		break;
	case CELL_TASK_VQA:
		cell->prompt = "What is in this picture?";
		break;
	case CELL_TASK_TRANSCRIBE:
		cell->prompt = NULL;
		break;
	}
}

bool draft_check_tasks(struct draft *draft)
{
	struct plan *plan = draft->plan;

	for (size_t i = 0; i < plan->cell_count; i++) {
		if (!check_adapter(draft, &plan->cells[i]))
			return false;
		set_prompt(draft, &plan->cells[i]);
	}
	for (size_t i = 0; i < MEDIUM_COUNT; i++)
		if (!check_medium(draft, &mediums[i]))
			return false;
	return true;
}

/* --- Requests --- */

static const struct media_file *file_of(const struct plan *plan, const struct cell *cell, size_t kind)
{
	const char *value = value_of(cell, &mediums[kind]);

	for (size_t i = 0; value != NULL && i < plan->memory->media_count[kind]; i++)
		if (text_equal(plan->memory->media[kind][i].value, value))
			return &plan->memory->media[kind][i];
	return NULL;
}

const struct media *plan_image(const struct plan *plan, const struct cell *cell)
{
	const struct media_file *file = file_of(plan, cell, IMAGE);

	return file != NULL ? &file->media : NULL;
}

const struct media *plan_audio(const struct plan *plan, const struct cell *cell)
{
	const struct media_file *file = file_of(plan, cell, AUDIO);

	return file != NULL ? &file->media : NULL;
}

int64_t plan_audio_ns(const struct plan *plan, const struct cell *cell)
{
	const struct media *audio = plan_audio(plan, cell);

	return audio != NULL ? audio->length_ns : TIME_UNKNOWN;
}

const struct media *plan_fixed_media(const struct plan *plan, const struct cell *cell)
{
	for (size_t kind = 0; kind < MEDIUM_COUNT; kind++) {
		const struct media_file *file = file_of(plan, cell, kind);

		if (file != NULL && (file->fresh == NULL || !nonce_is_used_for_media(cell)))
			return &file->media;
	}
	return NULL;
}

/* The warm-up's are always made fresh where they can be, so that nothing of the measured ones is in a cache. */
static const struct media *for_request(const struct media_file *file, const struct cell *cell, int trial,
                                       uint64_t number, struct made_media *made)
{
	if (file == NULL || file->fresh == NULL || (trial > 0 && !nonce_is_used_for_media(cell)))
		return file != NULL ? &file->media : NULL;
	text_clear(&made->bytes);
	fresh_media_add(file->fresh, number, &made->bytes);
	made->media = file->media;
	made->media.bytes = text_string(&made->bytes);
	made->media.size = made->bytes.size;
	return &made->media;
}

void plan_add_media(const struct plan *plan, const struct cell *cell, uint64_t salt, int trial, size_t request,
                    struct plan_media *made, struct input *input)
{
	uint64_t number = nonce_number(salt, trial, request);

	input->image = for_request(file_of(plan, cell, IMAGE), cell, trial, number, &made->image);
	input->audio = for_request(file_of(plan, cell, AUDIO), cell, trial, number, &made->audio);
}

void plan_media_release(struct plan_media *made)
{
	text_release(&made->image.bytes);
	text_release(&made->audio.bytes);
	*made = (struct plan_media){0};
}
