/*
 * What only frameworks know. They are loaded when asked for, so that the program
 * runs without them; what cannot be loaded stays unknown.
 */
#ifndef MACHINE_POWER_DARWIN_H
#define MACHINE_POWER_DARWIN_H

#include "machine/conditions.h"

/* IOKit: power source and charge. */
void power_read_darwin(struct machine_conditions *conditions);

/* Foundation: NSProcessInfo's isLowPowerModeEnabled, since macOS 12. */
enum low_power_mode low_power_mode_darwin(void);

#endif
