/* Limits, which requests meet them, and what an open loop says of its own sending. */
#include "core/slo.h"

#include <stdlib.h>

#include "core/metric.h"
#include "tap.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)

static void test_reading(void)
{
	static const char *const wrong[] = {
	    "",
	    "500",
	    "ttft_ms: 500",
	    "{}",
	    "{ttft_ms}",
	    "{ttft_ms:}",
	    "{ttft_ms: 0}",
	    "{ttft_ms: -5}",
	    "{ttft_ms: x}",
	    "{ttft: 500}",
	    "{e2e_ms: 5",
	    "{e2e_ms: 5}}",
	    "{e2e_ms: 5,}",
	    "{rtf: 1}",
	    "{ttft_ms: 500ms}",
	    "{: 5}",
	    "{,}",
	    "{e2e_ms: nan}",
	    "{itl_ms: 5, itl_ms: 6}",
	    "{itl_ms 5}",
	};
	struct slo slo, back;
	struct text text = {0};
	struct json *json;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(!slo_read(wrong[i], &slo), wrong[i]);
	ok(slo_read("{e2e_ms: 2000, ttft_ms: 0.5, itl_ms: 7, tpot_ms: 3}", &slo), "all four");
	slo_add(&slo, &text);
	is_text(text_string(&text), "{ttft_ms: 0.5, itl_ms: 7, tpot_ms: 3, e2e_ms: 2000}", "are told in their order");
	json = slo_json(&slo);
	ok(slo_of_json(json, &back) && memcmp(&slo, &back, sizeof(slo)) == 0, "and come back from JSON");
	ok(!slo_of_json(NULL, &back), "nothing limits nothing");
	json_free(json);
	text_release(&text);
}

/* Due at 100 ms, sent at 105; text at 350, 370 and 420 ms; 6 tokens; done at 430. TTFT 250, gaps 20 and 50, TPOT 14,
 * E2E 330. */
static int64_t events[] = {MS(350), MS(370), MS(420)};
static const struct record example = {
    .due_ns = MS(100),
    .sent_ns = MS(105),
    .done_ns = MS(430),
    .event_ns = events,
    .event_count = 3,
    .output_tokens = 6,
};

static void test_meeting(void)
{
	static const struct {
		const char *slo;
		bool met;
		const char *what;
	} cases[] = {
	    {"{ttft_ms: 250}", true, "exactly at the limit"},
	    {"{ttft_ms: 249.9}", false, "counted from due, not from sent"},
	    {"{itl_ms: 50}", true, "every gap"},
	    {"{itl_ms: 49}", false, "one gap is too long"},
	    {"{tpot_ms: 14}", true, "TPOT"},
	    {"{e2e_ms: 330, ttft_ms: 250, tpot_ms: 14, itl_ms: 50}", true, "all of them"},
	    {"{e2e_ms: 329, ttft_ms: 250, tpot_ms: 14, itl_ms: 50}", false, "all but one"},
	};
	struct slo slo;
	struct record record;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(slo_read(cases[i].slo, &slo) && slo_is_met(&slo, &example) == cases[i].met, cases[i].what);
	slo_read("{tpot_ms: 1000}", &slo);
	record = example;
	record.output_tokens = JSON_UNKNOWN;
	ok(!slo_is_met(&slo, &record), "what is unknown meets nothing");
	slo_read("{ttft_ms: 1000}", &slo);
	ok(slo_is_met(&slo, &record), "but only what is limited must be known");
	record.outcome = OUTCOME_TRUNCATED;
	ok(!slo_is_met(&slo, &record), "a failed request meets nothing");
}

static double of(const char *metric, const struct trial *trial)
{
	return metric_find(metric)->trial(trial);
}

static void test_goodput(void)
{
	struct record records[4] = {example, example, example, example};
	struct slo slo;
	struct trial trial = {.records = records, .count = 4, .wall_s = 2};

	records[1].done_ns = MS(900);
	records[2].outcome = OUTCOME_BUSY;
	is_real(of("goodput_rps", &trial), NAN, 0, "without limits there is no goodput");
	is_real(of("slo_met_pct", &trial), NAN, 0, "and no share");
	slo_read("{e2e_ms: 330}", &slo);
	trial.slo = &slo;
	is_real(of("goodput_rps", &trial), 1, 0, "2 of 4 in 2 s");
	is_real(of("slo_met_pct", &trial), 50, 0, "are 50 %");
	slo_read("{e2e_ms: 1}", &slo);
	is_real(of("goodput_rps", &trial), 0, 0, "none met is known: 0");
	is_real(of("slo_met_pct", &trial), 0, 0, "0 %");
}

static void test_rates(void)
{
	struct record records[5];
	struct trial trial = {.records = records, .count = 5, .wall_s = 2, .open_loop = true};

	for (int i = 0; i < 5; i++) {
		records[i] = example;
		records[i].due_ns = MS(100 * i);
		records[i].sent_ns = MS(200 * i);
	}
	is_real(of("asked_rate_rps", &trial), 10, 1e-12, "due every 100 ms");
	is_real(of("achieved_rate_rps", &trial), 5, 1e-12, "sent every 200 ms");
	records[4].sent_ns = TIME_UNKNOWN;
	is_real(of("achieved_rate_rps", &trial), 5, 1e-12, "one that was not sent");
	trial.count = 1;
	is_real(of("asked_rate_rps", &trial), NAN, 0, "one request has no rate");
	trial.count = 5;
	trial.open_loop = false;
	is_real(of("asked_rate_rps", &trial), NAN, 0, "nor has a closed loop");
	is_real(of("achieved_rate_rps", &trial), NAN, 0, "either of them");
}

static void test_rates_of_conversations(void)
{
	struct record records[4];
	struct trial trial = {.records = records, .count = 4, .wall_s = 2, .open_loop = true};

	for (int i = 0; i < 4; i++) {
		records[i] = example;
		records[i].turn = i % 2 + 1;
		records[i].due_ns = MS(100 * (i / 2) + 990 * (i % 2));
		records[i].sent_ns = records[i].due_ns + MS(100 * (i / 2));
	}
	is_real(of("asked_rate_rps", &trial), 10, 1e-12, "of conversations only the first turn is on schedule");
	is_real(of("achieved_rate_rps", &trial), 5, 1e-12, "and sent on it");
	trial.count = 2;
	is_real(of("asked_rate_rps", &trial), NAN, 0, "one conversation has no rate");
}

int main(void)
{
	test_reading();
	test_meeting();
	test_goodput();
	test_rates();
	test_rates_of_conversations();
	return tap_done();
}
