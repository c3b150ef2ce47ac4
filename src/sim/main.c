/*
 * llmbench-sim: a simulated Ollama server, or one of another interface.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <event2/event.h>
#include <event2/http.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "sim/gotext.h"
#include "sim/listener.h"
#include "sim/log.h"
#include "sim/loop.h"
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

static void log_ollama_start(const struct sim *sim, int port)
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

/* What the chosen interface does with the listening server. */
struct service {
	const char *kind;              /* NULL: Ollama */
	int64_t closed_ns;             /* before it listens */
	void (*loaded)(void *context); /* after that, when there is any */
	void *context;
};

/* False: a signal came first. */
static bool wait_closed(struct sim *sim, const struct service *service)
{
	struct timeval wait = {
	    .tv_sec = (time_t)(service->closed_ns / NS_PER_S),
	    .tv_usec = (suseconds_t)(service->closed_ns % NS_PER_S / NS_PER_US),
	};

	if (service->closed_ns > 0) {
		event_base_loopexit(sim->base, &wait);
		event_base_dispatch(sim->base);
		if (event_base_got_break(sim->base))
			return false;
	}
	if (service->loaded != NULL)
		service->loaded(service->context);
	return true;
}

static void log_start(const struct sim *sim, const struct service *service, int port)
{
	if (service->kind == NULL)
		log_ollama_start(sim, port);
	else
		fprintf(stderr, "llmbench-sim: Listening on %s:%d (%s)\n", sim->environment.host, port, service->kind);
}

static int bind_and_serve(struct sim *sim, struct evhttp *http, const struct service *service)
{
	sim->listener = listener_open(sim->base, http, sim->environment.host, sim->environment.port);
	if (sim->listener == NULL) {
		fprintf(stderr, "Error: listen tcp %s:%d: bind: %s\n", sim->environment.host, sim->environment.port,
		        errno == EADDRINUSE ? "address already in use" : strerror(errno));
		return 1; /* as Ollama's */
	}
	log_start(sim, service, listener_port(sim->listener));
	event_base_dispatch(sim->base);
	listener_free(sim->listener);
	return STATUS_DONE;
}

static int listen_and_serve(struct sim *sim, struct evhttp *http, const struct service *service)
{
	struct event *term = evsignal_new(sim->base, SIGTERM, on_signal, sim->base);
	struct event *interrupt = evsignal_new(sim->base, SIGINT, on_signal, sim->base);
	int status = STATUS_DONE;

	event_add(term, NULL);
	event_add(interrupt, NULL);
	if (wait_closed(sim, service))
		status = bind_and_serve(sim, http, service);
	event_free(term);
	event_free(interrupt);
	return status;
}

static struct evhttp *new_http(struct sim *sim)
{
	struct evhttp *http = evhttp_new(sim->base);

	evhttp_set_allowed_methods(http, ALL_METHODS);
	evhttp_set_max_headers_size(http, LARGEST_HEADERS);
	evhttp_set_max_body_size(http, LARGEST_BODY);
	return http;
}

static int serve_ollama(struct sim *sim)
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
	const struct service service = {.kind = NULL};
	struct evhttp *http = new_http(sim);
	int status;

	sim->scheduler = scheduler_new(&setup);
	evhttp_set_gencb(http, routes_handle, sim);
	status = listen_and_serve(sim, http, &service);
	evhttp_free(http); /* closes all connections, whatever they wait for */
	scheduler_free(sim->scheduler);
	return status;
}

static void on_openai_loaded(void *context)
{
	openai_loaded(context);
}

static int serve_openai(struct sim *sim, const struct openai_settings *settings)
{
	struct failure failure = {0};
	struct openai *openai = openai_new(sim, settings, &failure);
	struct service service = {.context = openai};
	struct evhttp *http;
	int status;

	if (openai == NULL)
		return complain(&failure);
	service.kind = openai->kind->name;
	service.closed_ns = openai_closed_ns(openai);
	service.loaded = openai->kind->ready == READY_REFUSED ? on_openai_loaded : NULL;
	http = new_http(sim);
	openai_listen(openai, http);
	status = listen_and_serve(sim, http, &service);
	evhttp_free(http);
	openai_free(openai);
	return status;
}

static void on_whisper_loaded(void *context)
{
	whisper_loaded(context);
}

static int serve_whisper(struct sim *sim, const struct whisper_settings *settings)
{
	struct whisper *whisper = whisper_new(sim, settings);
	const struct service service = {
	    .kind = settings->kind->name,
	    .closed_ns = whisper_closed_ns(whisper),
	    .loaded = on_whisper_loaded,
	    .context = whisper,
	};
	struct evhttp *http = new_http(sim);
	int status;

	whisper_listen(whisper, http);
	status = listen_and_serve(sim, http, &service);
	evhttp_free(http);
	whisper_free(whisper);
	return status;
}

static int serve(struct sim *sim, const struct api_options *api)
{
	switch (api->api) {
	case API_OLLAMA:
		return serve_ollama(sim);
	case API_OPENAI:
		return serve_openai(sim, &api->openai);
	case API_WHISPER:
		return serve_whisper(sim, &api->whisper);
	}
	return STATUS_DONE;
}

/* Ollama's variables are Ollama's: other servers listen on loopback, on their own port. */
static void read_address(struct sim *sim, const struct options *options)
{
	if (options->api.api == API_OLLAMA) {
		ollama_environment_read(&sim->environment, &sim->rules);
	} else {
		sim->environment.host = memory_string("127.0.0.1");
		sim->environment.port = api_port(&options->api);
	}
	if (options->port != PORT_FROM_ENVIRONMENT)
		sim->environment.port = options->port;
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
	read_address(&sim, options);
	if (options->truth != NULL && (sim.truth = fopen(options->truth, "a")) == NULL)
		failure_set(&failure, STATUS_USER_MISTAKE, "--truth %s: %s", options->truth, strerror(errno));
	if (!failure_is_set(&failure) && !options->no_memory_file)
		memory_file_create(&sim.memory_file, sim.device->memory_bytes, &failure);
	if (failure_is_set(&failure)) {
		status = complain(&failure);
	} else {
		sim.base = loop_new();
		status = serve(&sim, &options->api);
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

	file_open_standard();
	json_open();
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
