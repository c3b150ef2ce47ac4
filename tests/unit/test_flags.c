/*
 * Each flag on evidence that raises it and on evidence, as near as can be,
 * that does not.
 */
#include "core/flag.h"

#include <stdlib.h>

#include "tap.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)
#define U     JSON_UNKNOWN

enum { MOST = 8 };

/* A cell that is what it asks for, and four requests of it, one after the other on one slot. */
struct example {
	struct cell cell;
	struct model_facts model;
	struct record records[MOST];
	int64_t events[MOST][2];
	const char *prompts[MOST];
	struct evidence evidence;
};

/* Decodes from begin to end; sent at 0. */
static void set_times(struct example *example, size_t i, int64_t begin_ms, int64_t end_ms)
{
	struct record *record = &example->records[i];

	example->events[i][0] = MS(begin_ms);
	example->events[i][1] = MS(end_ms);
	record->due_ns = record->sent_ns = 0;
	record->event_ns = example->events[i];
	record->event_count = 2;
	record->done_ns = MS(end_ms);
}

static void make_example(struct example *example)
{
	*example = (struct example){0};
	cell_reset(&example->cell);
	example->cell.model = "tiny";
	example->cell.parallel = 1;
	example->cell.requests = 4;
	example->cell.context_size = 2048;
	example->cell.output_tokens = 50;
	model_facts_reset(&example->model);
	example->model.loaded_bytes = example->model.loaded_vram_bytes = 1000;
	example->model.loaded_context_size = 2048;
	example->model.context_length = 4096;
	example->prompts[0] = "one two three";
	for (size_t i = 0; i < MOST; i++) {
		example->records[i] = (struct record){
		    .request = i,
		    .trial = 1,
		    .outcome = OUTCOME_OK,
		    .prompt_tokens = 100,
		    .output_tokens = 50,
		    .server_total_ns = U,
		    .server_load_ns = MS(5),
		    .server_prefill_ns = MS(100),
		    .server_decode_ns = MS(900),
		};
		set_times(example, i, (int64_t)(1000 * i + 100), (int64_t)(1000 * i + 1000));
	}
	example->evidence = (struct evidence){
	    .cell = &example->cell,
	    .model = &example->model,
	    .asked_loaded = true,
	    .records = example->records,
	    .count = 4,
	    .prompts = example->prompts,
	    .prompt_count = 1,
	    .unique_prompts = true,
	    .load_s = 4,
	};
	proof_reset(&example->evidence.loaded);
	proof_reset(&example->evidence.measured);
}

static void all_at_once(struct example *example, size_t slots)
{
	for (size_t i = 0; i < 4; i++)
		set_times(example, i, (int64_t)(1000 * (i / slots) + 100), (int64_t)(1000 * (i / slots) + 1000));
}

/* --- Changes to the example, and the flags that they raise, joined by " + "; "" for none. */

#define CHANGE(name, code)                                      \
	static void name(struct example *e)                     \
	{                                                       \
		struct proof *loaded = &e->evidence.loaded;     \
		struct proof *measured = &e->evidence.measured; \
		(void)loaded;                                   \
		(void)measured;                                 \
		code;                                           \
	}

