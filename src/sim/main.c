/*
 * llmbench-sim: a simulated Ollama server.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <event2/event.h>
#include <event2/http.h>

#include "sim/gotext.h"
#include "sim/listener.h"
#include "sim/log.h"
#include "sim/options.h"
#include "sim/routes.h"
#include "sim/sim.h"

#define LARGEST_HEADERS 65536
#define LARGEST_BODY    (64 << 20)

#define ALL_METHODS                                                                                \
	(EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | \
	 EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH)

static int complain(struct failure *failure)
{
	int status = failure->status;

	fprintf(stderr, "llmbench-sim: %s\n", failure->message);
	failure_release(failure);
	return status;
}

static int print(void (*add)(struct text *text))
{
	struct text text = {0};

	add(&text);
	fputs(text_string(&text), stdout);
	text_release(&text);
	return STATUS_DONE;
}

/* As many connections as the system allows: a burst is part of what is simulated. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Timers of microseconds, and no time remembered from the beginning of a loop. */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	event_config_set_flag(config, EVENT_BASE_FLAG_NO_CACHE_TIME);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static void log_start(const struct sim *sim, int port)
{
	struct text map = {0}, rest = {0}, message = {0}, total = {0};
	bool brackets = strchr(sim->environment.host, ':') != NULL;

	ollama_environment_add_map(&map, &sim->environment);
	text_addf(&rest, " env=\"%s\"", text_string(&map));
	if (sim->rules.plain_first_log_lines)
		log_plain_line("INFO", "routes.go:1230", "server config", text_string(&rest));
	else
		log_line("INFO", "routes.go:1230", "server config", "%s", text_string(&rest));
	text_addf(&message, "Listening on %s%s%s:%d (version %s)", brackets ? "[" : "", sim->environment.host,
	          brackets ? "]" : "", port, sim->version);
	log_line("INFO", "routes.go:1297", text_string(&message), "%s", "");
	go_add_gib(&total, sim->device->library == GPU_NONE ? sim->device->ram_bytes : sim->device->working_set_bytes);
	log_line("INFO", "types.go:130", "inference compute",
	         " id=0 library=%s variant=\"\" compute=\"\" driver=0.0 name=\"%s\" total=\"%s\" available=\"%s\"",
	         sim->device->library == GPU_NONE    ? "cpu"
	         : sim->device->library == GPU_METAL ? "metal"
	                                             : "cuda",
	         sim->device->gpu_name, text_string(&total), text_string(&total));
	text_release(&map);
	text_release(&rest);
	text_release(&message);
	text_release(&total);
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	event_base_loopbreak(context);
}

static int listen_and_serve(struct sim *sim, struct evhttp *http)
{
	struct event *term, *interrupt;

	sim->listener = listener_open(sim->base, http, sim->environment.host, sim->environment.port);
	if (sim->listener == NULL) {
		fprintf(stderr, "Error: listen tcp %s:%d: bind: %s\n", sim->environment.host, sim->environment.port,
		        errno == EADDRINUSE ? "address already in use" : strerror(errno));
		return 1; /* as Ollama's */
	}
	term = evsignal_new(sim->base, SIGTERM, on_signal, sim->base);
	interrupt = evsignal_new(sim->base, SIGINT, on_signal, sim->base);
	event_add(term, NULL);
	event_add(interrupt, NULL);
	log_start(sim, listener_port(sim->listener));
	event_base_dispatch(sim->base);
	event_free(term);
	event_free(interrupt);
	listener_free(sim->listener);
	return STATUS_DONE;
}

static int serve(struct sim *sim)
{
	const struct scheduler_setup setup = {
	    .base = sim->base,
	    .device = sim->device,
	    .speed = sim->speed,
	    .rules = &sim->rules,
	    .environment = &sim->environment,
	    .memory_file = &sim->memory_file,
	    .faults = &sim->faults,
	};
	struct evhttp *http = evhttp_new(sim->base);
	int status;

	sim->scheduler = scheduler_new(&setup);
	evhttp_set_gencb(http, routes_handle, sim);
	evhttp_set_allowed_methods(http, ALL_METHODS);
	evhttp_set_max_headers_size(http, LARGEST_HEADERS);
	evhttp_set_max_body_size(http, LARGEST_BODY);
	status = listen_and_serve(sim, http);
	evhttp_free(http); /* closes all connections, whatever they wait for */
	scheduler_free(sim->scheduler);
	return status;
}

static int start(const struct options *options)
{
	struct sim sim = {
	    .device = options->device,
	    .version = options->ollama_version,
	    .rules = options->rules,
	    .speed = options->speed,
	    .faults = options->faults,
	};
	struct failure failure = {0};
	int status;

	signal(SIGPIPE, SIG_IGN);
	raise_file_limit();
	ollama_environment_read(&sim.environment, &sim.rules);
	if (options->port != PORT_FROM_ENVIRONMENT)
		sim.environment.port = options->port;
	if (options->truth != NULL && (sim.truth = fopen(options->truth, "a")) == NULL)
		failure_set(&failure, STATUS_USER_MISTAKE, "--truth %s: %s", options->truth, strerror(errno));
	if (!failure_is_set(&failure))
		memory_file_create(&sim.memory_file, sim.device->memory_bytes, &failure);
	if (failure_is_set(&failure)) {
		status = complain(&failure);
	} else {
		sim.base = new_base();
		status = serve(&sim);
		event_base_free(sim.base);
	}
	memory_file_release(&sim.memory_file);
	if (sim.truth != NULL)
		fclose(sim.truth);
	ollama_environment_release(&sim.environment);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct failure failure = {0};

	if (!options_read(&options, argc, argv, &failure))
		return complain(&failure);
	if (options.help)
		return print(options_add_help);
	if (options.list)
		return print(options_add_list);
	if (options.version) {
		printf("llmbench-sim %s\n", LLMBENCH_VERSION);
		return STATUS_DONE;
	}
	return start(&options);
}
