#include "sim/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sim/model.h"

#define DEFAULT_DEVICE  "m4-16g"
#define DEFAULT_VERSION "0.6.3" /* of the days of seed 000 */

enum option_id {
	OPTION_DEVICE = API_OPTION_COUNT, /* after those of enum api_option */
	OPTION_PORT,
	OPTION_SPEED,
	OPTION_TRUTH,
	OPTION_NO_MEMORY_FILE,
	OPTION_SCRIPT,
	OPTION_OLLAMA_VERSION,
	OPTION_LIST,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option {
	int id;
	const char *name;
	const char *argument; /* NULL: takes none */
	const char *help;
} table[] = {
    {OPTION_DEVICE, "--device", "NAME", "the machine to simulate (default " DEFAULT_DEVICE "; see --list)"},
    {API_OPTION_API, "--api", "NAME", "the interface to speak: ollama (default), openai, whisper"},
    {OPTION_PORT, "--port", "N",
     "listen on this port, 0: any free one (default: OLLAMA_HOST's, else 11434; the kind's)"},
    {OPTION_SPEED, "--speed", "X", "divide all simulated times by X (default 1); keep-alive stays in real time"},
    {API_OPTION_FAULT, "--fault", "NAME[=N]",
     "let something go wrong, as on real servers (see --list); may be repeated"},
    {OPTION_TRUTH, "--truth", "FILE", "append a JSON line for each request: when its tokens were due and written"},
    {OPTION_NO_MEMORY_FILE, "--no-memory-file", NULL,
     "tell no memory of the device: llmbench then reads this machine's sensors"},
    {OPTION_SCRIPT, "--script", "FILE", "not available in this version"},
    {OPTION_OLLAMA_VERSION, "--ollama-version", "V",
     "behave like this version of Ollama (default " DEFAULT_VERSION ")"},
    {API_OPTION_KIND, "--kind", "NAME", "which server of that interface (default llama-server, or whisper.cpp)"},
    {API_OPTION_QUIRK, "--quirk", "X=WORD",
     "as another server does in this one point, several times: done=absent, lines=crlf"},
    {API_OPTION_MODEL, "--model", "NAME", "the model that is served (default llama3.2, or whisper-base)"},
    {API_OPTION_PARALLEL, "--parallel", "N", "requests at once (default: as many as the kind does)"},
    {API_OPTION_QUEUE_LIMIT, "--queue-limit", "N", "requests that may wait, for kinds that turn others away"},
    {API_OPTION_CONTEXT, "--context-size", "N", "tokens of one request, prompt and answer (default 4096)"},
    {API_OPTION_IMAGE_TOKENS, "--image-tokens", "N", "tokens of one image (default: the model's)"},
    {API_OPTION_STREAM_INTERVAL, "--stream-interval", "N", "tokens of one event (default 1)"},
    {API_OPTION_HALF_CHARACTERS, "--half-characters", "N", "every Nth token ends inside of a character"},
    {API_OPTION_READY_AFTER, "--ready-after", "TIME", "how long the model loads (default: as the device does)"},
    {API_OPTION_PING, "--ping-interval", "TIME", "silence before a comment line, for kinds that send them"},
    {API_OPTION_NO_CACHE, "--no-prompt-cache", NULL, "read every prompt whole"},
    {API_OPTION_EMBEDDINGS, "--embeddings", NULL, "/v1/embeddings of kinds that need a switch for it"},
    {API_OPTION_METRICS, "--metrics", NULL, "/metrics of kinds that need a switch for it"},
    {OPTION_LIST, "--list", NULL, "print devices, models, kinds, quirks and faults, and end"},
    {OPTION_HELP, "--help", NULL, "print this, and end"},
    {OPTION_VERSION, "--version", NULL, "print the version of llmbench-sim, and end"},
};

#define OPTION_COUNT (sizeof(table) / sizeof(table[0]))

static bool mistake_about_name(struct failure *failure, const char *given)
{
	struct text_guess guess = {.word = given};

	for (size_t i = 0; i < OPTION_COUNT; i++)
		text_guess_offer(&guess, table[i].name, table[i].name);
	if (guess.nearest != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE, "no such option \"%s\" (did you mean \"%s\"?)", given,
		                   guess.nearest);
	return failure_set(failure, STATUS_USER_MISTAKE, "no such option \"%s\"; llmbench-sim --help lists them all",
	                   given);
}

static bool read_device(struct options *options, const char *value, struct failure *failure)
{
	struct text_guess guess = {.word = value};
	struct text names = {0};

	options->device = device_find(value);
	if (options->device != NULL)
		return true;
	for (size_t i = 0; i < device_count; i++) {
		text_addf(&names, "%s%s", i > 0 ? ", " : "", devices[i].name);
		text_guess_offer(&guess, devices[i].name, devices[i].name);
	}
	if (guess.nearest != NULL)
		text_addf(&names, " (did you mean \"%s\"?)", guess.nearest);
	failure_set(failure, STATUS_USER_MISTAKE, "no such device \"%s\"; allowed: %s", value, text_string(&names));
	text_release(&names);
	return false;
}

static bool read_port(struct options *options, const char *value, struct failure *failure)
{
	int64_t port;

	if (!units_read_integer(value, &port) || port < 0 || port > 65535)
		return failure_set(failure, STATUS_USER_MISTAKE, "--port \"%s\": allowed: 0 to 65535", value);
	options->port = (int)port;
	return true;
}

static bool read_speed(struct options *options, const char *value, struct failure *failure)
{
	if (!units_read_real(value, &options->speed) || options->speed < 1e-3 || options->speed > 1e6)
		return failure_set(failure, STATUS_USER_MISTAKE, "--speed \"%s\": allowed: 0.001 to 1000000", value);
	return true;
}

static bool read_version(struct options *options, const char *value, struct failure *failure)
{
	options->ollama_version = value;
	if (!version_rules_of(value, &options->rules))
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--ollama-version \"%s\": allowed: a version like 0.6.3 or 0.12.6", value);
	return true;
}

