/* Which URLs lead to this machine. */
#include "base/url.h"
#include "tap.h"

int main(void)
{
	static const struct {
		const char *url;
		int want;
	} cases[] = {
	    {"http://127.0.0.1:11434", 11434},
	    {"http://127.0.0.1:11434/v1", 11434},
	    {"http://localhost:8080/v1/", 8080},
	    {"HTTP://LocalHost:8080", 8080},
	    {"http://[::1]:8000/v1", 8000},
	    {"http://[::]:8000", 8000},
	    {"http://0.0.0.0:1234?x", 1234},
	    {"http://127.1.2.3", 80},
	    {"https://localhost/v1", 443},
	    {"http://user:secret@localhost:81/", 81},
	    {"http://localhost@example.org:81/", 0},
	    {"http://127.0.0.1.example.org:80", 0},
	    {"http://localhost.example.org", 0},
	    {"http://192.168.1.5:11434", 0},
	    {"http://example.org:11434/127.0.0.1", 0},
	    {"http://[::1", 0},
	    {"http://[fe80::1]:8000", 0},
	    {"http://127.0.0.1:0", 0},
	    {"http://127.0.0.1:65536", 0},
	    {"http://127.0.0.1:80x", 0},
	    {"ftp://127.0.0.1:80", 0},
	    {"http://", 0},
	    {"", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(url_loopback_port(cases[i].url), cases[i].want, cases[i].url);
	return tap_done();
}
