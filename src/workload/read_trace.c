/* Traces: when requests arrived, and how long they and their answers were. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "reading.h"

#define TOKEN_LIMIT 1e6
#define LATEST_S    (30 * 86400.0)

enum column { ARRIVAL_S, ARRIVAL_MS, INPUT, OUTPUT, PROMPT, COLUMN_COUNT };

/* The second name is another one for the first. */
static const char *const names[COLUMN_COUNT][2] = {
    [ARRIVAL_S] = {"arrival_s", "arrival_s"},
    [ARRIVAL_MS] = {"arrival_ms", "arrival_ms"},
    [INPUT] = {"input_tokens", "input_length"},
    [OUTPUT] = {"output_tokens", "output_length"},
    [PROMPT] = {"prompt", "text"},
};

/* What a line says; NAN and NULL: nothing. */
struct arrival {
	double numbers[PROMPT];
	const char *prompt;
};

static bool read_tokens(struct reading *reading, const struct arrival *arrival, enum column column, int64_t *tokens)
{
	double value = arrival->numbers[column];

	*tokens = JSON_UNKNOWN;
	if (isnan(value))
		return true;
	if (value < 1 || value > TOKEN_LIMIT || value != floor(value))
		return reading_fail(reading, "%s cannot be %.15g; it is an integer from 1 to %.0f", names[column][0],
		                    value, TOKEN_LIMIT);
	*tokens = (int64_t)value;
	return true;
}

/* Seconds of the file's own clock. */
static bool read_arrival(struct reading *reading, const struct arrival *arrival, double *at_s)
{
	*at_s = isnan(arrival->numbers[ARRIVAL_S]) ? arrival->numbers[ARRIVAL_MS] / 1000 : arrival->numbers[ARRIVAL_S];
	if (isnan(*at_s))
		return reading_fail(reading, "no arrival; it is a number named arrival_s or arrival_ms");
	return true;
}

static bool add_arrival(struct reading *reading, const struct arrival *arrival)
{
	struct dataset *dataset = reading->dataset;
	int64_t before_ns = dataset->count > 0 ? dataset->samples[dataset->count - 1].due_ns : 0;
	struct dataset_sample *sample = reading_add_sample(reading);
	double at_s;

	if (sample == NULL || !read_arrival(reading, arrival, &at_s) ||
	    !read_tokens(reading, arrival, INPUT, &sample->input_tokens) ||
	    !read_tokens(reading, arrival, OUTPUT, &sample->output_tokens))
		return false;
	if (dataset->count == 1)
		dataset->trace_start_s = at_s;
	at_s -= dataset->trace_start_s;
	if (!(at_s <= LATEST_S))
		return reading_fail(reading, "an arrival more than 30 days after the first");
	if (at_s < 0 || (sample->due_ns = llround(at_s * (double)NS_PER_S)) < before_ns)
		return reading_fail(reading, "an arrival before that of the line above it");
	if (arrival->prompt != NULL)
		reading_add_message(reading, TURN_USER, memory_string(arrival->prompt));
	else if (sample->input_tokens == JSON_UNKNOWN)
		return reading_fail(reading, "neither a prompt nor input_tokens");
	return true;
}

static const char *is_text(const char *string)
{
	return string != NULL && *string != '\0' ? string : NULL;
}

static bool read_line(struct reading *reading, const char *line, size_t size)
{
	struct json *json = json_parse(line, size);
	struct arrival arrival = {.prompt = NULL};
	bool good;

	for (size_t i = 0; i < PROMPT; i++) {
		arrival.numbers[i] = json_get_number(json, names[i][0]);
		if (isnan(arrival.numbers[i]))
			arrival.numbers[i] = json_get_number(json, names[i][1]);
	}
	arrival.prompt = is_text(json_get_string(json, names[PROMPT][0]));
	if (arrival.prompt == NULL)
		arrival.prompt = is_text(json_get_string(json, names[PROMPT][1]));
	if (json == NULL)
		good = reading_fail(reading, "this is not JSON");
	else
		good = add_arrival(reading, &arrival);
	json_free(json);
	return good;
}

bool read_trace_jsonl(struct reading *reading, const struct text *bytes)
{
	return reading_lines(reading, bytes, read_line);
}

static bool read_head(struct reading *reading, void *context, const struct csv_record *head)
{
	size_t *columns = context;

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		columns[i] = reading_column(head, names[i][0]);
		if (columns[i] == SIZE_MAX)
			columns[i] = reading_column(head, names[i][1]);
	}
	return columns[ARRIVAL_S] != SIZE_MAX || columns[ARRIVAL_MS] != SIZE_MAX ||
	       reading_fail(reading, "no column arrival_s or arrival_ms; the first line names the columns");
}

/* The text of a column; NULL: it is empty or not there. */
static const char *field_of(const struct csv_record *record, size_t column)
{
	return column < record->count ? is_text(text_string(&record->fields[column])) : NULL;
}

static bool read_row(struct reading *reading, void *context, const struct csv_record *record)
{
	const size_t *columns = context;
	struct arrival arrival = {.prompt = field_of(record, columns[PROMPT])};

	for (size_t i = 0; i < PROMPT; i++) {
		const char *field = field_of(record, columns[i]);

		arrival.numbers[i] = NAN;
		if (field != NULL && !units_read_real(field, &arrival.numbers[i]))
			return reading_fail(reading, "the column %s has something that is no number", names[i][0]);
	}
	return add_arrival(reading, &arrival);
}

bool read_trace_csv(struct reading *reading, const struct text *bytes)
{
	size_t columns[COLUMN_COUNT];

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		columns[i] = SIZE_MAX;
	return reading_rows(reading, bytes, read_head, read_row, columns);
}
