#include "cli/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"

enum { COLUMNS_DEFAULT = 80, COLUMNS_MOST = 10000 };

size_t terminal_columns(int file)
{
	const char *told = getenv("COLUMNS");
	struct winsize size;
	int64_t columns;

	if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (told != NULL && units_read_integer(told, &columns) && columns > 0 && columns <= COLUMNS_MOST)
		return (size_t)columns;
	return COLUMNS_DEFAULT;
}

bool terminal_has_colour(int file)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(file) && (no == NULL || no[0] == '\0') && term != NULL && !text_equal(term, "dumb");
}
