#include "csv.h"

#include <stdlib.h>

#include "base/memory.h"

static struct text *new_field(struct csv_record *record)
{
	size_t used = record->count++;

	if (used == record->capacity) {
		record->fields = memory_grow(record->fields, &record->capacity, used, sizeof(*record->fields));
		for (size_t i = used; i < record->capacity; i++)
			record->fields[i] = (struct text){0};
	}
	text_clear(&record->fields[used]);
	return &record->fields[used];
}

static void read_quoted(struct csv *csv, struct csv_record *record, struct text *field)
{
	for (csv->at++; csv->at < csv->end; csv->at++) {
		csv->line += *csv->at == '\n';
		if (*csv->at == '"') {
			csv->at++;
			if (csv->at == csv->end || *csv->at != '"')
				return;
		}
		text_add_char(field, *csv->at);
	}
	record->open = true;
}

/* Up to the comma or the end of the line behind it. What follows closed quotes is part of the field. */
static void read_field(struct csv *csv, struct csv_record *record)
{
	struct text *field = new_field(record);

	if (csv->at < csv->end && *csv->at == '"')
		read_quoted(csv, record, field);
	for (; csv->at < csv->end && *csv->at != ',' && *csv->at != '\n'; csv->at++) {
		if (*csv->at != '\r')
			text_add_char(field, *csv->at);
	}
}

bool csv_read(struct csv *csv, struct csv_record *record)
{
	while (csv->at < csv->end && (*csv->at == '\n' || *csv->at == '\r')) {
		csv->line += *csv->at == '\n';
		csv->at++;
	}
	record->count = 0;
	record->line = csv->line;
	if (csv->at == csv->end)
		return false;
	read_field(csv, record);
	while (csv->at < csv->end && *csv->at == ',') {
		csv->at++;
		read_field(csv, record);
	}
	return true;
}

void csv_record_release(struct csv_record *record)
{
	for (size_t i = 0; i < record->capacity; i++)
		text_release(&record->fields[i]);
	free(record->fields);
	*record = (struct csv_record){0};
}
