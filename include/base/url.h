/*
 * What of a URL matters here.
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>

/*
 * The port of an http:// or https:// URL whose host is this machine by its
 * name or address (localhost, 127.*, ::1, and 0.0.0.0 and ::, which lead here
 * too); 0: it is another host, or no such URL. Names are not looked up.
 */
int url_loopback_port(const char *url);

/* Whether a server can be asked at it: http://HOST or https://HOST, with a port and a path if it likes. */
bool url_is_of_server(const char *url);

/* Whether two http:// or https:// URLs have the same scheme, host and port, as they are written. */
bool url_same_origin(const char *a, const char *b);

/* Whether a user's name, or more, may stand before the host: with any @, since passwords are written as they are. */
bool url_has_credentials(const char *url);

#endif
