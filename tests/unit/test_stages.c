/* What the server did at each instant, from the replies, on pictures whose answer can be seen; and samples by it. */
#include "core/stages.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tap.h"

enum { MOST = 4 };

/*
 * Requests, a letter a second: w waits, p has its prompt computed, d is decoded;
 * ? is before the first text of a server that does not tell which, x failed, o
 * came as a whole. The stage is p, d or a dot.
 */
static const struct picture {
	const char *what, *stage, *lines[MOST];
} pictures[] = {
    {"nothing", "....", {NULL}},
    {"one request", "pppddd..", {"pppddd"}},
    {"after another", "ppddd.pddd.", {"ppddd", "      pddd"}},
    {"who waits does nothing", "ppddddpdd.", {"ppdddd", "wwwwwwpdd"}},
    {"a prompt while another is decoded is both", "ppd..ddd.", {"ppddddd", "  wppddd"}},
    {"prompts at once", "pp..dd.", {"ppdddd", "ppppdd"}},
    {"alone there is nothing to wait for", "pppdd.", {"???dd"}},
    {"two may wait for each other", "....ddd.", {"???dddd", "????ddd"}},
    {"or for one that is known", "pp....d.", {"ppppddd", "  ????d"}},
    {"of one that failed nothing is known", "pp...dd.", {"ppddddd", "  xxx"}},
    {"nor of text that comes as a whole", ".....", {"oooo"}},
    {"one token that is all is the end of its prompt", "ppp.", {"pppO"}},
    {"not asked yet", "..pd.", {"  pd"}},
};

static int64_t at_letter(const char *line, const char *letters, bool last)
{
	const char *found = NULL;

	for (const char *c = line; *c != '\0'; c++)
		if (strchr(letters, *c) != NULL && (found == NULL || last))
			found = c;
	return found != NULL ? (found - line + (last ? 1 : 0)) * NS_PER_S : TIME_UNKNOWN;
}

static void draw(const char *line, int64_t events[2], struct record *record)
{
	int64_t prefill_ns = at_letter(line, "p", false);

	*record = (struct record){.outcome = OUTCOME_OK, .event_ns = events, .output_tokens = 9};
	record->sent_ns = at_letter(line, "wpdx?oO", false);
	record->done_ns = at_letter(line, "wpdx?oO", true);
	record->server_prefill_ns = TIME_UNKNOWN;
	if (strchr(line, 'x') != NULL) {
		record->outcome = OUTCOME_TRANSFER;
		return;
	}
	record->event_count = strpbrk(line, "oO") != NULL ? 1 : 2;
	record->output_tokens = strchr(line, 'O') != NULL ? 1 : 9;
	events[0] = at_letter(line, record->event_count == 1 ? "oO" : "d", false);
	events[1] = at_letter(line, "d", true);
	if (prefill_ns != TIME_UNKNOWN)
		record->server_prefill_ns = events[0] - prefill_ns;
}

static struct stages of_picture(const struct picture *picture)
{
	int64_t events[MOST][2];
	struct record records[MOST];
	size_t count = 0;

	for (; count < MOST && picture->lines[count] != NULL; count++)
		draw(picture->lines[count], events[count], &records[count]);
	return stages_of(records, count);
}

static void test_pictures(void)
{
	static const char letters[] = {[STAGE_PREFILL] = 'p', [STAGE_DECODE] = 'd', [STAGE_OTHER] = '.'};

	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		struct stages stages = of_picture(&pictures[i]);
		char got[32] = "";

		for (size_t second = 0; second < strlen(pictures[i].stage); second++) {
			int64_t at_ns = (int64_t)second * NS_PER_S;

			got[second] = letters[stages_between(&stages, at_ns, at_ns + NS_PER_S / 2)];
		}
		is_text(got, pictures[i].stage, pictures[i].what);
		stages_release(&stages);
	}
}

static void test_between(void)
{
	struct stages stages = of_picture(&(struct picture){.lines = {"wpppddd"}});

	is_int(stages_between(&stages, NS_PER_S, 4 * NS_PER_S - 1), STAGE_PREFILL, "all of a stage");
	is_int(stages_between(&stages, NS_PER_S, 4 * NS_PER_S), STAGE_OTHER, "the instant at which the next begins");
	is_int(stages_between(&stages, NS_PER_S - 1, 2 * NS_PER_S), STAGE_OTHER, "from before it began");
	is_int(stages_between(&stages, 8 * NS_PER_S, 9 * NS_PER_S), STAGE_OTHER, "after all of them");
	stages_release(&stages);
}

/* Prompts from 1 s to 4 s, text from then to 7 s; a sample in the middle of each second from 0 to 8. */
static void test_figures(void)
{
	struct stages stages = of_picture(&(struct picture){.lines = {"wpppddd"}});
	struct sample samples[9];
	struct stage_figures figures;
	struct json *json;

	for (int i = 0; i < 9; i++) {
		sample_reset(&samples[i]);
		samples[i].at_ns = i * NS_PER_S + NS_PER_S / 2;
		samples[i].phase = PHASE_MEASURING;
		samples[i].used_bytes = 10 + i;
		samples[i].gpu_power_mw = 1000 * i;
		samples[i].server_cpu_ns = i * i * NS_PER_S;
	}
	samples[3].stale = true;
	stage_figures_of(&stages, samples, 9, STAGE_PREFILL, &figures);
	is_int(figures.samples, 3, "samples of the stage");
	is_int(figures.peak[SAMPLE_used_bytes], 12, "memory as it was; an old answer is none");
	is_real(figures.mean[SAMPLE_used_bytes], 11.5, 1e-9, "its mean");
	is_real(figures.mean[SAMPLE_gpu_power_mw], 2500, 1e-9,
	        "power is of the second before: not that of the first sample");
	is_int(figures.peak[SAMPLE_gpu_power_mw], 3000, "and its peak");
	is_int(figures.grown[SAMPLE_server_cpu_ns], 8 * NS_PER_S, "a counter, between samples of the stage alone");
	is_int(figures.over_ns[SAMPLE_server_cpu_ns], 2 * NS_PER_S, "in this time");
	is_int(figures.peak[SAMPLE_gpu_used_bytes], JSON_UNKNOWN, "what nobody told");
	ok(figures.grown[SAMPLE_gpu_energy_uj] == JSON_UNKNOWN && isnan(figures.mean[SAMPLE_gpu_used_bytes]),
	   "is unknown");
	json = stage_figures_json(&figures);
	is_int(json_get_integer(json, "samples"), 3, "as JSON");
	is_real(json_get_number(json_get(json, "server_cpu_ns"), "over_s"), 2, 1e-9, "a counter's time");
	is_real(json_get_number(json_get(json, "gpu_power_mw"), "mean"), 2500, 1e-9, "a gauge's mean");
	ok(json_get(json, "gpu_used_bytes") == NULL, "without what is unknown");
	json_free(json);
	stage_figures_of(&stages, samples, 1, STAGE_PREFILL, &figures);
	ok(stage_figures_json(&figures) == NULL, "a stage that no sample was taken in has no figures");
	stages_release(&stages);
}

int main(void)
{
	test_pictures();
	test_between();
	test_figures();
	return tap_done();
}
