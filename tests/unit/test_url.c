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
	ok(url_same_origin("http://a:1", "HTTP://A:1/v1?x"), "the same scheme, host and port");
	ok(!url_same_origin("http://a:1", "https://a:1") && !url_same_origin("http://a:1", "http://a:11/") &&
	       !url_same_origin("http://a:1", "http://a:1@b/") && !url_same_origin("http://a", "http://a.b") &&
	       !url_same_origin("", ""),
	   "others");
	ok(url_has_credentials("http://a:b@c") && url_has_credentials("http://a@c/v1") && url_has_credentials("a/b@c"),
	   "credentials");
	ok(!url_has_credentials("http://a:1/v1") && !url_has_credentials(""), "none");
	ok(url_is_of_server("http://a") && url_is_of_server("https://[::1]:8000/v1") && url_is_of_server("http://a:1/"),
	   "a server's");
	ok(!url_is_of_server("a:1") && !url_is_of_server("http://") && !url_is_of_server("http://a:0") &&
	       !url_is_of_server("http://a:b") && !url_is_of_server("http://a/?b") && !url_is_of_server("ftp://a"),
	   "and no server's");
	return tap_done();
}