CHANGE(nothing, )
CHANGE(not_listed, e->model.loaded_bytes = e->model.loaded_context_size = U)
CHANGE(context_only, e->model.loaded_bytes = U)
CHANGE(not_asked, e->model.loaded_bytes = e->model.loaded_context_size = U; e->evidence.asked_loaded = false)
CHANGE(context_listed, e->model.loaded_context_size = 1024)
CHANGE(context_trained, e->cell.context_size = 8192; e->model.loaded_context_size = 4096)
CHANGE(context_logged, e->model.loaded_context_size = U; loaded->context_size = 1024)
CHANGE(context_padded, e->model.loaded_context_size = U; loaded->context_size = 2048 + 255)
CHANGE(context_beyond_padding, e->model.loaded_context_size = U; loaded->context_size = 2048 + 256)
CHANGE(context_unknown, e->model.loaded_context_size = U)
CHANGE(parallel_logged, e->cell.parallel = 4; loaded->parallel = 1)
CHANGE(parallel_forced, e->cell.parallel = 4; loaded->parallel = 1; strcpy(loaded->single_family, "qwen3vl"))
CHANGE(parallel_proved, loaded->parallel = 1)
CHANGE(two_slots, e->cell.parallel = 2; all_at_once(e, 2))
CHANGE(too_many, all_at_once(e, 2))
CHANGE(too_many_briefly, for (size_t i = 0; i < 4; i++) set_times(e, i, (int64_t)i * 900, (int64_t)i * 900 + 920))
CHANGE(too_many_but_short, for (size_t i = 0; i < 4; i++) set_times(e, i, 10, 100))
CHANGE(too_many_told, all_at_once(e, 2); for (size_t i = 0; i < 4; i++) e->records[i].server_decode_ns = U)
/* A machine that is too busy to write and read: decoding took 200 ms each, one after the other. */
CHANGE(
    written_late, for (size_t i = 0; i < 4; i++) {
	    set_times(e, i, (int64_t)i * 210, (int64_t)i * 210 + 900);
	    e->records[i].server_decode_ns = MS(200);
    })
CHANGE(told_short, all_at_once(e, 2); for (size_t i = 0; i < 4; i++) e->records[i].server_decode_ns = MS(9))
CHANGE(too_few, e->cell.parallel = 2)
CHANGE(too_few_requests, e->cell.parallel = 2; e->evidence.count = 1)
CHANGE(too_few_in_flight, e->cell.parallel = 2; for (size_t i = 0; i < 4; i++) e->records[i].sent_ns = MS(1000 * i))
CHANGE(too_few_but_prefill, e->cell.parallel = 2;
       for (size_t i = 0; i < 4; i++) e->records[i].server_prefill_ns = MS(600))
CHANGE(too_few_prefill_unknown, e->cell.parallel = 2; e->records[0].server_prefill_ns = TIME_UNKNOWN)
CHANGE(one_event_each, e->cell.parallel = 2; for (size_t i = 0; i < 4; i++) e->records[i].event_count = 1)
CHANGE(layers_asked, e->cell.num_gpu = 20; loaded->layers = 33; loaded->layers_on_gpu = 12)
CHANGE(layers_got, e->cell.num_gpu = 20; loaded->layers = 33; loaded->layers_on_gpu = 20)
CHANGE(layers_all, e->cell.num_gpu = 999; loaded->layers = 33; loaded->layers_on_gpu = 33)
CHANGE(layers_none, e->cell.num_gpu = 0; loaded->layers = 33; loaded->layers_on_gpu = 0; loaded->has_gpu = CELL_ON)
CHANGE(partly, loaded->layers = 33; loaded->layers_on_gpu = 22)
CHANGE(partly_auto, e->cell.num_gpu = -1; loaded->layers = 33; loaded->layers_on_gpu = 22)
CHANGE(whole, loaded->layers = 33; loaded->layers_on_gpu = 33)
CHANGE(no_gpu, loaded->layers = 33; loaded->layers_on_gpu = 0; loaded->has_gpu = CELL_OFF)
CHANGE(gpu_unused, loaded->layers = 33; loaded->layers_on_gpu = 0; loaded->has_gpu = CELL_ON)
CHANGE(partly_by_size, e->model.loaded_vram_bytes = 637)
CHANGE(cpu_by_size, e->model.loaded_vram_bytes = 0)
CHANGE(flash_off, e->cell.flash_attention = CELL_ON; loaded->flash_attention = CELL_OFF)
CHANGE(flash_on, e->cell.flash_attention = CELL_OFF; loaded->flash_attention = CELL_ON)
CHANGE(flash_same, e->cell.flash_attention = CELL_ON; loaded->flash_attention = CELL_ON)
CHANGE(flash_not_asked, loaded->flash_attention = CELL_ON)
CHANGE(kv_other, e->cell.kv_cache_type = CELL_KV_Q8_0; strcpy(loaded->kv_cache_type, "f16"))
CHANGE(kv_same, e->cell.kv_cache_type = CELL_KV_Q8_0; strcpy(loaded->kv_cache_type, "q8_0"))
CHANGE(kv_not_asked, strcpy(loaded->kv_cache_type, "q8_0"))

