#include "core/summary.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

#define GI(n) ((int64_t)((n)*1073741824.0))

static struct distribution of(const struct cell_summary *cell, const char *name)
{
	return cell->metrics[metric_find(name) - metrics].values;
}

static char *written(struct json *json)
{
	struct text text = {0};

	json_add_to(&text, json);
	json_free(json);
	return text_take(&text);
}

static void test_sample_line(void)
{
	struct sample measured;
	char *line;

	sample_reset(&measured);
	measured.at_ns = 1000;
	measured.phase = PHASE_MEASURING;
	measured.used_bytes = 7;
	measured.total_bytes = 16;
	line = written(sample_json(&measured, "0123456789ab", 900));
	is_text(line,
	        "{\"schema\":\"llmbench.sample/1\",\"cell\":\"0123456789ab\",\"at_ns\":100,\"phase\":\"measuring\","
	        "\"stale\":false,\"used_bytes\":7,\"total_bytes\":16,\"swap_used_bytes\":null}",
	        "a line of samples.jsonl");
	free(line);
}

static void test_lines(void)
{
	int64_t events[] = {1500, 1700};
	struct record record = {.request = 3,
	                        .trial = 2,
	                        .outcome = OUTCOME_ERROR_LINE,
	                        .http_status = 200,
	                        .due_ns = 1000,
	                        .sent_ns = 1010,
	                        .header_ns = 1400,
	                        .done_ns = 1800,
	                        .cached_tokens = 12,
	                        .server_queue_ns = 4,
	                        .server_peak_bytes = 99,
	                        .audio_ns = JSON_UNKNOWN,
	                        .heard_ns = 70,
	                        .dimensions = JSON_UNKNOWN,
	                        .event_ns = events,
	                        .event_count = 2,
	                        .turn = 2,
	                        .asked_input_tokens = JSON_UNKNOWN,
	                        .asked_output_tokens = 64,
	                        .prompt_tokens = 13,
	                        .output_tokens = JSON_UNKNOWN,
	                        .stamp_lag_ns = 9,
	                        .server_total_ns = TIME_UNKNOWN,
	                        .server_load_ns = 5,
	                        .server_prefill_ns = 6,
	                        .server_decode_ns = 7,
	                        .error = (char[]){"out of memory"}};
	char *line = written(record_json(&record, "0123456789ab", 900));

	is_text(line,
	        "{\"schema\":\"llmbench.record/1\",\"cell\":\"0123456789ab\",\"trial\":2,\"request\":3,"
	        "\"outcome\":\"error_line\",\"http_status\":200,\"retries\":0,\"due_ns\":100,\"sent_ns\":110,"
	        "\"header_ns\":500,\"done_ns\":900,\"stamp_lag_ns\":9,\"event_ns\":[600,800],\"turn\":2,"
	        "\"asked_input_tokens\":null,\"asked_output_tokens\":64,\"prompt_tokens\":13,"
	        "\"cached_tokens\":12,\"output_tokens\":null,\"server_total_ns\":null,\"server_load_ns\":5,"
	        "\"server_queue_ns\":4,\"server_prefill_ns\":6,\"server_decode_ns\":7,\"server_peak_bytes\":99,"
	        "\"audio_ns\":null,\"heard_ns\":70,\"dimensions\":null,\"done_reason\":null,\"error\":\"out of "
	        "memory\",\"text\":null}",
	        "a line of records.jsonl");
	free(line);
	record.sent_ns = TIME_UNKNOWN;
	record.http_status = 0;
	line = written(record_json(&record, "0123456789ab", 900));
	ok(strstr(line, "\"http_status\":null,") != NULL && strstr(line, "\"sent_ns\":null,") != NULL,
	   "what did not happen is null");
	free(line);
	record = (struct record){0};
	record_release(&record);
	for (int i = 0; i < OUTCOME_COUNT; i++)
		ok(strlen(outcome_meaning((enum outcome)i)) > 3, outcome_name((enum outcome)i));
}

