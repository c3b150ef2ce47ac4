/*
 * Looks at those conditions of the machine that come and go within seconds, and
 * that the kernel has at hand, while requests run: what is to be read is found
 * when the watch is opened, and then a look allocates nothing and asks no
 * firmware for more than it must. watch_linux.c or watch_darwin.c.
 *
 * Read are, where the system tells them: thermal state and temperature of the
 * CPU, low-power mode, memory pressure, swap in use; on Linux also the power
 * source, frequency governor and energy preference. Counters are not read:
 * their values at the start and the end of a cell tell everything.
 */
#ifndef MACHINE_WATCH_H
#define MACHINE_WATCH_H

#include "machine/conditions.h"

/* How often the machine is looked at while a cell runs. */
#define WATCH_INTERVAL_NS INT64_C(1000000000)

struct watch;

/* root: "" for this machine, the folder of a recorded tree in tests (see machine/linux.h). Never NULL. */
struct watch *watch_open(const char *root);

/* From one thread at a time. What is not read is unknown. */
void watch_look(const struct watch *watch, struct machine_conditions *seen);

/* NULL is allowed. */
void watch_close(struct watch *watch);

#endif
