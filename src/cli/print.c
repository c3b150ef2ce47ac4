#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

bool print_result(const char *text, struct failure *failure)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		return failure_set(failure, STATUS_CANNOT_GO_ON, "cannot write to standard output: %s",
		                   strerror(errno));
	return true;
}

void print_message(const char *message)
{
	struct text masked = {0};

	text_add_masked(&masked, message, strlen(message));
	fprintf(stderr, "llmbench: %s\n", text_string(&masked));
	text_release(&masked);
}
