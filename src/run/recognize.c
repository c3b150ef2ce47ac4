#include "run/recognize.h"

#include <string.h>

#include "load/load.h"

enum { LOCATION_SHOWN = 200 };

static void add_answer(const struct exchange *exchange, struct text *tried)
{
	text_addf(tried, "answered %d", exchange->http_status);
	if (exchange->location == NULL)
		return;
	text_add(tried, " and leads to ");
	text_add_masked(tried, exchange->location, strnlen(exchange->location, LOCATION_SHOWN));
	text_add(tried, ", which is not followed");
}

static void add_try(const char *path, const struct exchange *exchange, struct text *tried)
{
	text_addf(tried, "%sGET %s ", tried->size > 0 ? ", " : "", path);
	if (exchange->transport == TRANSPORT_COMPLETE)
		add_answer(exchange, tried);
	else
		text_addf(tried, "had no answer (%s)", exchange->detail != NULL ? exchange->detail : "none came");
}

bool recognize_server(const struct access *access, int64_t try_ns, const volatile sig_atomic_t *stop,
                      struct identity *identity, struct text *tried)
{
	const char *url = access->url;
	bool known = false, answered = true;

	for (size_t step = 0; !known && answered && identify_path(step) != NULL && !(stop != NULL && *stop); step++) {
		struct request request = {
		    .method = "GET",
		    .url = text_format("%.*s%s", (int)target_url_size(url), url, identify_path(step)),
		    .due_ns = TIME_UNKNOWN,
		};
		struct exchange exchange = {0};

		load_one(&request, access, try_ns, stop, &exchange);
		answered = exchange.transport == TRANSPORT_COMPLETE;
		known = answered && identify_answer(step, &exchange, identity);
		if (!known && tried != NULL)
			add_try(identify_path(step), &exchange, tried);
		exchange_release(&exchange);
		request_release(&request);
	}
	return known;
}