/* A done cell with odd numbers, and one that never came to its first request. */
static void fill_cells(struct summary *summary)
{
	int64_t events[] = {NS_PER_S / 3, NS_PER_S / 2, NS_PER_S};
	struct record records[] = {
	    {.trial = 1, .done_ns = 3 * NS_PER_S, .event_ns = events, .event_count = 3, .output_tokens = 7},
	    {.trial = 1, .done_ns = NS_PER_S / 7, .output_tokens = 11, .server_decode_ns = 12345},
	    {.trial = 1, .done_ns = 0, .outcome = OUTCOME_BUSY},
	    {.trial = 2, .done_ns = 2 * NS_PER_S, .output_tokens = 1},
	    {.trial = 3, .done_ns = 4 * NS_PER_S, .output_tokens = 1},
	};
	static const char conditions[] = "{\"start\":{\"battery_pct\":41.5,\"governor\":null},\"flags\":[]}";
	static const char queue[] = "{\"waiting\":{\"max\":8},\"arrivals\":[{\"ok\":1},{\"ok\":null}]}";
	static const char told[] = "{\"queue_depth\":{\"mean\":1.5,\"max\":8},\"cost\":{\"cpu_ms\":0.25}}";
	struct cell_summary *cells = memory_new(2, sizeof(*cells));
	struct cell cell;

	cell_reset(&cell);
	cell.model = "llama3.2";
	cell_summary_init(&cells[0]);
	cell_summary_init(&cells[1]);
	cell_summary_add_records(&cells[0], records, 5);
	for (size_t i = 0; i < 2; i++) {
		cells[i].id = text_format("00000000000%zu", i);
		cells[i].settings = cell_settings(&cell);
	}
	cells[0].status = CELL_DONE;
	cells[0].retries = 3;
	cells[0].memory.total_bytes = GI(16);
	cells[0].memory.system_peak_bytes = GI(7.274);
	cells[0].memory.system_with_files_bytes = GI(11.5);
	cells[0].memory.samples = 12;
	cells[0].loaded_bytes = 3301963776;
	cells[0].predicted.verdict = MEMORY_SPILLS;
	cells[0].predicted.weights_bytes = 2011539712;
	cells[0].predicted.total_bytes = 3301963775;
	cells[0].predicted.exact = true;
	cells[0].conditions = json_parse(conditions, strlen(conditions));
	cells[0].queue = json_parse(queue, strlen(queue));
	cells[0].server_metrics = json_parse(told, strlen(told));
	cells[0].load = LOAD_WARM;
	answer_set(&cells[0].sample, "why?", "be\ncause", 1.5);
	cell_summary_set(&cells[0], "model_load_s", 2.718281828459045);
	cell_summary_add_flag(&cells[0], "asked context %d, got %d", 4096, 2048);
	cell_summary_add_flag(&cells[0], "\"quoted\" and π");
	cells[1].status = CELL_FAILED;
	cells[1].errors = 1;
	cells[1].reason = memory_string("the model could not be loaded");
	cells[1].cause = CAUSE_MEMORY;
	cells[1].server_words = memory_string("failed to allocate Metal buffer of size 8891928576");
	summary->cells = cells;
	summary->cell_count = 2;
}

static void fill(struct summary *summary, size_t servers)
{
	static const char host[] = "{\"memory_bytes\":17179869184,\"load\":0.1,\"virtualized\":null}";

	*summary = (struct summary){
	    .name = memory_string("m4"),
	    .title = memory_string("Apple M4"),
	    .host = json_parse(host, strlen(host)),
	    .started_utc = memory_string("2026-11-21T06:19:00Z"),
	    .tool_version = memory_string("1.0"),
	    .load_engine = memory_string("libcurl/8, epoll"),
	    .datasets = json_parse("[{\"path\":\"p.txt\",\"samples\":3}]", 30),
	    .profiles = json_parse("{\"quiet\":{\"A\":\"1\"}}", 19),
	    .notes = memory_new(1, sizeof(char *)),
	    .note_count = 1,
	    .servers = memory_new(servers, sizeof(struct server_facts)),
	    .server_count = servers,
	    .models = memory_new(2, sizeof(struct model_facts)),
	    .model_count = 2,
	};
	summary->notes[0] = memory_string("gpu_memory");
	for (size_t i = 0; i < servers; i++)
		summary->servers[i] = (struct server_facts){
		    .name = text_format("server %zu", i),
		    .adapter = memory_string("ollama"),
		    .kind = i == 0 ? NULL : memory_string("llmbench-sim"),
		    .version = memory_string("0.24.0"),
		    .command = i == 0 ? NULL : memory_string("ollama serve"),
		    .simulated = i == 0 ? NULL : memory_string("m4-16g at speed 100"),
		    .memory_file = i == 0 ? NULL : memory_string("memory"),
		};
	for (size_t i = 0; i < 2; i++)
		model_facts_reset(&summary->models[i]);
	summary->models[0] = (struct model_facts){
	    .server = memory_string("server 0"),
	    .name = memory_string("llama3.2"),
	    .full_name = memory_string("llama3.2:latest"),
	    .digest = memory_string("a80c4f17acd5"),
	    .size_bytes = 2019393189,
	    .block = memory_string("  Model\n    architecture        llama\n"),
	    .context_length = 131072,
	    .architecture = memory_string("llama"),
	    .quantization = memory_string("Q4_K_M"),
	    .parameters = 3212749888,
	    .layers = 28,
	    .embedding_length = 3072,
	    .vocabulary = JSON_UNKNOWN,
	    .loaded_bytes = 3461595136,
	    .loaded_vram_bytes = 3461595135,
	    .loaded_context_size = 2048,
	};
	summary->models[1].name = memory_string("mistral");
	fill_cells(summary);
}

