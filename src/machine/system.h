/*
 * The parts of identity that differ between systems, and those that do not.
 */
#ifndef MACHINE_SYSTEM_H
#define MACHINE_SYSTEM_H

#include "machine/identity.h"

/* Fills in what this system tells; identity_linux.c or identity_darwin.c. */
void machine_identify_system(struct machine_identity *identity);

/* Everything unknown. */
void machine_identity_reset(struct machine_identity *identity);

/* Finds a title where the processor has no name: the model, else system and architecture. */
void machine_identity_entitle(struct machine_identity *identity);

#endif
