/*
 * What servers of OpenAI's interface say of themselves and of their model, as
 * JSON text.
 */
#ifndef SIM_OPENAI_DESCRIBE_H
#define SIM_OPENAI_DESCRIBE_H

#include "base/text.h"
#include "sim/openai.h"

void openai_add_models(struct text *text, const struct openai *openai);       /* /v1/models */
void openai_add_props(struct text *text, const struct openai *openai);        /* llama-server's /props */
void openai_add_slots(struct text *text, const struct openai *openai);        /* llama-server's /slots */
void openai_add_health(struct text *text, const struct openai *openai);       /* /health */
void openai_add_tgi_info(struct text *text, const struct openai *openai);     /* TGI's /info */
void openai_add_sglang_info(struct text *text, const struct openai *openai);  /* SGLang's /get_server_info */
void openai_add_sglang_model(struct text *text, const struct openai *openai); /* … and /get_model_info */
void openai_add_sglang_load(struct text *text, const struct openai *openai);  /* … and /get_load */
void openai_add_status(struct text *text, const struct openai *openai);       /* vllm-mlx's /v1/status */
void openai_add_perf(struct text *text, const struct openai *openai);         /* KoboldCpp's /api/extra/perf */
void openai_add_lmstudio_v0(struct text *text, const struct openai *openai);  /* LM Studio's /api/v0/models */
void openai_add_lmstudio_v1(struct text *text, const struct openai *openai);  /* … and /api/v1/models */
void openai_add_mlx_metrics(struct text *text, const struct openai *openai);  /* mlx-vlm's /v1/metrics */

#endif
