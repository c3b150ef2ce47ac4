#include "base/failure.h"

#include <assert.h>
#include <stdlib.h>

bool failure_set(struct failure *failure, enum status status, const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	assert(status != STATUS_DONE);
	if (failure_is_set(failure))
		return false;
	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	failure->status = status;
	failure->message = text_take(&text);
	return false;
}

bool failure_is_set(const struct failure *failure)
{
	return failure->message != NULL;
}

void failure_release(struct failure *failure)
{
	free(failure->message);
	*failure = (struct failure){0};
}
