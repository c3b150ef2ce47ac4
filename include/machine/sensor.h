/*
 * Where the figures of a sample come from. A sensor is one source of the
 * machine (the kernel's memory counts, a GPU's driver library, the server's
 * processes): a file sensor_NAME_<system>.c and a row of sensor_kinds[]. A
 * bank is all sensors that are here, read one after the other into one sample.
 *
 * Reading allocates nothing and forks nothing. Each reading is timed: a sensor
 * that takes over 20 ms twice would disturb what is measured, and is read only
 * at the edges of phases from then on. What a sensor cannot tell stays unknown.
 */
#ifndef MACHINE_SENSOR_H
#define MACHINE_SENSOR_H

#include <stddef.h>

#include "base/text.h"
#include "core/sample.h"

/* The server's processes as the sensor of them saw them last; none: not known. */
enum { SERVER_FAMILY_MAX = 256 };
struct server_family {
	size_t count;
	int64_t pids[SERVER_FAMILY_MAX];
};

struct sensor_context {
	const char *root;           /* "" for this machine, the folder of a recorded tree in tests; NULL is "" */
	const char *simulated_file; /* memory of a simulated device (machine/memory.h): then nothing else is read */
	int64_t server_pid; /* its processes are this one and its descendants; 0: unknown, or on another machine */
	struct server_family *family; /* set by the bank: filled by the server's sensor, read by those after it */
};

/* An open sensor; the concrete ones begin with this struct and are found again by a cast. */
struct sensor {
	/* Fills in what it knows; `edge`: phases change now, and requests are not being timed. */
	void (*read)(struct sensor *sensor, bool edge, struct sample *into);
	void (*close)(struct sensor *sensor); /* frees it */
};

struct sensor_kind {
	const char *name; /* stable, for programs: "memory", "server", "nvidia" */
	const char *help; /* what it asks, for people */
	/* NULL: it is not here; then `why` says so in a few words. */
	struct sensor *(*open)(const struct sensor_context *context, struct text *why);
};

/* Those of this system, ended by a NULL name; the first is memory. */
extern const struct sensor_kind sensor_kinds[];

struct sensor_bank;

/* Never NULL. */
struct sensor_bank *sensor_bank_open(const struct sensor_context *context);
void sensor_bank_close(struct sensor_bank *bank);

/*
 * One reading of all sensors; `into` was reset by the caller, who also sets its
 * stamp and phase. Away from edges sensors that are too slow are left out.
 * False: no sensor was read.
 */
bool sensor_bank_read(struct sensor_bank *bank, bool edge, struct sample *into);

/* Likewise of one sensor alone, also of one that is too slow. False: it is not here. */
bool sensor_bank_read_one(struct sensor_bank *bank, size_t sensor, bool edge, struct sample *into);

/* Of each row of sensor_kinds[], in its order. */
struct sensor_state {
	const char *name;
	bool open;
	bool only_edges; /* two of its readings took over 20 ms each */
	int64_t reads;
	int64_t total_ns, longest_ns; /* of its readings, by wall clock */
	char why[96];                 /* it is not open */
};

size_t sensor_count(void); /* rows of sensor_kinds[] */
const struct sensor_state *sensor_bank_state(const struct sensor_bank *bank, size_t sensor);

/* Where its used memory comes from, for what reports say of that. Borrowed. */
struct memory_source;
const struct memory_source *sensor_bank_memory(const struct sensor_bank *bank);

#endif
