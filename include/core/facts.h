/*
 * What a server says of itself and of its models.
 */
#ifndef CORE_FACTS_H
#define CORE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "core/model_shape.h"

/* Everything is unknown (NULL, JSON_UNKNOWN) until asked; see facts_reset. */
struct model_facts {
	char *server;    /* whose model it is: name of the server settings; NULL: not known */
	char *name;      /* as the matrix names it */
	char *full_name; /* as the server names it: with its tag */
	char *digest;
	int64_t size_bytes;     /* on disk */
	char *block;            /* what `ollama show` prints, lines ended by \n */
	int64_t context_length; /* the model was trained for */
	char *architecture;     /* "llama" */
	char *quantization;     /* as the server calls it: "Q4_K_M", "4bit", "bfloat16" */
	int64_t parameters;     /* exact where the server counts them, else its rounded figure ("3.2B") */
	int64_t layers, embedding_length, vocabulary;
	struct model_shape shape;
	/* of the loaded model */
	int64_t loaded_bytes, loaded_vram_bytes, loaded_context_size;
	bool remembered; /* from before the run was resumed: the server of now has not been asked yet */
};

struct server_facts {
	char *name; /* of the server settings */
	char *adapter;
	char *kind; /* which server speaks the adapter's interface: "llama-server", "vllm"; NULL: not recognized */
	char *version;
	char *command;          /* managed: how it was started; NULL: it was running */
	char *simulated;        /* what device is simulated, at which speed; NULL: this is a real server */
	double simulated_speed; /* its time runs so many times faster than real time; 0: this is a real server */
	char *memory_file;      /* a simulated device's memory, see machine/memory.h; NULL: the machine's own */
};

void model_facts_reset(struct model_facts *facts);
void model_facts_release(struct model_facts *facts);
void server_facts_release(struct server_facts *facts);

/* As they stand in summary.json; what is absent there is unknown. */
struct json *model_facts_json(const struct model_facts *facts);
struct model_facts model_facts_parse(const struct json *json);
struct json *server_facts_json(const struct server_facts *facts);
struct server_facts server_facts_parse(const struct json *json);

#endif
