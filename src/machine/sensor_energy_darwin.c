/*
 * Energy of CPU, GPU and memory by the counters of IOReport, a library of the
 * system without documentation: it may vanish, and counters may stand still
 * (CPU and memory on macOS 27; core/machine_summary.h takes no growth for
 * unknown). Reference: sampling.md §3.3. Samples are objects of the library's
 * own making; the newest is kept, for the difference to the next.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "machine/apple_figures.h"
#include "machine/frameworks_darwin.h"
#include "machine/sensors.h"

enum { NAME_BYTES = 64, LABEL_BYTES = 16 };

/* X(type of result, name, arguments) of the functions that are used. */
#define IO_REPORT(X)                                                                           \
	X(cf_ref, IOReportCopyChannelsInGroup, (cf_ref, cf_ref, uint64_t, uint64_t, uint64_t)) \
	X(cf_ref, IOReportCreateSubscription, (void *, cf_ref, cf_ref *, uint64_t, cf_ref))    \
	X(cf_ref, IOReportCreateSamples, (cf_ref, cf_ref, cf_ref))                             \
	X(cf_ref, IOReportCreateSamplesDelta, (cf_ref, cf_ref, cf_ref))                        \
	X(cf_ref, IOReportChannelGetChannelName, (cf_ref))                                     \
	X(cf_ref, IOReportChannelGetUnitLabel, (cf_ref))                                       \
	X(int64_t, IOReportSimpleGetIntegerValue, (cf_ref, int32_t))

/* Of each kind the sum over its channels; JSON_UNKNOWN: it has none, or one that cannot be read. */
struct energy {
	int64_t nj[APPLE_ENERGY_KINDS];
};

struct energy_sensor {
	struct sensor base;
	struct frameworks f;
	void *library;
	cf_ref channels, subscription, list_key;
	cf_ref sample; /* the newest */
	struct energy sum;
#define X(type, name, arguments) type(*name) arguments;
	IO_REPORT(X)
#undef X
};

/* False: it is of a kind that counts, and what it says is not understood. */
static bool add_channel(const struct energy_sensor *sensor, cf_ref channel, enum apple_energy kind, int64_t *sum_nj)
{
	char name[NAME_BYTES], label[LABEL_BYTES];
	int64_t nj;

	if (!frameworks_text(&sensor->f, sensor->IOReportChannelGetChannelName(channel), name, sizeof(name)) ||
	    apple_energy_of(name) != kind)
		return true;
	frameworks_text(&sensor->f, sensor->IOReportChannelGetUnitLabel(channel), label, sizeof(label));
	nj = apple_energy_nj(sensor->IOReportSimpleGetIntegerValue(channel, 0), label);
	sample_add(sum_nj, nj);
	return nj != JSON_UNKNOWN;
}

/* The sums of a difference between two samples. */
static struct energy energy_of(const struct energy_sensor *sensor, cf_ref difference)
{
	cf_ref list = frameworks_get(&sensor->f, difference, sensor->list_key);
	cf_index count = frameworks_count(&sensor->f, list);
	struct energy energy;

	for (int kind = 0; kind < APPLE_ENERGY_KINDS; kind++) {
		bool good = kind != APPLE_ENERGY_OTHER;

		energy.nj[kind] = JSON_UNKNOWN;
		for (cf_index i = 0; i < count && good; i++)
			good = add_channel(sensor, sensor->f.CFArrayGetValueAtIndex(list, i), (enum apple_energy)kind,
			                   &energy.nj[kind]);
		if (!good)
			energy.nj[kind] = JSON_UNKNOWN;
	}
	return energy;
}

/* What is not known of one interval is not known of the sum, from then on. */
static void advance(struct energy_sensor *sensor, const struct energy *grown, enum apple_energy kind,
                    int64_t *figure_uj)
{
	int64_t *sum_nj = &sensor->sum.nj[kind];

	*sum_nj = *sum_nj != JSON_UNKNOWN && grown->nj[kind] != JSON_UNKNOWN ? *sum_nj + grown->nj[kind] : JSON_UNKNOWN;
	if (*sum_nj != JSON_UNKNOWN)
		*figure_uj = *sum_nj / 1000;
}

static void energy_read(struct sensor *base, bool edge, struct sample *into)
{
	struct energy_sensor *sensor = (struct energy_sensor *)base;
	cf_ref newer = sensor->IOReportCreateSamples(sensor->subscription, sensor->channels, NULL), difference;
	struct energy energy;

	(void)edge;
	if (newer == NULL)
		return; /* the next difference reaches back to the sample that is kept */
	difference = sensor->IOReportCreateSamplesDelta(sensor->sample, newer, NULL);
	energy = energy_of(sensor, difference);
	frameworks_release(&sensor->f, difference);
	frameworks_release(&sensor->f, sensor->sample);
	sensor->sample = newer;
	advance(sensor, &energy, APPLE_ENERGY_CPU, &into->cpu_energy_uj);
	advance(sensor, &energy, APPLE_ENERGY_GPU, &into->gpu_energy_uj);
	advance(sensor, &energy, APPLE_ENERGY_DRAM, &into->dram_energy_uj);
}

static void energy_close(struct sensor *base)
{
	struct energy_sensor *sensor = (struct energy_sensor *)base;

	frameworks_release(&sensor->f, sensor->sample);
	frameworks_release(&sensor->f, sensor->subscription);
	frameworks_release(&sensor->f, sensor->channels);
	frameworks_release(&sensor->f, sensor->list_key);
	library_close(sensor->library);
	frameworks_close(&sensor->f);
	free(sensor);
}

static bool find_reports(struct energy_sensor *sensor)
{
	bool found = true;

#define X(type, name, arguments) found = library_find(sensor->library, #name, &sensor->name) && found;
	IO_REPORT(X)
#undef X
	return found;
}

/* Only a mutable copy of the channels can be subscribed to. */
static bool subscribe(struct energy_sensor *sensor)
{
	cf_ref group = frameworks_string(&sensor->f, "Energy Model"), found, subscribed = NULL;

	if (group == NULL)
		return false;
	found = sensor->IOReportCopyChannelsInGroup(group, NULL, 0, 0, 0);
	frameworks_release(&sensor->f, group);
	if (found == NULL)
		return false;
	sensor->channels = sensor->f.CFDictionaryCreateMutableCopy(NULL, sensor->f.CFDictionaryGetCount(found), found);
	frameworks_release(&sensor->f, found);
	if (sensor->channels == NULL)
		return false;
	sensor->subscription = sensor->IOReportCreateSubscription(NULL, sensor->channels, &subscribed, 0, NULL);
	if (sensor->subscription != NULL)
		sensor->sample = sensor->IOReportCreateSamples(sensor->subscription, sensor->channels, NULL);
	return sensor->sample != NULL;
}

struct sensor *sensor_open_energy(const struct sensor_context *context, struct text *why)
{
	struct energy_sensor *sensor = memory_new(1, sizeof(*sensor));

	(void)context;
	sensor->base = (struct sensor){energy_read, energy_close};
	if (!frameworks_open(&sensor->f, why)) {
		free(sensor);
		return NULL;
	}
	sensor->library = library_open("/usr/lib/libIOReport.dylib");
	sensor->list_key = frameworks_string(&sensor->f, "IOReportChannels");
	if (!find_reports(sensor))
		text_add(why, "libIOReport cannot be loaded");
	else if (!subscribe(sensor))
		text_add(why, "IOReport has no channels of energy");
	else
		return &sensor->base;
	energy_close(&sensor->base);
	return NULL;
}
