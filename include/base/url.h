/*
 * What of a URL matters here.
 */
#ifndef BASE_URL_H
#define BASE_URL_H

/*
 * The port of an http:// or https:// URL whose host is this machine by its
 * name or address (localhost, 127.*, ::1, and 0.0.0.0 and ::, which lead here
 * too); 0: it is another host, or no such URL. Names are not looked up.
 */
int url_loopback_port(const char *url);

#endif
