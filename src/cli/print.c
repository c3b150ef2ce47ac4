#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/terminal.h"
#include "report/report.h"

bool print_result(const char *text, struct failure *failure)
{
	/* Who reads it may have seen enough, as `head` does: what is kept in files is whole. */
	if ((fputs(text, stdout) == EOF || fflush(stdout) == EOF) && errno != EPIPE)
		return failure_set(failure, STATUS_CANNOT_GO_ON, "cannot write to standard output: %s",
		                   strerror(errno));
	return true;
}

bool print_report(struct report_input *input, const struct report_style *style, const struct report_format *format,
                  struct failure *failure)
{
	struct text text = {0};
	bool good;

	if (format == NULL)
		format = isatty(STDOUT_FILENO) ? report_terminal_format : &report_formats[0];
	input->options.width = terminal_columns(STDOUT_FILENO);
	input->options.colour = terminal_has_colour(STDOUT_FILENO);
	good = format->write(input, style, &text, failure) && print_result(text_string(&text), failure);
	text_release(&text);
	return good;
}

void print_message(const char *message)
{
	struct text masked = {0};

	text_add_masked(&masked, message, strlen(message));
	fprintf(stderr, "llmbench: %s\n", text_string(&masked));
	text_release(&masked);
}
