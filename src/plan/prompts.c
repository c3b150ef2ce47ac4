/* Prompts: the knob `prompt`, or the files of `prompts`. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "plan/csv.h"
#include "plan/draft.h"

#define FILE_LIMIT (64u << 20)

/* A file of prompts while it is read. */
struct reading {
	struct draft *draft;
	const char *path; /* masked */
	size_t line;      /* from 1 */
	struct prompt_file *file;
};

static bool fail_in_line(struct reading *reading, const char *problem)
{
	return failure_set(reading->draft->failure, STATUS_USER_MISTAKE, "%s:%zu: %s", reading->path, reading->line,
	                   problem);
}

static void add_prompt(struct reading *reading, char *prompt)
{
	struct prompt_file *file = reading->file;

	file->prompts = memory_grow(file->prompts, &file->capacity, file->count, sizeof(*file->prompts));
	file->prompts[file->count++] = draft_keep(reading->draft, prompt);
}

static bool is_text(const char *bytes, size_t size)
{
	while (size > 0) {
		uint32_t point;
		size_t length = text_utf8(bytes, size, &point);

		if (length == 0 || point == 0)
			return false;
		bytes += length;
		size -= length;
	}
	return true;
}

static bool read_txt_line(struct reading *reading, const char *line, size_t size)
{
	add_prompt(reading, memory_copy(line, size));
	return true;
}

static bool read_jsonl_line(struct reading *reading, const char *line, size_t size)
{
	struct json *json = json_parse(line, size);
	const char *prompt = json_get_string(json, "prompt");
	bool good = true;

	if (prompt == NULL)
		prompt = json_get_string(json, "text");
	if (json == NULL)
		good = fail_in_line(reading, "this is not JSON");
	else if (prompt == NULL || *prompt == '\0')
		good = fail_in_line(reading, "no member \"prompt\" or \"text\" with text in it");
	else
		add_prompt(reading, memory_string(prompt));
	json_free(json);
	return good;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Lines, without the blanks around them and those that are only blanks. */
static bool read_lines(struct reading *reading, const struct text *bytes,
                       bool (*read_line)(struct reading *reading, const char *line, size_t size))
{
	const char *at = text_string(bytes), *end = at + bytes->size;

	for (; at < end; reading->line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)), *line = at;

		if (stop == NULL)
			stop = end;
		at = stop + (stop < end);
		while (line < stop && is_blank(*line))
			line++;
		while (stop > line && is_blank(stop[-1]))
			stop--;
		if (line == stop)
			continue;
		if (!is_text(line, (size_t)(stop - line)))
			return fail_in_line(reading, "this is not UTF-8 text");
		if (!read_line(reading, line, (size_t)(stop - line)))
			return false;
	}
	return true;
}

static bool read_txt(struct reading *reading, const struct text *bytes)
{
	return read_lines(reading, bytes, read_txt_line);
}

static bool read_jsonl(struct reading *reading, const struct text *bytes)
{
	return read_lines(reading, bytes, read_jsonl_line);
}

/* The first record names the columns. SIZE_MAX: none of them is ours. */
static size_t prompt_column(const struct csv_record *head)
{
	static const char *const names[] = {"prompt", "text"};

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		for (size_t i = 0; i < head->count; i++) {
			if (text_equal(text_string(&head->fields[i]), names[n]))
				return i;
		}
	return SIZE_MAX;
}

static bool read_csv_record(struct reading *reading, const struct csv_record *record, size_t column)
{
	const struct text *field = column < record->count ? &record->fields[column] : NULL;

	reading->line = record->line;
	if (record->open)
		return fail_in_line(reading, "quotes that are not closed");
	if (field == NULL || field->size == 0)
		return fail_in_line(reading, "no text in the column of the prompt");
	if (!is_text(text_string(field), field->size))
		return fail_in_line(reading, "this is not UTF-8 text");
	add_prompt(reading, memory_copy(text_string(field), field->size));
	return true;
}

static bool read_csv(struct reading *reading, const struct text *bytes)
{
	struct csv csv = {text_string(bytes), text_string(bytes) + bytes->size, 1};
	struct csv_record record = {0};
	size_t column = csv_read(&csv, &record) ? prompt_column(&record) : SIZE_MAX;
	bool good = column != SIZE_MAX || fail_in_line(reading, "no column \"prompt\" or \"text\"");

	while (good && csv_read(&csv, &record))
		good = read_csv_record(reading, &record, column);
	csv_record_release(&record);
	return good;
}

static const struct format {
	const char *suffix;
	bool (*read)(struct reading *reading, const struct text *bytes);
} formats[] = {{".txt", read_txt}, {".jsonl", read_jsonl}, {".csv", read_csv}};

static const struct format *format_of(const char *name)
{
	const char *suffix = strrchr(name, '.');

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (text_equal(formats[i].suffix, suffix))
			return &formats[i];
	}
	return NULL;
}

static bool has_prompts(const struct reading *reading)
{
	return reading->file->count > 0 ||
	       failure_set(reading->draft->failure, STATUS_USER_MISTAKE, "%s: no prompt in it", reading->path);
}

static bool read_file(struct draft *draft, const struct setting *setting, const char *name, struct prompt_file *file)
{
	const struct format *format = format_of(name);
	struct failure failure = {0};
	struct text bytes = {0}, shown = {0};
	const char *path = draft_path(draft, name);
	struct reading reading = {.draft = draft, .line = 1, .file = file};
	bool good;

	file->name = name;
	if (format == NULL)
		return draft_fail(draft, setting->source, setting->node,
		                  "prompts cannot be %s; it is a file that ends in .txt, .jsonl or .csv",
		                  draft_quote(draft, name));
	text_add_masked(&shown, path, strlen(path));
	reading.path = draft_keep(draft, text_take(&shown));
	good = file_read(path, FILE_LIMIT, &bytes, &failure);
	if (good)
		good = format->read(&reading, &bytes) && has_prompts(&reading);
	else
		draft_fail(draft, setting->source, setting->node, "%s", failure.message);
	failure_release(&failure);
	text_release(&bytes);
	return good;
}

bool draft_read_prompts(struct draft *draft)
{
	struct plan_memory *memory = draft->plan->memory;
	const struct setting *setting = draft_find(draft, "prompts");
	const struct axis *axis = draft_axis(draft, "prompts");

	if (axis == NULL)
		return true;
	memory->files = memory_new(axis->count, sizeof(*memory->files));
	for (size_t i = 0; i < axis->count; i++) {
		if (!read_file(draft, setting, axis->values[i], &memory->files[memory->file_count++]))
			return false;
	}
	return true;
}

static const struct prompt_file *file_of(const struct plan *plan, const struct cell *cell)
{
	for (size_t i = 0; cell->prompts != NULL && i < plan->memory->file_count; i++) {
		if (text_equal(plan->memory->files[i].name, cell->prompts))
			return &plan->memory->files[i];
	}
	return NULL;
}

size_t plan_prompt_count(const struct plan *plan, const struct cell *cell)
{
	const struct prompt_file *file = file_of(plan, cell);

	return file != NULL ? file->count : 1;
}

const char *plan_prompt(const struct plan *plan, const struct cell *cell, size_t request)
{
	const struct prompt_file *file = file_of(plan, cell);

	if (file != NULL)
		return file->prompts[request % file->count];
	return cell->prompt != NULL ? cell->prompt : "";
}