CHANGE(cut_logged, measured->cut_prompts = 2)
CHANGE(cut_none_logged, measured->cut_prompts = 0)
CHANGE(cut_full, e->records[1].prompt_tokens = 2048)
CHANGE(cut_almost_full, e->records[1].prompt_tokens = 1998)
CHANGE(cut_words, e->prompts[0] = "a b c d e f g h"; for (size_t i = 0; i < 4; i++) e->records[i].prompt_tokens = 3)
CHANGE(cut_words_cached, e->prompts[0] = "a b c d e f g h";
       for (size_t i = 1; i < 4; i++) e->records[i].prompt_tokens = 1)
CHANGE(shifted, e->records[1].prompt_tokens = 1999)
CHANGE(reload_by_share, e->records[0].server_load_ns = MS(2001); e->evidence.load_s = NAN)
CHANGE(reload_by_half, e->records[0].server_load_ns = MS(600); e->evidence.load_s = 1)
CHANGE(reload_below, e->records[0].server_load_ns = MS(400); e->evidence.load_s = 1)
CHANGE(reload_least, e->records[0].server_load_ns = MS(90); e->evidence.load_s = 0.1)
CHANGE(reload_logged, measured->loads = 3)
CHANGE(reload_not_logged, measured->loads = 0; e->records[0].server_load_ns = MS(3000))
CHANGE(stream_cut, e->records[2].outcome = OUTCOME_TRUNCATED)
CHANGE(stream_failed, e->records[2].outcome = OUTCOME_TRANSFER)
CHANGE(short_stop, e->records[3].output_tokens = 49; e->records[3].done_reason = "stop")
CHANGE(short_length, e->records[3].output_tokens = 49; e->records[3].done_reason = "length")
CHANGE(short_unknown, e->records[3].output_tokens = U)
CHANGE(short_drawn, e->cell.output_lengths = "{min: 1, max: 99}";
       for (size_t i = 0; i < 4; i++) e->records[i].asked_output_tokens = i == 2 ? 51 : 50)
CHANGE(length_met, for (size_t i = 0; i < 4; i++) e->records[i].asked_input_tokens = 100)
CHANGE(length_missed, for (size_t i = 0; i < 4; i++) e->records[i].asked_input_tokens = 101)
CHANGE(length_differs, for (size_t i = 0; i < 4; i++) e->records[i].asked_input_tokens = 100;
       e->records[1].prompt_tokens = 98; e->records[2].prompt_tokens = U; e->records[3].outcome = OUTCOME_TIMEOUT)
CHANGE(lengths_differ, e->records[0].asked_input_tokens = 90; e->records[1].asked_input_tokens = 110)
CHANGE(shared, e->cell.shared_prefix_tokens = 64)
CHANGE(fixed, e->evidence.unique_prompts = false)
CHANGE(fixed_once, e->evidence.unique_prompts = false; e->evidence.count = 1)
CHANGE(from_file, e->evidence.unique_prompts = false; e->evidence.prompt_count = 4;
       for (size_t i = 0; i < 4; i++) e->prompts[i] = "a")
CHANGE(from_file_again, from_file(e); e->records[3].trial = 2)
CHANGE(cached, fixed(e); for (size_t i = 1; i < 4; i++) e->records[i].server_prefill_ns = MS(30))
CHANGE(cached_not, fixed(e); for (size_t i = 1; i < 4; i++) e->records[i].server_prefill_ns = MS(34))
CHANGE(cached_count, fixed(e); for (size_t i = 1; i < 4; i++) e->records[i].prompt_tokens = 1)
CHANGE(cached_short, fixed(e); for (size_t i = 0; i < 4; i++) e->records[i].prompt_tokens = 31;
       e->records[2].server_prefill_ns = MS(1))
