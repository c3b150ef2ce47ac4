#include "core/exchange.h"

#include <stdlib.h>

void request_release(struct request *request)
{
	free(request->url);
	free(request->body);
	*request = (struct request){0};
}

void exchange_release(struct exchange *exchange)
{
	free(exchange->head);
	free(exchange->body);
	free(exchange->chunks);
	free(exchange->location);
	free(exchange->detail);
	*exchange = (struct exchange){0};
}
