/* The table of all flags; flag.c reads it. */
#include "core/checks.h"

const struct flag flags[] = {
    {
	.name = "not-settable",
	.words = "not set on a running server",
	.place = FLAG_IN_NOTES,
	.meaning = "These knobs are obeyed by a server only when it starts, and this one was running already; "
		   "they are what they were.",
	.cure = "Give `start:` in the matrix, so that a server is started with the cell's settings.",
    },
    {
	.name = "not-in-start",
	.words = "not in the server's start",
	.place = FLAG_IN_NOTES,
	.meaning = "These knobs are obeyed by a server only when it starts, and the command line that starts it "
		   "does not have them: the server has its own values.",
	.cure = "Put them into `start:` where the server's options have them: --parallel {parallel}.",
    },
    {
	.name = "not-emptied",
	.words = "not emptied between cells",
	.place = FLAG_UNDER,
	.meaning = "This kind of server keeps its model until it ends, and was not started for this cell: it may "
		   "hold prompts and memory of earlier cells, and no load of the model was timed.",
	.cure = "Mention {model} or another axis in `start:`, so that the cell has a start of its own; "
		"`unique_prompts: true` keeps the cache of prompts out.",
    },
    {
	.name = "server-replaced",
	.words = "its server was replaced",
	.place = FLAG_IN_NOTES,
	.meaning = "A server that llmbench did not start, or the cell's model there, is another one than when the "
		   "run began: an update in the night, a model that was pulled anew. What the report says of the "
		   "server is of the last one; cells without this flag were measured on the first.",
	.cure = "Run the matrix again: its cells are not comparable with each other. `start:` keeps a server.",
    },
    {
	.name = "not-loaded",
	.words = "does not list the model as loaded",
	.place = FLAG_IN_NOTES,
	.meaning = "After it had loaded the model the server did not list it among the loaded ones.",
	.cure = "See the server's log: is it evicted by another model, or is keep_alive 0?",
	.check = check_not_loaded,
    },
    {
	.name = "context-differs",
	.words = "asked context ",
	.place = FLAG_IN_NOTES,
	.meaning = "The context of a slot, as the server lists it for the loaded model, or else as its log "
		   "tells it, is not context_size. From the log, where it may be rounded up, only what is "
		   "smaller or a step larger counts.",
	.cure = "Ask for at most the context that the model was trained for.",
	.check = check_context,
    },
    {
	.name = "parallel-differs",
	.words = "asked parallel ",
	.place = FLAG_IN_NOTES,
	.meaning = "The server's log tells another number of slots than parallel.",
	.cure = "Some architectures are always run with one slot; measure them with parallel 1.",
	.check = check_parallel,
    },
    {
	.name = "more-at-once",
	.words = "were answered at once",
	.place = FLAG_IN_NOTES,
	.meaning = "More requests than parallel were between their first and last text event during at least "
		   "a twentieth of the time, so the server has more slots. A request counts no longer than the "
		   "server says that it decoded, since a busy machine writes and reads replies late. Looked at "
		   "where the median request decodes for at least 100 ms.",
	.cure = "Give `start:` in the matrix, so that the server has the cell's parallel.",
	.check = check_more_at_once,
    },
    {
	.name = "fewer-at-once",
	.words = "was ever answered at once",
	.place = FLAG_IN_NOTES,
	.meaning = "Fewer requests than parallel were ever between their first and last text event at the "
		   "same time, though that many were in flight and the median request decodes for at least "
		   "100 ms and for longer than as many prefills take.",
	.cure = "Is the server another one than the cell's, or busy with other clients?",
	.check = check_fewer_at_once,
    },
    {
	.name = "gpu-layers-differ",
	.words = "asked num_gpu ",
	.place = FLAG_IN_NOTES,
	.meaning = "The server's log tells fewer layers on the GPU than num_gpu asks for.",
	.cure = "Ask for fewer, or for a smaller context_size or parallel.",
	.check = check_gpu_layers,
    },
    {
	.name = "partly-on-gpu",
	.words = " on the GPU",
	.place = FLAG_UNDER,
	.meaning = "The server chose to put only a part of the model on the GPU it has, so the rest is "
		   "computed by the CPU, several times slower. By its log, or else by the sizes that it lists.",
	.cure = "A smaller model, context_size or parallel, or a smaller kv_cache_type.",
	.check = check_offload,
    },
    {
	.name = "flash-attention-differs",
	.words = "asked flash attention ",
	.place = FLAG_IN_NOTES,
	.meaning = "The server's log tells the opposite of flash_attention.",
	.cure = "The GPU or the model does not support it; leave the knob unset.",
	.check = check_flash_attention,
    },
    {
	.name = "kv-cache-type-differs",
	.words = "asked KV cache ",
	.place = FLAG_IN_NOTES,
	.meaning = "The server's log tells another number format of the KV cache than kv_cache_type.",
	.cure = "A format other than f16 needs flash_attention: true, and a model that supports it.",
	.check = check_kv_cache_type,
    },
    {
	.name = "no-such-variable",
	.words = "Ollama has no variable",
	.place = FLAG_UNDER,
	.meaning = "A variable of the server's environment or of the cell's profile that no released Ollama "
		   "reads: setting it changes nothing.",
	.cure = "Remove it; `llmbench plan` names what comes nearest.",
    },
    {
	.name = "input-tokens-differ",
	.words = " input tokens, got ",
	.place = FLAG_IN_NOTES,
	.meaning = "Made prompts have another number of tokens than input_tokens (or the trace) asks for, as the "
		   "server counted them: no number of words has exactly so many, the server's vocabulary splits "
		   "common words, it cut them, or it does not count what it had cached.",
	.cure = "Take a length near to it that is met; see prompt_tokens in records.jsonl.",
	.check = check_input_tokens,
    },
    {
	.name = "input-tokens-guessed",
	.words = "length of prompts was not fitted",
	.place = FLAG_IN_NOTES,
	.meaning = "The server did not tell how many tokens a prompt has when it was asked before the cell was "
		   "measured, so prompts have a word for each token of input_tokens, and the template's on top.",
	.cure = "See the reason; a server that counts no tokens cannot be asked for a length.",
    },
    {
	.name = "shared-prefix",
	.words = "all prompts begin with the same",
	.place = FLAG_UNDER,
	.meaning = "shared_prefix_tokens is set: a server that keeps what it computed need not compute these again, "
		   "so TTFT and prefill are those of its cache, as was asked.",
	.cure = "None is needed; leave the knob unset to measure whole prefills.",
	.check = check_shared_prefix,
    },
    {
	.name = "prompt-cut",
	.words = "prompts were cut",
	.place = FLAG_IN_NOTES,
	.meaning = "The server shortened prompts to fit the context and answered as if nothing had happened: "
		   "its log says so, or a prompt counts as many tokens as the context has, or even the largest "
		   "count of a prompt is below one token for two of its words. A cut that leaves more "
		   "than that and is not logged is not seen.",
	.cure = "A larger context_size, or shorter prompts.",
	.check = check_prompt_cut,
    },
    {
	.name = "context-shift",
	.words = "ran past the context",
	.place = FLAG_IN_NOTES,
	.meaning = "Prompt and output tokens of an answer are together more than the context, so the server "
		   "dropped old tokens while it generated.",
	.cure = "A larger context_size, or fewer output_tokens.",
	.check = check_context_shift,
    },
    {
	.name = "reload",
	.words = "the model was loaded again",
	.place = FLAG_IN_NOTES,
	.meaning = "The model was loaded while requests were measured, so their times have a load in them: by "
		   "the log's count of loads, or without a log by a server load time of a request above 1 s or "
		   "above half of the first load's time (and 100 ms).",
	.cure = "A longer keep_alive, and no other client of that server.",
	.check = check_reload,
    },
    {
	.name = "stream-truncated",
	.words = "without their final line",
	.place = FLAG_IN_NOTES,
	.meaning = "Streams with status 200 that ended without saying that they are done; they count as errors. "
		   "Ollama up to 0.33 ends so when a model repeats a token more than 30 times.",
	.cure = "Another prompt or a higher temperature.",
	.check = check_truncated,
    },
    {
	.name = "cut-short",
	.words = "ended after ",
	.place = FLAG_IN_NOTES,
	.meaning = "The cell has fewer trials than it was to have: its own time or that of the run was up, or its "
		   "server failed other cells too often.",
	.cure = "A longer cell_timeout or budget; --resume goes on with it where the budget ended it.",
    },
    {
	.name = "connects-retried",
	.words = "connects were refused and tried again",
	.place = FLAG_IN_NOTES,
	.meaning = "The server's system had no room for so many connections at once; the wait is in the "
		   "requests' times.",
	.cure = "A smaller concurrency, or a longer accept queue (somaxconn).",
    },
    {
	.name = "queue-differs",
	.words = "requests waiting, llmbench",
	.place = FLAG_IN_NOTES,
	.meaning = "In every reading of the server's own metrics, and in three at least, it counted more requests "
		   "waiting for a place than llmbench had sent and got no header for; or fewer, where the "
		   "header comes when the wait is over.",
	.cure = "More: no other client of that server. Fewer: requests wait before they come to the queue, in the "
		"system's accept queue or for a thread of the server.",
    },
    {
	.name = "client-bound",
	.words = "client-bound: ",
	.place = FLAG_IN_NOTES,
	.meaning = "llmbench itself may have been too slow for this cell: its median TTFT or ITL is below ten times "
		   "the 99th percentile of llmbench's own error at that load, or of its send lag; or its thread used "
		   "more than 60 % of a core; or it sent less than 95 % of an open loop's rate. The last, and the send "
		   "lag, are not looked at where requests waited for a place (concurrency) or connects were refused. "
		   "Not told of a simulated server that is faster than real time.",
	.cure = "A lower rate or concurrency, a machine with a free core, or no other program beside llmbench.",
    },
    {
	.name = "rate-not-sent",
	.words = "/s, sent ",
	.place = FLAG_IN_NOTES,
	.meaning = "An open loop was sent at less than 95 % of the rate that was asked, median over the trials: the "
		   "server was offered less than the cell says.",
	.cure = "A lower rate; no concurrency, which makes requests wait for a place.",
    },
    {
	.name = "stood-still",
	.words = "llmbench stood still",
	.place = FLAG_IN_NOTES,
	.meaning = "In this trial llmbench did not run for a second or more at a time: it was stopped (Ctrl-Z, "
		   "SIGSTOP), waited for a terminal or a disk, or got no processor. What came meanwhile was "
		   "stamped late, so the cell's figures have nothing of the trial; another one was run in its "
		   "place, unless four were left out or its server had ended. Its records are kept, and say so.",
	.cure = "Do not stop it while it measures; end other programs.",
    },
    {
	.name = "slept",
	.words = "the machine slept",
	.place = FLAG_IN_NOTES,
	.meaning = "The machine slept, or was suspended, while this trial was measured. The cell's figures have "
		   "nothing of it, as of one in which llmbench stood still.",
	.cure = "Keep the lid open and the machine on mains power; `llmbench doctor` tells whether llmbench can "
		"keep it awake.",
    },
    {
	.name = "interrupted",
	.words = "interrupted after ",
	.place = FLAG_IN_NOTES,
	.meaning = "The user ended the sweep during this trial: requests in flight were let finish, the others were "
		   "not sent. The cell's figures have nothing of the trial where another one is whole; else they "
		   "are of what there is, and of a load that died away.",
	.cure = "--resume measures the trial again.",
    },
    {
	.name = "drift",
	.words = "drift: ",
	.place = FLAG_IN_NOTES,
	.meaning = "Output tokens/s rise or fall from trial to trial by more than 1 %, and the slope differs from 0 "
		   "at 95 % confidence. Most often it is heat.",
	.cure = "cooldown, order: interleaved, or more warmup.",
    },
    {
	.name = "slow-first-trial",
	.words = "slow first trial: ",
	.place = FLAG_IN_NOTES,
	.meaning = "The first of five trials or more is an outlier (hyperfine's rule, and more than 1 %) on the slow "
		   "side.",
	.cure = "More warmup.",
    },
    {
	.name = "outliers",
	.words = "outliers: ",
	.place = FLAG_IN_NOTES,
	.meaning = "Of five trials or more some lie further from the median than ten standard deviations would, "
		   "estimated from the median distance (hyperfine's rule), and by more than 1 %.",
	.cure = "Find out what ran beside them; more trials.",
    },
    {
	.name = "until-not-reached",
	.words = "until: ",
	.place = FLAG_IN_NOTES,
	.meaning = "The interval of output tokens/s (RTFx, inputs/s) was still wider than `until` asks after "
		   "max_trials trials.",
	.cure = "A larger max_trials, more requests in each trial, or a calmer machine.",
    },
    {
	.name = "memory-at-edges",
	.words = "sampled only between phases",
	.place = FLAG_IN_NOTES,
	.meaning = "Two readings of this sensor took over 20 ms each, so no more were taken while requests ran: a "
		   "peak may be missed.",
	.cure = "`llmbench doctor` shows what reading costs here.",
    },
    {
	.name = "page-cache",
	.words = " of mapped files are not in Memory Usage",
	.place = FLAG_IN_NOTES,
	.meaning = "At least half of the server's resident memory, and 1 % of the machine's, are pages of files that "
		   "it maps, as weights are by default in llama.cpp. Linux counts them as available, so used memory "
		   "does not have them; "
		   "the sum is what the cell needs.",
	.cure = "None is needed; compare the sums, or start the server so that it reads its weights (--no-mmap).",
    },
    {
	.name = "short-output",
	.words = "answers stopped before",
	.place = FLAG_UNDER,
	.meaning = "Requests that the model ended by itself with fewer than output_tokens tokens: cells whose "
		   "answers differ in length do not compare by duration.",
	.cure = "Fewer output_tokens, or a prompt with a longer answer; compare rates, not durations.",
	.check = check_short_output,
    },
    {
	.name = "fixed-prompt",
	.words = "fixed prompt: ",
	.place = FLAG_UNDER,
	.meaning = "A prompt is sent more than once as it is, so a server that keeps what it computed need not "
		   "compute it again: prefill and TTFT may be those of its cache.",
	.cure = "unique_prompts: true.",
	.check = check_fixed_prompt,
    },
    {
	.name = "fixed-media",
	.words = "what the server computed of it may be from a cache",
	.place = FLAG_UNDER,
	.meaning = "The same picture or recording is sent more than once as it is, because unique_prompts is off or "
		   "because it cannot be changed safely: only PNG pictures without a palette and not interlaced, and "
		   "WAV recordings with 16-bit integers can.",
	.cure = "Such a PNG or WAV file, and no unique_prompts: off.",
	.check = check_fixed_media,
    },
    {
	.name = "audio-length-differs",
	.words = "a recording of another length",
	.place = FLAG_IN_NOTES,
	.meaning = "The length of the recording by the server's replies differs by more than 5 % from that of the "
		   "file, so the server did not hear all of it, or more; RTF counts the file's. Whole seconds may "
		   "be rounded ones.",
	.cure = "Does the server know the file's format? 16 kHz, one channel and 16-bit integers are safe.",
	.check = check_audio_length,
    },
    {
	.name = "prompt-cache",
	.words = "prefilled from the cache",
	.place = FLAG_UNDER,
	.meaning = "A repeated prompt was prefilled at more than 3 times the best rate of the requests that "
		   "cannot have been cached (the first ones, as many as can be worked on at once), times their "
		   "number as they share the machine; or the server counted less than half of its tokens. Only "
		   "prompts of 32 tokens and more: shorter ones take one step either way.",
	.cure = "unique_prompts: true.",
	.check = check_prompt_cache,
    },
    {
	.name = "anchor-drift",
	.words = "the anchor drifted",
	.place = FLAG_UNDER,
	.meaning = "Between its repeats (`anchor:`) the first cell became faster or slower: the slope of the line "
		   "through their output tokens/s over time differs from 0 at 95 %, and the line moves by more "
		   "than 1 % from the first repeat to the last. Cells that were measured at different times "
		   "differ by that as well. Looked at from three repeats on; a change that is no steady trend, "
		   "such as one step, may be missed.",
	.cure = "`cooldown:`, better cooling, no other programs; `order: interleaved`, so that it meets all cells.",
    },
};

const size_t flag_count = sizeof(flags) / sizeof(flags[0]);
