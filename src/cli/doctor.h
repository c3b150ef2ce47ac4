/*
 * What `llmbench doctor` prints, in its order: one screen of Markdown. Each part
 * adds a heading and what belongs under it.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/planning.h"
#include "machine/conditions.h"

/* doctor_machine.c */
void doctor_add_machine(bool measure_bandwidth, struct text *into);

/* Readings one second apart: what is known now, what each source costs, and which flags a cell would get that ran in
 * between. */
void doctor_add_conditions(const struct machine_conditions *start, const struct machine_conditions *end,
                           struct text *into);

/* doctor_sensors.c: all sensors, read twice */
struct doctor_sensors;

/* Opens them and reads each so many times that its cost is known. server_pid: 0 not known. */
struct doctor_sensors *doctor_sensors_begin(int64_t server_pid);

/* Reads them once more, so that counters have a rate, adds them and closes them. */
void doctor_sensors_end(struct doctor_sensors *sensors, struct text *into);

/* doctor_server.c: which server answers at the URL, what it can do, what of the plan's settings it does not heed (the
 * plan may have no cells), and its models */
void doctor_add_server(const struct access *access, int64_t pid, const struct plan *plan, struct text *into);

/* doctor_matrix.c: which cells will fit this machine */
void doctor_add_matrix(const struct planning *planning, struct text *into);

#endif
