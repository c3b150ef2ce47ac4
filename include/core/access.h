/*
 * What a server wants to be told before it answers, and how it is known to be
 * the right one. All of it is borrowed.
 */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

struct access {
	const char *url;     /* of the server: the key goes to its scheme, host and port and nowhere else */
	const char *key;     /* sent with each request as "Authorization: Bearer KEY"; NULL: none */
	const char *ca_file; /* PEM: the certificates to trust instead of the system's; NULL: the system's */
};

/* Of a key. A shorter one could not be told from other text, and so not be hidden in it. */
enum { ACCESS_KEY_LEAST = 8 };

#endif
