#include "report/charts.h"

#include <stdlib.h>

const struct chart charts[] = {
    {"speed", "speed against the load that varies (parallel, concurrency, rate), with intervals", chart_speed_by_load},
    {"duration", "duration against the same", chart_duration_by_load},
    {"context", "a heat map of output tokens/s where context size and parallel vary", chart_context_by_parallel},
    {"ttft-distribution", "share of requests whose first token came within a time", chart_ttft_distribution},
    {"e2e-distribution", "share of requests that ended within a time", chart_e2e_distribution},
    {"ttft-over-time", "time to first token in the course of the run", chart_ttft_over_time},
    {"itl-over-time", "inter-token latency in the course of the run", chart_itl_over_time},
    {"memory", "memory in the course of the run, phases marked", chart_memory_over_time},
    {"gpu", "how busy the GPU was in the course of the run, where the machine tells", chart_gpu_over_time},
    {"power", "power in the course of the run, where the machine tells", chart_power_over_time},
    {"tokens-per-joule", "output tokens per joule, where the machine tells its energy", chart_tokens_per_joule},
    {"size", "decode rate against model size, of several models; the roofline where bandwidth is known",
     chart_speed_by_size},
    {"bandwidth", "decode rate against memory bandwidth, of several machines", chart_speed_by_bandwidth},
    {NULL, NULL, NULL},
};

void charts_add(const struct report_input *input, struct document *into)
{
	bool any = false;

	for (const struct chart *chart = charts; input->options.chart_stem != NULL && chart->name != NULL; chart++) {
		struct plot *plot;

		for (size_t number = 0; (plot = chart->build(input, number)) != NULL; number++) {
			if (!any && !plot_is_empty(plot)) {
				text_add(document_heading(into, 2), "Charts");
				any = true;
			}
			document_chart(into, plot);
		}
	}
}
