#include "sim/api_options.h"

#include <string.h>

#include "base/units.h"
#include "sim/model.h"

#define DEFAULT_KIND          "llama-server"
#define DEFAULT_WHISPER_KIND  "whisper.cpp"
#define DEFAULT_MODEL         "llama3.2"
#define DEFAULT_WHISPER_MODEL "whisper-base"

void api_options_begin(struct api_options *options)
{
	*options = (struct api_options){
	    .openai =
		{
		    .parallel = API_UNSET,
		    .queue_limit = API_UNSET,
		    .context_size = API_UNSET,
		    .image_tokens = API_UNSET,
		    .stream_interval = 1,
		    .ready_after_ns = API_UNSET,
		    .ping_ns = API_UNSET,
		},
	    .whisper = {.ready_after_ns = API_UNSET},
	};
}

static bool read_api(struct api_options *options, const char *value, struct failure *failure)
{
	static const char *const names[] = {"ollama", "openai", "whisper"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], value) == 0) {
			options->api = (enum api)i;
			return true;
		}
	}
	return failure_set(failure, STATUS_USER_MISTAKE, "no such api \"%s\"; allowed: ollama, openai, whisper", value);
}

static bool read_number(int *number, int least, int most, const char *name, const char *value, struct failure *failure)
{
	int64_t integer;

	if (!units_read_integer(value, &integer) || integer < least || integer > most)
		return failure_set(failure, STATUS_USER_MISTAKE, "%s \"%s\": allowed: %d to %d", name, value, least,
		                   most);
	*number = (int)integer;
	return true;
}

static bool read_duration(int64_t *ns, const char *name, const char *value, struct failure *failure)
{
	if (!units_read_duration(value, ns) || *ns < 0)
		return failure_set(failure, STATUS_USER_MISTAKE, "%s \"%s\": allowed: a time like 500ms or 3s", name,
		                   value);
	return true;
}

bool api_options_read(struct api_options *options, enum api_option option, const char *name, const char *value,
                      struct failure *failure)
{
	struct openai_settings *openai = &options->openai;

	if (option != API_OPTION_API && option != API_OPTION_FAULT)
		options->last = name;
	switch (option) {
	case API_OPTION_API:
		return read_api(options, value, failure);
	case API_OPTION_KIND:
		options->kind_name = value;
		return true;
	case API_OPTION_QUIRK:
		if (options->quirk_count == API_QUIRKS_MAX)
			return failure_set(failure, STATUS_USER_MISTAKE, "at most %d quirks", API_QUIRKS_MAX);
		options->quirks[options->quirk_count++] = value;
		return true;
	case API_OPTION_MODEL:
		options->model_name = value;
		return true;
	case API_OPTION_PARALLEL:
		return read_number(&openai->parallel, 1, 65536, name, value, failure);
	case API_OPTION_QUEUE_LIMIT:
		return read_number(&openai->queue_limit, 0, 1000000, name, value, failure);
	case API_OPTION_CONTEXT:
		return read_number(&openai->context_size, 4, 1 << 24, name, value, failure);
	case API_OPTION_IMAGE_TOKENS:
		return read_number(&openai->image_tokens, 1, 65536, name, value, failure);
	case API_OPTION_STREAM_INTERVAL:
		return read_number(&openai->stream_interval, 1, 1000000, name, value, failure);
	case API_OPTION_HALF_CHARACTERS:
		return read_number(&openai->half_characters, 1, 1000000, name, value, failure);
	case API_OPTION_READY_AFTER:
		return read_duration(&openai->ready_after_ns, name, value, failure);
	case API_OPTION_PING:
		return read_duration(&openai->ping_ns, name, value, failure);
	case API_OPTION_NO_CACHE:
		openai->no_prompt_cache = true;
		return true;
	case API_OPTION_EMBEDDINGS:
		openai->embeddings = true;
		return true;
	case API_OPTION_METRICS:
		openai->metrics = true;
		return true;
	case API_OPTION_FAULT:
		if (options->fault_count == API_FAULTS_MAX)
			return failure_set(failure, STATUS_USER_MISTAKE, "at most %d faults", API_FAULTS_MAX);
		options->faults[options->fault_count++] = value;
		return true;
	case API_OPTION_COUNT:
		break;
	}
	return true;
}

static void add_kinds(struct text *text)
{
	for (size_t i = 0; i < kind_count; i++)
		text_addf(text, "%s%s", i > 0 ? ", " : "", kinds[i].name);
}

static void add_whisper_kinds(struct text *text)
{
	for (size_t i = 0; i < whisper_kind_count; i++)
		text_addf(text, "%s%s", i > 0 ? ", " : "", whisper_kinds[i].name);
}