static void check_round_trip(size_t servers)
{
	struct summary before, after;
	struct json *json;
	char *first, *second;

	fill(&before, servers);
	first = written(summary_json(&before));
	json = json_parse(first, strlen(first));
	ok(json != NULL && summary_parse(json, &after), "a summary is read back");
	second = written(summary_json(&after));
	is_text(second, first, "and written again byte for byte");
	is_int(after.server_count, servers, "its servers");
	is_int(after.cells[0].memory.system_with_files_bytes, GI(11.5), "memory with mapped weights");
	is_int(after.cells[1].memory.system_with_files_bytes, JSON_UNKNOWN, "which need not be told");
	ok(after.finished_utc == NULL && isnan(after.cells[1].duration_s) &&
	       after.cells[0].memory.baseline_bytes == JSON_UNKNOWN && after.models[1].digest == NULL,
	   "null is unknown");
	is_real(of(&after.cells[0], "e2e_ms").p99, of(&before.cells[0], "e2e_ms").p99, 0,
	        "numbers keep all their digits");
	is_int(after.cells[0].metrics[metric_find("e2e_ms") - metrics].by_trial_count, 3, "trials");
	is_real(of(&after.cells[0], "model_load_s").p50, 2.718281828459045, 0, "of a cell's metric too");
	is_text(after.cells[0].sample.text, "be cause", "an answer, masked");
	is_int(after.cells[0].load, LOAD_WARM, "what its load was");
	is_text(json_get_string(json_get(after.profiles, "quiet"), "A"), "1", "variables of profiles");
	is_text(after.cells[0].flags[1], "\"quoted\" and π", "texts their letters");
	json_free(json);
	free(first);
	free(second);
	summary_release(&before);
	summary_release(&after);
}

static void test_json(void)
{
	struct summary summary;
	char *text;

	fill(&summary, 1);
	text = written(summary_json(&summary));
	ok(text_starts_with(text,
	                    "{\"schema\":\"llmbench.summary/1\",\"name\":\"m4\",\"title\":\"Apple M4\","
	                    "\"started_utc\":\"2026-11-21T06:19:00Z\",\"finished_utc\":null,\"tool_version\":\"1.0\","
	                    "\"load_engine\":\"libcurl/8, epoll\","
	                    "\"host\":{\"memory_bytes\":17179869184,\"load\":0.1,\"virtualized\":null},"
	                    "\"server\":{\"name\":\"server 0\",\"adapter\":\"ollama\","
	                    "\"kind\":null,\"version\":\"0.24.0\","),
	   "the top of summary.json");
	ok(strstr(text, "\"servers\"") == NULL, "one server is not a list");
	ok(strstr(text, "\"cells\":[{\"id\":\"000000000000\",\"settings\":{\"server\":null,") != NULL,
	   "its cells begin with their id");
	free(text);
	text = written(cell_summary_json(&summary.cells[1]));
	ok(text_starts_with(text, "{\"schema\":\"llmbench.cell/1\",\"id\":\"000000000001\",\"settings\":{"),
	   "a line of cells.jsonl");
	ok(strstr(text, "},\"status\":\"failed\",\"reason\":\"the model could not be "
	                "loaded\",\"cause\":\"memory\",\"server_words\":"
	                "\"failed to allocate Metal buffer of size 8891928576\",\"duration_s\":null,\"errors\":1,"
	                "\"requests\":{\"sent\":0,\"ok\":0,\"failed\":0},\"outcomes\":{},\"retries\":0,\"load\":null,"
	                "\"metrics\":{"
	                "\"ttft_ms\":{\"n\":0,\"mean\":null,\"min\":null,\"p50\":null,\"p90\":null,\"p95\":null,"
	                "\"p99\":null,\"max\":null,\"by_trial\":null},\"itl_ms\":{") != NULL,
	   "has every key, also of what is unknown");
	ok(strstr(
	       text,
	       "\"duration_s\":{\"median\":null,\"low\":null,\"high\":null,\"trials\":0,"
	       "\"interval\":null,\"values\":[]},\"model_load_s\":null,\"server_start_s\":null,"
	       "\"late_requests\":null,\"unsent_requests\":null,\"cpu_pct\":null,"
	       "\"server_cpu_pct\":null,\"client_cpu_pct\":null,\"gpu_busy_pct\":null,\"server_gpu_pct\":null,\"gpu_"
	       "power_w\":null,"
	       "\"cpu_power_w\":null,\"system_power_w\":null,\"gpu_temperature_c\":null,"
	       "\"cpu_temperature_c\":null,\"gpu_throttled_pct\":null,\"energy_j\":null,"
	       "\"tokens_per_j\":null,\"sampler_cpu_pct\":null,\"mbu_pct\":null,"
	       "\"expected_decode_tokens_per_s\":null},\"memory\":{\"total_bytes\":null,"
	       "\"baseline_bytes\":null,\"system_peak_bytes\":null,\"system_mean_bytes\":null,"
	       "\"server_peak_bytes\":null,\"gpu_peak_bytes\":null,\"loaded_bytes\":null,"
	       "\"predicted_bytes\":null,\"predicted\":null,\"samples\":0,\"stale_samples\":0},"
	       "\"conditions\":null,\"machine\":null,\"queue\":null,\"server_metrics\":null,\"client_core_share\":null,"
	       "\"client_bound\":[],\"error_floor\":null,\"sample\":null,"
	       "\"flags\":[]}") != NULL,
	   "to the end");
	free(text);
	text = written(cell_summary_json(&summary.cells[0]));
	ok(strstr(text, "\"outcomes\":{\"ok\":4,\"busy\":1},\"retries\":3,") != NULL, "outcomes that occurred");
	/* 2, 3 and 4 s: 3 ± 4.30265 / √3 */
	ok(strstr(text, "\"duration_s\":{\"median\":3,\"low\":0.5158") != NULL &&
	       strstr(text, "\"trials\":3,\"interval\":\"student_t_95\",\"values\":[3,2,4]},\"model_load_s\"") != NULL,
	   "a figure of trials with its interval and its values");
	ok(strstr(text, "\"max\":4000,\"by_trial\":{\"mean\":[1571.42") != NULL &&
	       strstr(text, ",2000,4000],\"p99\":[3000,2000,4000]}},\"ttft_from_sent_ms\"") != NULL,
	   "a figure of requests with those of each trial");
	free(text);
	summary_release(&summary);
}

