#include "core/cell.h"

#define MEMBER(member)   .offset = offsetof(struct cell, member)
#define RANGE(low, high) .minimum = (low), .maximum = (high)

#define MS  1e6 /* durations are ranges of nanoseconds */
#define H   3600e9
#define DAY (24 * H)

static const char *const arrivals[] = {"poisson", "constant", NULL};
static const char *const tasks[] = {"text", "caption", "vqa", "transcribe", "embed", NULL};
static const char *const apis[] = {"generate", "chat", NULL};
static const char *const thinks[] = {"off", "on", "low", "medium", "high", "max", NULL};
static const char *const uniques[] = {"off", "on", "auto", NULL};
static const char *const kv_cache_types[] = {"f16", "q8_0", "q4_0", NULL};

const struct cell_field cell_fields[] = {
    {.name = "model",
     .aliases = {"models"},
     .type = CELL_TEXT,
     MEMBER(model),
     .help = "The model, by the name that the server knows it by. Required."},
    {.name = "queue_size",
     .aliases = {"queue_sizes", "queue"},
     .type = CELL_INTEGER,
     MEMBER(queue_size),
     RANGE(0, 1e6),
     .unit = "requests",
     .restarts = true,
     .help = "Requests that the server queues before it answers 503 (OLLAMA_MAX_QUEUE). Ollama "
             "queues only while it loads a model: one that is already loaded accepts any number, "
             "so this cannot change the figures of a warm model."},
    {.name = "context_size",
     .aliases = {"context_sizes", "num_ctx"},
     .type = CELL_INTEGER,
     MEMBER(context_size),
     RANGE(4, 16777216),
     .unit = "tokens",
     .fallback = "2048",
     .help = "Context of each slot (num_ctx). The server keeps room for context_size times "
             "parallel tokens."},
    {.name = "parallel",
     .aliases = {"parallelism", "num_parallel"},
     .type = CELL_INTEGER,
     MEMBER(parallel),
     RANGE(1, 4096),
     .unit = "slots",
     .fallback = "1",
     .restarts = true,
     .help = "Requests that the server works on at once for a model (OLLAMA_NUM_PARALLEL); the "
             "others wait."},
    {.name = "requests",
     .type = CELL_INTEGER,
     MEMBER(requests),
     RANGE(1, 1e6),
     .unit = "requests",
     .fallback = "16",
     .help = "Requests measured in each trial."},
    {.name = "concurrency",
     .type = CELL_INTEGER,
     MEMBER(concurrency),
     RANGE(1, 65536),
     .unit = "requests",
     .help = "Requests in flight at most. Unset: all at once, as one burst; with rate, no limit."},
    {.name = "rate",
     .type = CELL_RATE,
     MEMBER(rate_rps),
     RANGE(0, 1e6),
     .help = "Open loop: requests become due at this mean rate, whether or not earlier ones have "
             "ended. Unset: closed loop."},
    {.name = "arrival",
     .type = CELL_CHOICE,
     MEMBER(arrival),
     .fallback = "poisson",
     .choices = arrivals,
     .help = "How requests of an open loop are spaced: at random, independent of each other "
             "(poisson), or evenly (constant)."},
    {.name = "prompt",
     .type = CELL_TEXT,
     MEMBER(prompt),
     .fallback = "Why is the blue sky blue?",
     .help = "The prompt of every request. With task caption and vqa the default asks about the picture, with "
             "transcribe there is none."},
    {.name = "prompts",
     .type = CELL_TEXT,
     MEMBER(prompts),
     .help = "A file with one prompt a line (.txt), or one object or row with a prompt each "
             "(.jsonl, .csv); requests take them in turn. An object may have messages instead, a list of "
             "{role, content}: a conversation, of which each user message is a request (see turns). Replaces prompt."},
    {.name = "prompt_field",
     .type = CELL_TEXT,
     MEMBER(prompt_field),
     .help = "The member (.jsonl) or column (.csv) of the file prompts that has the prompt, or the messages. "
             "Unset: prompt, or else text, or else messages."},
    {.name = "unique_prompts",
     .type = CELL_CHOICE,
     MEMBER(unique_prompts),
     .choices = uniques,
     .help = "Begin each prompt with a nonce, 16 hex digits that follow from seed, trial and request, so "
             "that no prompt is in the server's cache; a conversation has one, before its first message. Unset or "
             "auto: on for prompts from a file, off for one fixed prompt, whose prefill figures may then be those "
             "of the cache. Made prompts differ by themselves and have no nonce; off makes them all the same. "
             "Unless it is off, each request also has a picture or recording of its own, equal to the file's but "
             "for the last pixels or the lowest bits of the last samples."},
    {.name = "input_tokens",
     .type = CELL_LENGTHS,
     MEMBER(input_tokens),
     .map_offset = offsetof(struct cell, input_lengths),
     RANGE(1, 1e6),
     .unit = "tokens",
     .help = "Prompts are made, so long as the server counts them, its template included: common words by seed, "
             "in each request others, from the first word on. Before the cell is measured the server is asked how "
             "many words that takes, by a few requests of one output token. Where it cannot be met, or the counts "
             "of the measured requests differ, the row says so. Replaces prompt."},
    {.name = "shared_prefix_tokens",
     .type = CELL_INTEGER,
     MEMBER(shared_prefix_tokens),
     RANGE(1, 1e6),
     .unit = "tokens",
     .help = "So many tokens at the start of made prompts, after the template's own, are the same in all requests "
             "of a cell, as with a system prompt: a server that keeps what it computed is then meant to use it. "
             "They are a part of input_tokens."},
    {.name = "turns",
     .type = CELL_INTEGER,
     MEMBER(turns),
     RANGE(1, 1000),
     .unit = "requests",
     .help = "Requests of a conversation at most: each is sent when the one before it is done, with all messages "
             "before it. The answers in these messages are those of the data set, or made (output_tokens long), "
             "not the server's: so the load does not depend on what it answers. With input_tokens, that is the "
             "length of the first request and of the text that each later one adds. requests counts them all; "
             "rate is of first ones. Needs api: chat. Unset: 1, or as many as a conversation of prompts has."},
    {.name = "think_time",
     .type = CELL_DURATION,
     MEMBER(think_time_ns),
     RANGE(0, DAY),
     .help = "How long after a turn of a conversation is done the next one is due. Unset: at once."},
    {.name = "trace",
     .type = CELL_TEXT,
     MEMBER(trace),
     .help = "A file (.csv, .jsonl) of arrivals that are replayed, as an open loop, in each trial. Each has arrival_s "
             "or arrival_ms, not before that of the line above; a prompt, or input_tokens (or input_length) for a "
             "made one; and, if it likes, output_tokens (or output_length). requests, where it is set, takes the "
             "first ones only. Replaces prompt and rate."},
    {.name = "trace_speed",
     .type = CELL_REAL,
     MEMBER(trace_speed),
     RANGE(0.001, 1000),
     .help = "How many times as fast as it was recorded the trace is replayed. Unset: 1."},
    {.name = "output_tokens",
     .aliases = {"num_predict"},
     .type = CELL_LENGTHS,
     MEMBER(output_tokens),
     .map_offset = offsetof(struct cell, output_lengths),
     RANGE(1, 1e6),
     .unit = "tokens",
     .fallback = "256",
     .help = "Tokens generated for each request at most (num_predict); a model may stop earlier. A map is a "
             "distribution, from which each request draws by seed, the same in each trial: normal {mean, spread}, "
             "uniform {min, max}, lognormal {median, sigma}; the first and the last may have min and max too."},
    {.name = "trials",
     .type = CELL_INTEGER,
     MEMBER(trials),
     RANGE(1, 1000),
     .fallback = "1",
     .help = "Repetitions of the cell; figures of whole trials are reported as their median with the "
             "95 % interval of their mean, which takes 3 trials or more."},
    {.name = "until",
     .type = CELL_PERCENT,
     MEMBER(until_pct),
     RANGE(0.1, 100),
     .help =
         "Repeat trials until half the width of the 95 % interval of output tokens/s (RTFx of recordings, inputs/s of "
         "embeddings) is at most this share of its median, or max_trials is reached. Unset: as many as trials says."},
    {.name = "max_trials",
     .type = CELL_INTEGER,
     MEMBER(max_trials),
     RANGE(3, 1000),
     .help = "Trials at most when until repeats them. Unset: 30."},
    {.name = "warmup",
     .type = CELL_INTEGER,
     MEMBER(warmup),
     RANGE(0, 10000),
     .unit = "requests",
     .fallback = "1",
     .help = "Requests sent and forgotten before the measured ones of each cell."},
    {.name = "slo", .type = CELL_LIMITS, MEMBER(slo), .help = "Limits that a request must meet to count as goodput."},
    {.name = "temperature",
     .type = CELL_REAL,
     MEMBER(temperature),
     RANGE(0, 10),
     .fallback = "0",
     .help = "Randomness of the choice of tokens; 0 always takes the likeliest."},
    {.name = "seed",
     .type = CELL_INTEGER,
     MEMBER(seed),
     RANGE(0, 2147483647),
     .fallback = "1",
     .help = "Seed of the server's choice of tokens, of the open loop's arrival times, and of lengths and texts "
             "that are made."},
    {.name = "think",
     .type = CELL_CHOICE,
     MEMBER(think),
     .fallback = "off",
     .choices = thinks,
     .help = "Whether, or how hard, a thinking model thinks before it answers. Thinking counts as "
             "text."},
    {.name = "api",
     .type = CELL_CHOICE,
     MEMBER(api),
     .fallback = "generate",
     .choices = apis,
     .help = "Which interface of the server is asked: plain generation or chat. With Ollama both apply the model's "
             "template; elsewhere (/v1/completions) plain generation does not. A server that has only chat, and "
             "requests with a picture or earlier messages, are asked by chat."},
    {.name = "raw",
     .type = CELL_SWITCH,
     MEMBER(raw),
     .fallback = "false",
     .help = "Send the prompt without the model's template (generate only)."},
    {.name = "stream",
     .type = CELL_SWITCH,
     MEMBER(stream),
     .fallback = "true",
     .help = "Receive the answer as it is made. Without it there is one text event, and so no ITL "
             "and no TPOT."},
    {.name = "num_gpu",
     .type = CELL_INTEGER,
     MEMBER(num_gpu),
     RANGE(-1, 10000),
     .unit = "layers",
     .help = "Layers of the model on the GPU; 0 uses the CPU only, -1 leaves the number to the "
             "server. Unset: not sent."},
    {.name = "num_batch",
     .type = CELL_INTEGER,
     MEMBER(num_batch),
     RANGE(1, 1e6),
     .unit = "tokens",
     .help = "Prompt tokens that the server computes in one step. Unset: the server's default."},
    {.name = "num_thread",
     .type = CELL_INTEGER,
     MEMBER(num_thread),
     RANGE(1, 4096),
     .unit = "threads",
     .help = "CPU threads that the server computes with. Unset: the server's default."},
    {.name = "flash_attention",
     .type = CELL_SWITCH,
     MEMBER(flash_attention),
     .restarts = true,
     .help = "Flash attention on or off (OLLAMA_FLASH_ATTENTION); it changes memory and speed. "
             "Unset: the server decides."},
    {.name = "kv_cache_type",
     .type = CELL_CHOICE,
     MEMBER(kv_cache_type),
     .choices = kv_cache_types,
     .restarts = true,
     .help = "Number format of the KV cache (OLLAMA_KV_CACHE_TYPE); anything but f16 needs flash "
             "attention. Unset: the server's default."},
    {.name = "keep_alive",
     .type = CELL_TEXT,
     MEMBER(keep_alive),
     .fallback = "30m",
     .help = "How long the server keeps the idle model in memory: a duration such as 30m or 1h30m, "
             "or seconds; negative is for ever."},
    {.name = "timeout",
     .type = CELL_DURATION,
     MEMBER(timeout_ns),
     RANGE(0, 30 * DAY),
     .fallback = "2h",
     .help = "A request that has not ended after this time has failed; 0 sets no limit."},
    {.name = "idle_timeout",
     .type = CELL_DURATION,
     MEMBER(idle_timeout_ns),
     RANGE(0, 30 * DAY),
     .fallback = "10m",
     .help = "A reply that has begun and then sends nothing for this long has failed; 0 sets no "
             "limit."},
    {.name = "cell_timeout",
     .type = CELL_DURATION,
     MEMBER(cell_timeout_ns),
     RANGE(0, 30 * DAY),
     .fallback = "12h",
     .help = "What is unfinished this long after a cell began is cancelled; 0 sets no limit."},
    {.name = "load_timeout",
     .type = CELL_DURATION,
     MEMBER(load_timeout_ns),
     RANGE(0, 30 * DAY),
     .fallback = "30m",
     .help = "How long the server may take to load the model; 0 sets no limit."},
    {.name = "ready_timeout",
     .type = CELL_DURATION,
     MEMBER(ready_timeout_ns),
     RANGE(MS, 30 * DAY),
     .fallback = "2m",
     .help = "How long a server may take until it answers."},
    {.name = "sample_interval",
     .type = CELL_DURATION,
     MEMBER(sample_interval_ns),
     RANGE(100 * MS, H),
     .fallback = "1s",
     .help = "Time between two samples of the machine's memory."},
    {.name = "metrics_interval",
     .type = CELL_DURATION,
     MEMBER(metrics_interval_ns),
     RANGE(100 * MS, H),
     .help = "Time between two readings of the server's own metrics while requests are measured, where it has "
             "some: queue, KV cache, counters. Unset: 1s."},
    {.name = "calibrate",
     .type = CELL_SWITCH,
     MEMBER(calibrate),
     .help = "After a cell was measured, measure llmbench's own error at its streams and token rate, "
             "against a server of known truth beside the idle one; half a second for each load that is "
             "new in the run. Unset: true."},
    {.name = "task",
     .type = CELL_CHOICE,
     MEMBER(task),
     .choices = tasks,
     .help = "What the model is asked to do: text (the answer to the prompt), caption or vqa (describe image, or "
             "answer the prompt about it), transcribe (write down audio), embed (the vector of the prompt). "
             "Unset: text."},
    {.name = "image",
     .type = CELL_TEXT,
     MEMBER(image),
     .help = "A file with a picture (PNG or JPEG), beside the matrix, that is sent with each prompt of the tasks "
             "caption and vqa."},
    {.name = "audio",
     .type = CELL_TEXT,
     MEMBER(audio),
     .help = "A file with a recording (WAV), beside the matrix, that is sent with each request of the task "
             "transcribe."},
    {.name = "ignore_eos",
     .aliases = {"force_length"},
     .type = CELL_SWITCH,
     MEMBER(ignore_eos),
     .help = "Generate all output_tokens, whatever the model would end with: answers of one length compare across "
             "servers. llama-server, vLLM, SGLang, LocalAI and transformers serve obey it; where a server cannot, "
             "the row says that answers were shorter. Unset: the model may stop earlier."},
    {.name = "cooldown",
     .type = CELL_DURATION,
     MEMBER(cooldown_ns),
     RANGE(0, DAY),
     .help = "Before each cell, wait until the machine is calm: thermal state nominal, CPU about as cool as before "
             "the first cell, other programs quiet; at most this long, and the row says so when it was not enough. "
             "Unset or 0: no wait."},
    {.name = "budget", .type = CELL_DURATION, .planned = true, .help = "Time that the whole run may take."},
};

const size_t cell_field_count = sizeof(cell_fields) / sizeof(cell_fields[0]);
