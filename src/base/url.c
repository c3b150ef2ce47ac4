#include "base/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool is_loopback(const char *host, size_t size)
{
	static const char *const names[] = {"localhost", "[::1]", "[::]", "0.0.0.0"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (size == strlen(names[i]) && strncasecmp(host, names[i], size) == 0)
			return true;
	return text_starts_with(host, "127.") && strspn(host, "0123456789.") == size;
}

/* A colon within brackets is part of an address. */
static size_t host_size(const char *host)
{
	return host[0] == '[' ? strcspn(host, "]") + (strchr(host, ']') != NULL) : strcspn(host, ":/?#");
}

/* Where the scheme and the host with its port end; 0: it is no URL with a host. */
static size_t origin_size(const char *url)
{
	const char *host = strstr(url, "://");

	return host != NULL ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;
}

bool url_same_origin(const char *a, const char *b)
{
	size_t size = origin_size(a);

	return size > 0 && size == origin_size(b) && strncasecmp(a, b, size) == 0;
}

bool url_has_credentials(const char *url)
{
	const char *host = strstr(url, "://");

	return strchr(host != NULL ? host : url, '@') != NULL;
}

int url_loopback_port(const char *url)
{
	bool secure = strncasecmp(url, "https://", 8) == 0;
	const char *host = url + (secure ? 8 : 7), *at;
	size_t size;
	long port;
	char *after;

	if (!secure && strncasecmp(url, "http://", 7) != 0)
		return 0;
	at = memchr(host, '@', strcspn(host, "/?#"));
	if (at != NULL)
		host = at + 1;
	size = host_size(host);
	if (!is_loopback(host, size))
		return 0;
	if (host[size] != ':')
		return secure ? 443 : 80;
	port = strtol(host + size + 1, &after, 10);
	return port > 0 && port < 65536 && strchr("/?#", *after) != NULL ? (int)port : 0; /* or its end */
}

/* The port after a host, if there is one, is a number to 65535. */
static bool is_port(const char *string)
{
	char *end;
	long port;

	if (*string != ':')
		return *string == '\0' || *string == '/';
	if (string[1] < '0' || string[1] > '9')
		return false;
	port = strtol(string + 1, &end, 10);
	return port > 0 && port <= 65535 && (*end == '\0' || *end == '/');
}

bool url_is_of_server(const char *url)
{
	const char *host = text_starts_with(url, "http://")    ? url + strlen("http://")
	                   : text_starts_with(url, "https://") ? url + strlen("https://")
	                                                       : NULL;
	const char *end;

	if (host == NULL || strpbrk(url, " \t\r\n?#\"<>\\") != NULL)
		return false;
	end = *host == '[' ? strchr(host, ']') : NULL;
	end = end != NULL ? end + 1 : host + strcspn(host, ":/");
	return end > host && is_port(end);
}