CHANGE(cached_shared, fixed(e); e->cell.parallel = 2; all_at_once(e, 2); e->records[3].server_prefill_ns = MS(20))
CHANGE(cached_unique, e->records[1].server_prefill_ns = MS(1))

#define FIXED "fixed prompt: prefill may be from the cache"

static const struct media picture = {.length_ns = TIME_UNKNOWN}, recording = {.length_ns = MS(4000)};

static void hear(struct example *e, int64_t sent_ms, int64_t heard_ns)
{
	for (size_t i = 0; i < 4; i++)
		e->records[i].audio_ns = MS(sent_ms);
	e->records[2].heard_ns = heard_ns;
}

#define HEARD(heard, sent) "1 of 4 answers are of a recording of another length: " heard " s, sent " sent " s"
CHANGE(same_picture, e->evidence.fixed_media = &picture)
CHANGE(same_picture_once, e->evidence.fixed_media = &picture; e->evidence.count = 1)
CHANGE(same_recording, e->evidence.fixed_media = &recording)
CHANGE(heard_less, hear(e, 4000, MS(3799)))
CHANGE(heard_more, hear(e, 4000, MS(4201)))
CHANGE(heard_about, hear(e, 4000, MS(4200)))
CHANGE(heard_seconds, hear(e, 4300, MS(5000)))
CHANGE(heard_other_seconds, hear(e, 4300, MS(6000)))
CHANGE(heard_nothing, hear(e, 4000, TIME_UNKNOWN))
CHANGE(heard_but_failed, hear(e, 4000, MS(1)); e->records[2].outcome = OUTCOME_TRANSFER)
CHANGE(short_transcript, e->cell.task = CELL_TASK_TRANSCRIBE; e->records[1].output_tokens = 3)

