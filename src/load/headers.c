#include "headers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

static const char *type_of(const struct request *request)
{
	if (request->body == NULL)
		return NULL;
	return request->content_type != NULL ? request->content_type : "application/json";
}

static struct curl_slist *find_headers(const struct wire *wire, const char *type)
{
	for (size_t i = 0; i < wire->body_type_count; i++)
		if (text_equal(wire->body_types[i].type, type))
			return wire->body_types[i].headers;
	return NULL;
}

struct curl_slist *headers_of(const struct wire *wire, const struct request *request)
{
	return find_headers(wire, type_of(request));
}

/* An empty value takes a header away: a large body is sent without asking first, an empty one has no type. */
static struct curl_slist *new_headers(const char *type, const char *key)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char *lines[] = {text_format("Content-Type:%s%s", type != NULL ? " " : "", type != NULL ? type : ""),
	                 key != NULL ? text_format("Authorization: Bearer %s", key) : NULL};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (headers != NULL && lines[i] != NULL && curl_slist_append(headers, lines[i]) == NULL) {
			curl_slist_free_all(headers);
			headers = NULL;
		}
		free(lines[i]);
	}
	return headers;
}

bool headers_make(struct wire *wire, const struct request *requests, size_t count)
{
	const char *key = wire->options->access != NULL ? wire->options->access->key : NULL;

	for (size_t i = 0; i < count; i++) {
		const char *type = type_of(&requests[i]);
		struct body_type *body_type;

		if (find_headers(wire, type) != NULL)
			continue;
		wire->body_types = memory_resize(wire->body_types, wire->body_type_count + 1, sizeof *wire->body_types);
		body_type = &wire->body_types[wire->body_type_count];
		*body_type = (struct body_type){type, new_headers(type, key)};
		if (body_type->headers == NULL)
			return false;
		wire->body_type_count++;
	}
	return true;
}

void headers_free(struct wire *wire)
{
	for (size_t i = 0; i < wire->body_type_count; i++)
		curl_slist_free_all(wire->body_types[i].headers);
	free(wire->body_types);
}
