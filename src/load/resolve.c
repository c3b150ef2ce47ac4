#include "resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

/* libcurl knows localhost and its subdomains without asking anybody. */
static bool is_known(const char *host)
{
	struct in_addr address;
	size_t size = strlen(host);

	return host[0] == '[' || inet_pton(AF_INET, host, &address) == 1 || curl_strequal(host, "localhost") ||
	       (size > 10 && curl_strequal(host + size - 10, ".localhost"));
}

/* ",address" for each; an IPv6 address with a zone is left out, libcurl cannot read it here. */
static void add_addresses(struct text *text, const struct addrinfo *addresses)
{
	char separator = ':';

	for (const struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
		char name[NI_MAXHOST];

		if (getnameinfo(a->ai_addr, a->ai_addrlen, name, sizeof name, NULL, 0, NI_NUMERICHOST) != 0 ||
		    strchr(name, '%') != NULL)
			continue;
		text_addf(text, a->ai_family == AF_INET6 ? "%c[%s]" : "%c%s", separator, name);
		separator = ',';
	}
}

/* Adds nothing when the name is not known. */
static struct curl_slist *add_host(struct curl_slist *list, const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *addresses;
	struct text entry = {0};
	size_t empty;

	if (is_known(host) || getaddrinfo(host, port, &hints, &addresses) != 0)
		return list;
	text_addf(&entry, "%s:%s", host, port);
	empty = entry.size;
	add_addresses(&entry, addresses);
	freeaddrinfo(addresses);
	if (entry.size > empty) {
		struct curl_slist *longer = curl_slist_append(list, text_string(&entry));

		list = longer != NULL ? longer : list;
	}
	text_release(&entry);
	return list;
}

static struct curl_slist *add_url(struct curl_slist *list, const char *url)
{
	CURLU *parts = curl_url();
	char *host = NULL, *port = NULL;

	if (parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
		list = add_host(list, host, port);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parts);
	return list;
}

/* The length of "scheme://host:port" of a URL. */
static size_t origin_size(const char *url)
{
	const char *host = strstr(url, "://");

	return host == NULL ? strlen(url) : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
}

struct curl_slist *resolve_hosts(const struct request *requests, size_t count)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t size = origin_size(requests[i].url);

		/* The requests of a load go to one server: it is enough not to ask twice in a row. */
		if (i == 0 || size != origin_size(requests[i - 1].url) ||
		    strncmp(requests[i].url, requests[i - 1].url, size) != 0)
			list = add_url(list, requests[i].url);
	}
	return list;
}
