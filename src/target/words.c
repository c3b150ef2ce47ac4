/*
 * The server's words about a failure, as it answered them.
 */
#include <string.h>

#include "base/memory.h"
#include "target/words.h"

size_t words_cut(const char *bytes, size_t size, size_t limit)
{
	size_t at = 0;

	while (at < size) {
		uint32_t point;
		size_t length = text_utf8(bytes + at, size - at, &point);

		length = length > 0 ? length : 1;
		if (at + length > limit)
			break;
		at += length;
	}
	return at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *words_masked(const char *bytes, size_t size)
{
	struct text text = {0};

	while (size > 0 && is_blank(*bytes)) {
		bytes++;
		size--;
	}
	while (size > 0 && is_blank(bytes[size - 1]))
		size--;
	if (size == 0)
		return NULL;
	text_add_masked(&text, bytes, words_cut(bytes, size, WORDS_MAX));
	return text_take(&text);
}

static char *masked_string(const char *string)
{
	return string != NULL ? words_masked(string, strlen(string)) : NULL;
}

/* What says that it is an error; NULL: nothing does. */
static const struct json *error_of(const struct json *object)
{
	const char *type = json_get_string(object, "object");
	const struct json *error = json_get(object, "error");

	if (error != NULL)
		return error;
	return type != NULL && strcmp(type, "error") == 0 ? object : json_get(object, "detail");
}

bool words_is_error(const struct json *object)
{
	return error_of(object) != NULL;
}

/* An error that is a string, or an object with a message, or a list of them of which the first counts. */
static const char *message_of(const struct json *error)
{
	static const char *const keys[] = {"message", "msg"};
	const struct json *first = json_is_list(error) ? json_first(error) : error;

	for (size_t i = 0; json_is_object(first) && i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_get_string(first, keys[i]) != NULL)
			return json_get_string(first, keys[i]);
	return json_as_string(first);
}

/* FastAPI's list says of which field it speaks: "Field required (body.model)". */
static char *placed_words(const struct json *error, const char *message)
{
	const struct json *place = json_get(json_is_list(error) ? json_first(error) : NULL, "loc");
	struct text text = {0};
	size_t named = 0;
	char *words;

	text_add(&text, message);
	for (const struct json *part = json_first(place); part != NULL; part = json_next(part))
		if (json_as_string(part) != NULL)
			text_addf(&text, "%s%s", named++ == 0 ? " (" : ".", json_as_string(part));
	text_add(&text, named > 0 ? ")" : "");
	words = words_masked(text_string(&text), text.size);
	text_release(&text);
	return words;
}

/* Since 0.30 the string may be the whole JSON answer of the runner: its message is what was meant. */
static char *words_within(const struct json *error, const char *message)
{
	struct json *inner = *message == '{' ? json_parse(message, strlen(message)) : NULL;
	char *words = inner != NULL ? masked_string(message_of(json_get(inner, "error"))) : NULL;

	json_free(inner);
	return words != NULL ? words : placed_words(error, message);
}

static char *all_of(const struct json *object)
{
	struct text text = {0};
	char *words;

	json_add_to(&text, object);
	words = words_masked(text_string(&text), text.size);
	text_release(&text);
	return words;
}

char *words_of_error(const struct json *object)
{
	const struct json *error = error_of(object);
	const char *message = message_of(error);
	char *words = message != NULL ? words_within(error, message) : NULL;

	return words != NULL || error == NULL ? words : all_of(object);
}

/* A body that is no JSON object (404 page not found, a proxy's page) speaks by its first line that is not blank. */
static char *first_line(const char *bytes, size_t size)
{
	size_t length = 0;

	while (size > 0 && is_blank(*bytes)) {
		bytes++;
		size--;
	}
	while (length < size && bytes[length] != '\n')
		length++;
	return words_masked(bytes, length);
}

static char *body_words(const struct exchange *exchange)
{
	struct json *object;
	char *words;

	if (exchange->body_size == 0)
		return NULL;
	object = json_parse(exchange->body, exchange->body_size);
	words = words_of_error(object);
	json_free(object);
	return words != NULL ? words : first_line(exchange->body, exchange->body_size);
}

static const char *transport_words(enum transport transport)
{
	switch (transport) {
	case TRANSPORT_CONNECT:
		return "no connection";
	case TRANSPORT_EMPTY:
		return "the server closed the connection without an answer";
	case TRANSPORT_PARTIAL:
		return "the connection broke in the middle of the answer";
	case TRANSPORT_TIMEOUT:
		return "no whole answer within the time limit";
	case TRANSPORT_IDLE_TIMEOUT:
		return "the answer stood still for longer than the time limit";
	case TRANSPORT_CANCELLED:
		return "cancelled";
	case TRANSPORT_TOO_LARGE:
		return "the answer is too large";
	case TRANSPORT_COMPLETE:
	case TRANSPORT_OTHER:
		break;
	}
	return "the transfer failed";
}

char *words_of_failure(const struct exchange *exchange)
{
	struct text location = {0};
	char *words;

	if (exchange->location != NULL) {
		text_add_masked(&location, exchange->location,
		                words_cut(exchange->location, strlen(exchange->location), WORDS_MAX));
		words =
		    text_format("HTTP status %d leads to %s, which is not followed: give that server's address as url",
		                exchange->http_status, text_string(&location));
		text_release(&location);
		return words;
	}
	if (exchange->http_status != 0 && exchange->http_status != 200) {
		words = body_words(exchange);
		return words != NULL ? words : text_format("HTTP status %d", exchange->http_status);
	}
	if (exchange->http_status == 200 && exchange->transport == TRANSPORT_COMPLETE)
		return NULL;
	words = masked_string(exchange->detail);
	return words != NULL ? words : memory_string(transport_words(exchange->transport));
}
