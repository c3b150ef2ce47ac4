#include "sim/multipart.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

static const char *find_bytes(const char *bytes, size_t size, const char *what, size_t length)
{
	for (size_t i = 0; length <= size && i <= size - length; i++)
		if (bytes[i] == what[0] && memcmp(bytes + i, what, length) == 0)
			return bytes + i;
	return NULL;
}

bool multipart_begin(struct multipart *multipart, const char *content_type, const char *bytes, size_t size)
{
	const char *boundary = content_type != NULL ? strstr(content_type, "boundary=") : NULL;
	size_t length;

	*multipart = (struct multipart){.bytes = bytes, .size = size};
	if (boundary == NULL)
		return false;
	boundary += strlen("boundary=");
	if (*boundary == '"')
		boundary++;
	length = strcspn(boundary, "\"; ");
	text_add(&multipart->mark, "--");
	text_add_bytes(&multipart->mark, boundary, length);
	return length > 0;
}

void multipart_release(struct multipart *multipart)
{
	text_release(&multipart->mark);
}

/* Whether the part's header, of `size` bytes, has name="…". */
static bool has_name(const char *head, size_t size, const char *name)
{
	struct text wanted = {0};
	bool found;

	text_addf(&wanted, " name=\"%s\"", name);
	found = find_bytes(head, size, wanted.data, wanted.size) != NULL;
	text_release(&wanted);
	return found;
}

const char *multipart_find(const struct multipart *multipart, const char *name, size_t *size)
{
	const char *end = multipart->bytes + multipart->size;
	const struct text *mark = &multipart->mark;
	const char *at = find_bytes(multipart->bytes, multipart->size, mark->data, mark->size);

	while (at != NULL) {
		const char *head = at + mark->size, *content, *next;

		content = find_bytes(head, (size_t)(end - head), "\r\n\r\n", 4);
		if (content == NULL)
			return NULL;
		content += 4;
		next = find_bytes(content, (size_t)(end - content), mark->data, mark->size);
		if (next == NULL)
			return NULL;
		if (has_name(head, (size_t)(content - head), name)) {
			*size = (size_t)(next - content);
			if (*size >= 2) /* the line end before the mark */
				*size -= 2;
			return content;
		}
		at = next;
	}
	return NULL;
}

char *multipart_string(const struct multipart *multipart, const char *name)
{
	size_t size;
	const char *content = multipart_find(multipart, name, &size);

	return content != NULL ? memory_copy(content, size) : NULL;
}

static uint32_t little_endian(const char *bytes, int size)
{
	uint32_t value = 0;

	for (int i = 0; i < size; i++)
		value |= (uint32_t)(unsigned char)bytes[i] << (8 * i);
	return value;
}

double wav_seconds(const char *bytes, size_t size)
{
	double bytes_per_s = 0;
	size_t at = 12;

	if (size < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0)
		return -1;
	while (size - at >= 8) {
		size_t length = little_endian(bytes + at + 4, 4), left = size - at - 8;

		if (memcmp(bytes + at, "fmt ", 4) == 0 && length >= 16 && left >= 16)
			bytes_per_s = (double)little_endian(bytes + at + 10, 2) * little_endian(bytes + at + 12, 4) *
			              little_endian(bytes + at + 22, 2) / 8;
		if (memcmp(bytes + at, "data", 4) == 0)
			return bytes_per_s > 0 ? (double)(length < left ? length : left) / bytes_per_s : -1;
		if (length >= left)
			return -1;
		at += 8 + length + (length & 1);
		if (at > size)
			return -1;
	}
	return -1;
}
