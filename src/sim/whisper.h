/*
 * llmbench-sim --api whisper: one model of speech recognition, as one kind of
 * server offers it. Requests are heard strictly one after the other. The
 * header X-Llmbench-Simulated is that of --api openai (sim/openai.h).
 *
 * A recording is heard in windows of 30 s, a shorter one is padded, so time is
 * a step: windows · (encoder's operations / the device's rate + the bytes that
 * the decoder reads / the device's bandwidth).
 */
#ifndef SIM_WHISPER_H
#define SIM_WHISPER_H

#include <event2/http.h>

#include "sim/breakage.h"
#include "sim/sim.h"
#include "sim/whisper_text.h"

struct whisper_model {
	const char *name;
	double encoder_parameters, decoder_parameters;
};

extern const struct whisper_model whisper_models[];
extern const size_t whisper_model_count;
const struct whisper_model *whisper_model_find(const char *name); /* NULL when there is none */

/* Processing time of one window on a device, without the server's first set-up. Pure. */
double whisper_window_s(const struct device *device, const struct whisper_model *model);

struct whisper_settings {
	const struct whisper_kind *kind;
	const char *model_name;
	int64_t ready_after_ns; /* negative: as long as the device loads */
	struct breakages breakages;
};

struct whisper;
struct whisper *whisper_new(struct sim *sim, const struct whisper_settings *settings);
void whisper_free(struct whisper *whisper); /* NULL is allowed */

/* As openai_closed_ns() and so on. */
int64_t whisper_closed_ns(const struct whisper *whisper);
void whisper_loaded(struct whisper *whisper);
void whisper_listen(struct whisper *whisper, struct evhttp *http);

#endif
