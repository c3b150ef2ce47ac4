#include "target/listing.h"

#include <string.h>

#include "base/json.h"
#include "target/words.h"

static const char *first_string(const struct json *row, const char *key, const char *other)
{
	const char *string = json_get_string(row, key);

	return string != NULL ? string : json_get_string(row, other);
}

static char *masked_or_null(const char *string)
{
	return string != NULL && *string != '\0' ? words_masked(string, strlen(string)) : NULL;
}

static void visit_row(const struct json *row, target_visitor visit, void *context)
{
	struct model_facts listed;
	int64_t size = json_get_integer(row, "size");

	if (size == JSON_UNKNOWN)
		size = json_get_integer(json_get(row, "meta"), "size");
	model_facts_reset(&listed);
	listed.full_name = masked_or_null(first_string(row, "name", "id"));
	listed.quantization = masked_or_null(json_get_string(json_get(row, "details"), "quantization_level"));
	listed.size_bytes = size > 0 ? size : JSON_UNKNOWN;
	if (listed.full_name != NULL)
		visit(context, &listed);
	model_facts_release(&listed);
}

/* llama-server has both lists; the one of the OpenAI interface says more. */
void listing_read(const struct exchange *exchange, target_visitor visit, void *context)
{
	struct json *reply = json_parse(exchange->body, exchange->body_size);
	const struct json *list = json_get(reply, json_is_list(json_get(reply, "data")) ? "data" : "models");

	for (const struct json *row = json_is_list(list) ? json_first(list) : NULL; row != NULL; row = json_next(row))
		visit_row(row, visit, context);
	json_free(reply);
}
