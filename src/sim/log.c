#include "sim/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "sim/gotext.h"

static void add_local_time(struct text *text, const char *format)
{
	time_t seconds = (time_t)(clock_wall_ns() / NS_PER_S);
	struct tm tm;
	char stamp[64];

	localtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), format, &tm);
	text_add(text, stamp);
}

/* slog's format: milliseconds, offset with a colon, UTC as Z. */
static void add_slog_time(struct text *text)
{
	int64_t wall_ns = clock_wall_ns();
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	char stamp[40], zone[8];

	localtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	text_addf(text, "%s.%03d", stamp, (int)(wall_ns % NS_PER_S / NS_PER_MS));
	if (strcmp(zone, "+0000") == 0)
		text_add_char(text, 'Z');
	else
		text_addf(text, "%.3s:%s", zone, zone + 3);
}

static void put(FILE *file, struct text *text)
{
	fwrite(text->data, 1, text->size, file);
	fflush(file);
	text_release(text);
}

void log_line(const char *level, const char *source, const char *message, const char *rest, ...)
{
	struct text text = {0};
	va_list arguments;

	text_add(&text, "time=");
	add_slog_time(&text);
	text_addf(&text, " level=%s source=%s msg=", level, source);
	if (strpbrk(message, " =\"") != NULL)
		go_add_quoted(&text, message);
	else
		text_add(&text, message);
	va_start(arguments, rest);
	text_addv(&text, rest, arguments);
	va_end(arguments);
	text_add_char(&text, '\n');
	put(stderr, &text);
}

void log_plain_line(const char *level, const char *source, const char *message, const char *rest)
{
	struct text text = {0};

	add_local_time(&text, "%Y/%m/%d %H:%M:%S ");
	text_addf(&text, "%s: %s %s%s\n", source, level, message, rest);
	put(stderr, &text);
}

void log_raw(const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	text_add_char(&text, '\n');
	put(stderr, &text);
}

void log_access(int status, int64_t elapsed_ns, const char *address, const char *method, const char *path)
{
	struct text text = {0}, elapsed = {0};

	add_local_time(&text, "[GIN] %Y/%m/%d - %H:%M:%S");
	/* gin drops what is below a second when there are minutes. */
	go_add_duration(&elapsed, elapsed_ns > 60 * NS_PER_S ? elapsed_ns / NS_PER_S * NS_PER_S : elapsed_ns);
	text_addf(&text, " | %3d | %13s | %15s | %-7s \"%s\"\n", status, text_string(&elapsed), address, method, path);
	text_release(&elapsed);
	put(stdout, &text);
}