static const struct {
	void (*change)(struct example *example);
	const char *want;
	const char *what;
} cases[] = {
    {nothing, "", "all as asked"},
    {not_listed, "the server does not list the model as loaded", "not listed"},
    {context_only, "", "a context is told, so it is loaded"},
    {not_asked, "", "not listed, but it did not answer"},
    {context_listed, "asked context 2048, got 1024", "context"},
    {context_trained, "asked context 8192, got 4096 (the model was trained for that)", "context cut to the model's"},
    {context_logged, "asked context 2048, got 1024", "context, by the log"},
    {context_padded, "", "context, rounded up"},
    {context_beyond_padding, "asked context 2048, got 2304", "context, larger than rounding"},
    {context_unknown, "", "context unknown"},
    {parallel_logged, "asked parallel 4, got 1", "slots"},
    {parallel_forced, "asked parallel 4, got 1 (the architecture qwen3vl is forced to 1)", "slots, and why"},
    {parallel_proved, "", "slots as asked"},
    {two_slots, "", "two at once, as asked"},
    {too_many, "parallel 1, but 2 requests were answered at once", "more at once"},
    {too_many_briefly, "", "more at once, for 20 of 900 ms"},
    {too_many_but_short, "", "more at once, but decoding is short"},
    {too_many_told, "parallel 1, but 2 requests were answered at once", "more at once, the server tells no times"},
    {written_late, "", "replies that are written late overlap, what the server decoded does not"},
    {told_short, "", "decoding took 9 ms, and what was seen is the machine's delay"},
    {too_few, "parallel 2 and 4 in flight, but no more than 1 was ever answered at once", "fewer at once"},
    {too_few_requests, "", "fewer at once, but there was one"},
    {too_few_in_flight, "", "fewer at once, but one in flight"},
    {too_few_but_prefill, "", "fewer at once, but prefill takes that long"},
    {too_few_prefill_unknown, "", "fewer at once, but prefill is not known"},
    {one_event_each, "", "answers in one piece"},
    {layers_asked, "asked num_gpu 20, got 12 of 33 layers", "layers"},
    {layers_got, "", "layers as asked"},
    {layers_all, "", "more layers asked than there are"},
    {layers_none, "", "no layers asked"},
    {partly, "22 of 33 layers on the GPU", "a part on the GPU"},
    {partly_auto, "22 of 33 layers on the GPU", "a part on the GPU, asked for automatic"},
    {whole, "", "all on the GPU"},
    {no_gpu, "", "no GPU"},
    {gpu_unused, "0 of 33 layers on the GPU", "a GPU that is not used"},
    {partly_by_size, "63 % of the model on the GPU", "a part on the GPU, by size"},
    {cpu_by_size, "", "nothing on a GPU, if there is one"},
    {flash_off, "asked flash attention on, got off", "flash attention"},
    {flash_on, "asked flash attention off, got on", "flash attention"},
    {flash_same, "", "flash attention as asked"},
    {flash_not_asked, "", "flash attention not asked"},
    {kv_other, "asked KV cache q8_0, got f16", "KV cache"},
    {kv_same, "", "KV cache as asked"},
    {kv_not_asked, "", "KV cache not asked"},
    {cut_logged, "2 of 4 prompts were cut to fit the context", "cut, by the log"},
    {cut_none_logged, "", "not cut, by the log"},
    {cut_full, "1 of 4 prompts were cut to fit the context", "cut to the context"},
    {cut_almost_full, "", "a prompt and an answer that just fit"},
    {cut_words, "4 of 4 prompts were cut to fit the context", "fewer tokens than words need"},
    {cut_words_cached, "", "fewer tokens, but of what was not cached"},
    {shifted, "1 of 4 answers ran past the context of 2048", "one token more than fits"},
    {reload_by_share, "the model was loaded again while measuring: 1 of 4 requests waited for it", "a long load"},
    {reload_by_half, "the model was loaded again while measuring: 1 of 4 requests waited for it", "half a load"},
    {reload_below, "", "less than half a load"},
    {reload_least, "", "less than a load can be told from"},
    {reload_logged, "the model was loaded again while measuring: 3 times", "loads, by the log"},
    {reload_not_logged, "", "a wait that was no load, by the log"},
    {stream_cut, "1 of 4 streams ended without their final line", "a stream without its end"},
    {stream_failed, "", "a connection that broke"},
    {short_stop, "1 of 4 answers stopped before 50 tokens", "a short answer"},
    {short_length, "", "a short answer, by the context"},
    {short_unknown, "", "an answer of unknown length"},
    {short_drawn, "1 of 4 answers stopped before their output_tokens", "an answer shorter than its own limit"},
    {length_met, "", "prompts as long as asked"},
    {length_missed, "asked 101 input tokens, got 100", "all prompts a token short"},
    {length_differs, "asked 100 input tokens, got 98 to 100 (1 of 2 differ)", "one prompt too short"},
    {lengths_differ, "asked 90 to 110 input tokens, got 100", "lengths that were drawn"},
    {shared, "all prompts begin with the same 64 tokens: their prefill may be from the cache", "a shared prefix"},
    {fixed, FIXED, "one prompt for all"},
    {fixed_once, "", "one prompt once"},
    {from_file, "", "a prompt for each"},
    {from_file_again, FIXED, "a prompt for each, twice"},
    {cached, FIXED " + 3 of 4 prompts were prefilled from the cache", "more than 3 times as fast"},
    {cached_not, FIXED, "less than 3 times as fast"},
    {cached_count, FIXED " + 3 of 4 prompts were prefilled from the cache", "tokens that are not counted"},
    {cached_short, FIXED, "a prompt too short to tell"},
    {cached_shared, FIXED, "5 times as fast, where two shared the machine before"},
    {cached_unique, "", "prompts that are unique"},
    {same_picture, "fixed picture: what the server computed of it may be from a cache", "one picture for all"},
    {same_picture_once, "", "one picture once"},
    {same_recording, "fixed recording: what the server computed of it may be from a cache", "one recording for all"},
    {heard_less, HEARD("3.80", "4.00"), "the server heard 5.025 % less"},
    {heard_more, HEARD("4.20", "4.00"), "the server heard 5.025 % more"},
    {heard_about, "", "5 % more"},
    {heard_seconds, "", "whole seconds, rounded up"},
    {heard_other_seconds, HEARD("6.00", "4.30"), "whole seconds, but others"},
    {heard_nothing, "", "no word of the length"},
    {heard_but_failed, "", "a failed request"},
    {short_transcript, "", "a transcription is as long as what is said"},
};