static bool apply(struct options *options, const struct option *option, const char *value, struct failure *failure)
{
	if (option->id < API_OPTION_COUNT)
		return api_options_read(&options->api, (enum api_option)option->id, option->name, value, failure);
	switch ((enum option_id)option->id) {
	case OPTION_DEVICE:
		return read_device(options, value, failure);
	case OPTION_PORT:
		return read_port(options, value, failure);
	case OPTION_SPEED:
		return read_speed(options, value, failure);
	case OPTION_TRUTH:
		options->truth = value;
		return true;
	case OPTION_NO_MEMORY_FILE:
		options->no_memory_file = true;
		return true;
	case OPTION_SCRIPT:
		return failure_set(failure, STATUS_USER_MISTAKE, "--script: not available in this version");
	case OPTION_OLLAMA_VERSION:
		return read_version(options, value, failure);
	case OPTION_LIST:
		options->list = true;
		return true;
	case OPTION_HELP:
		options->help = true;
		return true;
	case OPTION_VERSION:
		options->version = true;
		return true;
	}
	return true;
}

/* "--port" of "--port" and of "--port=1". */
static const struct option *find(const char *word, const char **value)
{
	size_t length = strcspn(word, "=");

	*value = word[length] == '=' ? word + length + 1 : NULL;
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (strlen(table[i].name) == length && strncmp(table[i].name, word, length) == 0)
			return &table[i];
	return NULL;
}

static bool read_word(struct options *options, char **argv, int *at, struct failure *failure)
{
	const char *word = argv[*at], *value;
	const struct option *option = find(word, &value);

	if (option == NULL)
		return mistake_about_name(failure, word);
	if (option->argument == NULL && value != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE, "%s takes no value", option->name);
	if (value == NULL && option->argument != NULL)
		value = argv[++*at];
	else if (value == NULL)
		value = "";
	if (value == NULL)
		return failure_set(failure, STATUS_USER_MISTAKE, "%s needs a value: %s %s", option->name, option->name,
		                   option->argument);
	return apply(options, option, value, failure);
}

bool options_read(struct options *options, int argc, char **argv, struct failure *failure)
{
	int first = argc > 1 && (strcmp(argv[1], "serve") == 0 || strcmp(argv[1], "start") == 0) ? 2 : 1;

	*options = (struct options){.device = device_find(DEFAULT_DEVICE), .port = PORT_FROM_ENVIRONMENT, .speed = 1};
	faults_reset(&options->faults);
	api_options_begin(&options->api);
	read_version(options, DEFAULT_VERSION, failure);
	for (int at = first; at < argc; at++) {
		if (strcmp(argv[at], "-h") == 0)
			options->help = true;
		else if (!read_word(options, argv, &at, failure))
			return false;
	}
	return options->help || options->list || options->version ||
	       api_options_finish(&options->api, &options->faults, failure);
}

void options_add_help(struct text *text)
{
	text_add(text, "usage: llmbench-sim [serve] [option]…\n\n"
	               "A simulated Ollama server: the API, the queue, the memory and the pace of a machine\n"
	               "that you do not have. It obeys OLLAMA_HOST, OLLAMA_NUM_PARALLEL, OLLAMA_MAX_QUEUE,\n"
	               "OLLAMA_CONTEXT_LENGTH, OLLAMA_KEEP_ALIVE, OLLAMA_FLASH_ATTENTION and\n"
	               "OLLAMA_KV_CACHE_TYPE; one model is loaded at a time. TERM or INT ends it.\n\n"
	               "With --api openai or whisper it is another server instead, of the kind that --kind\n"
	               "names; each of its replies has a header X-Llmbench-Simulated. --list tells the kinds.\n\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char *name = text_format("%s %s", table[i].name, table[i].argument != NULL ? table[i].argument : "");

		text_addf(text, "  %-22s %s\n", name, table[i].help);
		free(name);
	}
}

void options_add_list(struct text *text)
{
	text_add(text, "Devices:\n");
	for (size_t i = 0; i < device_count; i++)
		text_addf(text, "  %-14s %s\n", devices[i].name, devices[i].what);
	text_add(text, "\nModels:\n");
	for (size_t i = 0; i < model_count; i++) {
		text_addf(text, "  %-40s ", models[i].name);
		units_add_gb(text, models[i].size_bytes);
		text_addf(text, "  %s %s\n", models[i].parameter_size, quantization_name(models[i].quantization));
	}
	text_add(text, "\nFaults of --api ollama:\n");
	faults_add_list(text);
	api_add_list(text);
}