static void test_malformed(void)
{
	static const char *const cases[] = {
	    "null",
	    "[]",
	    "{}",
	    "{\"schema\":\"llmbench.summary/2\",\"cells\":[]}",
	    "{\"schema\":\"llmbench.summary/1\"}",
	    "{\"schema\":\"llmbench.summary/1\",\"cells\":{}}",
	    "{\"schema\":\"llmbench.summary/1\",\"cells\":[1]}",
	    "{\"schema\":\"llmbench.summary/1\",\"cells\":[{\"id\":\"a\",\"status\":\"done\"}]}",
	    "{\"schema\":\"llmbench.summary/1\",\"cells\":[{\"id\":\"a\",\"status\":\"fine\",\"settings\":{}}]}",
	    "{\"schema\":\"llmbench.summary/1\",\"cells\":[{\"status\":\"done\",\"settings\":{}}]}",
	    "{\"schema\":\"llmbench.summary/1\",\"cells\":[],\"models\":[{\"name\":3}]}",
	};
	static const char odd[] =
	    "{\"schema\":\"llmbench.summary/1\",\"title\":7,\"servers\":[3],\"notes\":[null,\"x\",1],\"host\":\"h\","
	    "\"cells\":[{\"id\":\"a\",\"status\":\"done\",\"settings\":{},\"errors\":\"many\",\"requests\":[],"
	    "\"outcomes\":{\"ok\":-4,\"melted\":3},\"metrics\":{\"ttft_ms\":5,"
	    "\"itl_ms\":{\"by_trial\":[[1,2]]},\"e2e_ms\":{\"by_trial\":{\"mean\":[1,2],\"p50\":[1,2],\"p90\":[1]}},"
	    "\"duration_s\":{\"trials\":1e300}},"
	    "\"memory\":null,\"flags\":{\"a\":\"b\"}}]}";
	struct summary summary;
	struct json *json;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json = json_parse(cases[i], strlen(cases[i]));
		ok(!summary_parse(json, &summary) && summary.cells == NULL && summary.cell_count == 0, cases[i]);
		json_free(json);
	}
	ok(!summary_parse(NULL, &summary), "nothing is no summary");
	json = json_parse(odd, strlen(odd));
	ok(summary_parse(json, &summary), "values of a wrong type are unknown");
	ok(summary.title == NULL && summary.note_count == 1 && summary.cells[0].errors == JSON_UNKNOWN &&
	       summary.cells[0].outcomes[OUTCOME_OK] == 0 && isnan(of(&summary.cells[0], "ttft_ms").p50) &&
	       of(&summary.cells[0], "duration_s").n == 0 &&
	       summary.cells[0].metrics[metric_find("itl_ms") - metrics].by_trial == NULL &&
	       summary.cells[0].metrics[metric_find("e2e_ms") - metrics].by_trial_count == 0,
	   "and nothing is made of them");
	summary_release(&summary);
	json_free(json);
}

int main(void)
{
	test_lines();
	test_sample_line();
	test_json();
	check_round_trip(0);
	check_round_trip(1);
	check_round_trip(3);
	test_malformed();
	return tap_done();
}