static void test_cases(void)
{
	static struct example example;
	bool fired[64] = {false};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cell_summary summary;
		struct text got = {0};

		make_example(&example);
		cases[i].change(&example);
		cell_summary_init(&summary);
		flags_raise(&example.evidence, &summary);
		for (size_t f = 0; f < summary.flag_count; f++) {
			text_addf(&got, "%s%s", f > 0 ? " + " : "", summary.flags[f]);
			fired[flag_of_text(summary.flags[f]) - flags] = true;
		}
		is_text(text_string(&got), cases[i].want, cases[i].what);
		text_release(&got);
		cell_summary_release(&summary);
	}
	for (size_t i = 0; i < flag_count; i++)
		ok(fired[i] || flags[i].check == NULL, flags[i].name);
}

static size_t rows_of(const char *text)
{
	size_t rows = 0;

	for (size_t i = 0; i < flag_count; i++)
		rows += strstr(text, flags[i].words) != NULL;
	return rows;
}

static void test_table(void)
{
	for (size_t i = 0; i < flag_count; i++) {
		ok(flag_find(flags[i].name) == &flags[i], flags[i].name);
		is_int(rows_of(flags[i].words), 1, "no words of another");
		ok(strchr(flags[i].name, ' ') == NULL && strlen(flags[i].meaning) > 0 && strlen(flags[i].cure) > 0,
		   "has a name to ask help for, a meaning and a cure");
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (cases[i].want[0] != '\0' && strstr(cases[i].want, " + ") == NULL)
			is_int(rows_of(cases[i].want), 1, "the text of one flag");
	ok(flag_find("nope") == NULL && flag_of_text("nope") == NULL, "no such flag");
	ok(flag_of_text("not set on a running server: parallel") == flag_find("not-settable"), "raised elsewhere");
	ok(flag_of_text("Ollama has no variable OLLAMA_MMAP") == flag_find("no-such-variable"), "raised elsewhere");
	ok(flag_of_text("asked 50.0/s, sent 31.2/s") == flag_find("rate-not-sent"), "raised elsewhere");
	ok(flag_of_text("client-bound: TTFT p50 9 ms, sent up to 3 ms late; sent at 9 % of the asked rate") ==
	       flag_find("client-bound"),
	   "raised elsewhere");
	ok(flag_of_text("3 connects were refused and tried again") == flag_find("connects-retried"),
	   "raised elsewhere");
	ok(flag_of_text("the length of prompts was not fitted: no connection") == flag_find("input-tokens-guessed"),
	   "raised elsewhere");
}

/* Nothing that is not known raises anything. */
static void test_unknown(void)
{
	struct cell cell = {0};
	struct model_facts model;
	struct evidence evidence = {.cell = &cell, .model = &model, .load_s = NAN};
	struct cell_summary summary;

	cell_reset(&cell);
	model_facts_reset(&model);
	proof_reset(&evidence.loaded);
	proof_reset(&evidence.measured);
	cell_summary_init(&summary);
	flags_raise(&evidence, &summary);
	is_int(summary.flag_count, 0, "of nothing comes no flag");
	cell_summary_release(&summary);
}

int main(void)
{
	test_table();
	test_cases();
	test_unknown();
	return tap_done();
}