static bool mistake_about(struct failure *failure, const char *what, const char *given, void (*add)(struct text *text))
{
	struct text names = {0};

	add(&names);
	failure_set(failure, STATUS_USER_MISTAKE, "no such %s \"%s\"; allowed: %s", what, given, text_string(&names));
	text_release(&names);
	return false;
}

static bool finish_openai(struct api_options *options, struct failure *failure)
{
	const char *name = options->kind_name != NULL ? options->kind_name : DEFAULT_KIND;
	const struct kind *kind = kind_find(name);
	struct text error = {0};

	if (kind == NULL)
		return mistake_about(failure, "kind", name, add_kinds);
	options->openai.kind = *kind;
	options->openai.model_name = options->model_name != NULL ? options->model_name : DEFAULT_MODEL;
	for (int i = 0; i < options->quirk_count && error.size == 0; i++)
		kind_set_quirk(&options->openai.kind, options->quirks[i], &error);
	if (error.size > 0)
		failure_set(failure, STATUS_USER_MISTAKE, "--quirk: %s", text_string(&error));
	else if (model_find(options->openai.model_name) == NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "no such model \"%s\"; llmbench-sim --list names them all",
		            options->openai.model_name);
	text_release(&error);
	return !failure_is_set(failure);
}

static bool finish_whisper(struct api_options *options, struct failure *failure)
{
	const char *name = options->kind_name != NULL ? options->kind_name : DEFAULT_WHISPER_KIND;
	struct whisper_settings *settings = &options->whisper;

	settings->kind = whisper_kind_find(name);
	if (settings->kind == NULL)
		return mistake_about(failure, "kind", name, add_whisper_kinds);
	settings->model_name = options->model_name != NULL ? options->model_name : DEFAULT_WHISPER_MODEL;
	settings->ready_after_ns = options->openai.ready_after_ns;
	settings->breakages = options->openai.breakages;
	if (whisper_model_find(settings->model_name) == NULL)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "no such model \"%s\"; llmbench-sim --list names them all", settings->model_name);
	if (options->quirk_count > 0)
		return failure_set(failure, STATUS_USER_MISTAKE, "--quirk: only with --api openai");
	return true;
}

static bool finish_ollama(const struct api_options *options, struct faults *faults, struct failure *failure)
{
	if (options->last != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE, "%s: only with --api openai or whisper",
		                   options->last);
	for (int i = 0; i < options->fault_count; i++)
		if (!faults_read(faults, options->faults[i], failure))
			return false;
	return true;
}

static bool read_breakages(struct api_options *options, struct failure *failure)
{
	struct text error = {0};

	for (int i = 0; i < options->fault_count; i++)
		if (error.size == 0 && !breakages_add(&options->openai.breakages, options->faults[i], &error))
			failure_set(failure, STATUS_USER_MISTAKE, "--fault %s: %s", options->faults[i],
			            text_string(&error));
	text_release(&error);
	return !failure_is_set(failure);
}

bool api_options_finish(struct api_options *options, struct faults *faults, struct failure *failure)
{
	switch (options->api) {
	case API_OLLAMA:
		return finish_ollama(options, faults, failure);
	case API_OPENAI:
		return read_breakages(options, failure) && finish_openai(options, failure);
	case API_WHISPER:
		return read_breakages(options, failure) && finish_whisper(options, failure);
	}
	return true;
}

const char *api_kind_name(const struct api_options *options)
{
	return options->api == API_WHISPER ? options->whisper.kind->name : options->openai.kind.name;
}

int api_port(const struct api_options *options)
{
	return options->api == API_WHISPER ? options->whisper.kind->port : options->openai.kind.port;
}

void api_add_list(struct text *text)
{
	text_add(text, "\nFaults of --api openai and whisper, =N after N tokens, ,request=N only in that one:\n");
	breakages_add_list(text);
	text_add(text, "\nKinds of --api openai:\n");
	for (size_t i = 0; i < kind_count; i++)
		text_addf(text, "  %-14s port %d, %d requests at once\n", kinds[i].name, kinds[i].port,
		          kinds[i].parallel);
	text_add(text, "\nQuirks of these kinds, for --quirk NAME=WORD:\n");
	kind_add_quirks(text);
	text_add(text, "\nKinds of --api whisper: ");
	add_whisper_kinds(text);
	text_add(text, "\nIts models: ");
	for (size_t i = 0; i < whisper_model_count; i++)
		text_addf(text, "%s%s", i > 0 ? ", " : "", whisper_models[i].name);
	text_add_char(text, '\n');
}
