/* Two notifications, registered once, and what sysctl tells of memory. Frameworks, which know the power source, are not
 * asked while requests run. */
#include "machine/watch.h"

#include <stdlib.h>

#include "base/memory.h"
#include "machine/conditions_darwin.h"

enum { NO_TOKEN = -1 };

struct watch {
	int thermal, low_power;
};

static int register_name(const char *name)
{
	int token;

	return notify_register_check(name, &token) == NOTIFY_OK ? token : NO_TOKEN;
}

struct watch *watch_open(const char *root)
{
	struct watch *watch = memory_new(1, sizeof(*watch));

	(void)root;
	watch->thermal = register_name(THERMAL_NOTIFICATION);
	watch->low_power = register_name(LOW_POWER_NOTIFICATION);
	return watch;
}

static bool state_of(int token, uint64_t *state)
{
	return token != NO_TOKEN && notify_get_state(token, state) == NOTIFY_OK;
}

/* That low-power mode is off the notification does not tell, see conditions_darwin.c. */
void watch_look(const struct watch *watch, struct machine_conditions *seen)
{
	uint64_t state;

	machine_conditions_reset(seen);
	if (state_of(watch->thermal, &state))
		seen->thermal_state = thermal_state_of_pressure(state);
	if (state_of(watch->low_power, &state) && state != 0)
		seen->low_power_mode = LOW_POWER_ON;
	memory_darwin("", seen);
}

static void cancel(int token)
{
	if (token != NO_TOKEN)
		notify_cancel(token);
}

void watch_close(struct watch *watch)
{
	if (watch == NULL)
		return;
	cancel(watch->thermal);
	cancel(watch->low_power);
	free(watch);
}
