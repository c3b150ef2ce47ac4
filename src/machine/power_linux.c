/* Where the power comes from, and whether the machine saves it. */
#include <math.h>
#include <string.h>

#include "machine/conditions_linux.h"

enum supply_kind supply_kind_of(const char *root, const char *supply)
{
	char type[CONDITION_WORD], scope[CONDITION_WORD];

	linux_word(root, supply, "type", type);
	linux_word(root, supply, "scope", scope);
	if (strcmp(scope, "Device") == 0) /* the battery of a mouse */
		return SUPPLY_OTHER;
	if (strcmp(type, "Mains") == 0 || text_starts_with(type, "USB"))
		return SUPPLY_MAINS;
	if (strcmp(type, "Battery") == 0)
		return SUPPLY_BATTERY;
	return strcmp(type, "UPS") == 0 ? SUPPLY_UPS : SUPPLY_OTHER;
}

const char *supply_state_file(enum supply_kind kind)
{
	switch (kind) {
	case SUPPLY_MAINS:
		return "online";
	case SUPPLY_BATTERY:
	case SUPPLY_UPS:
		return "status";
	case SUPPLY_OTHER:
		break;
	}
	return NULL;
}

void supplies_add_state(struct supplies *supplies, enum supply_kind kind, const char *state)
{
	bool discharging = strcmp(state, "Discharging") == 0;
	int64_t online = linux_integer(state);

	switch (kind) {
	case SUPPLY_MAINS:
		supplies->mains = true;
		supplies->mains_online |= online > 0;
		break;
	case SUPPLY_BATTERY:
		supplies->battery = true;
		supplies->discharging |= discharging;
		break;
	case SUPPLY_UPS:
		supplies->ups |= discharging;
		break;
	case SUPPLY_OTHER:
		break;
	}
}

/* A machine without any of them has a power supply that says nothing. */
enum power_source supplies_source(const struct supplies *supplies)
{
	if (supplies->ups)
		return POWER_UPS;
	if (supplies->mains_online)
		return POWER_AC;
	if (supplies->discharging || (supplies->battery && supplies->mains))
		return POWER_BATTERY;
	return supplies->battery ? POWER_AC : POWER_UNKNOWN;
}

enum low_power_mode power_profile_mode(const char *profile)
{
	if (profile[0] == '\0')
		return LOW_POWER_UNKNOWN;
	return strcmp(profile, "low-power") == 0 ? LOW_POWER_ON : LOW_POWER_OFF;
}

static void visit_supply(const char *root, const char *path, void *context)
{
	struct supplies *supplies = context;
	enum supply_kind kind = supply_kind_of(root, path);
	const char *file = supply_state_file(kind);
	char state[CONDITION_WORD];
	int64_t capacity;

	if (file == NULL)
		return;
	linux_word(root, path, file, state);
	supplies_add_state(supplies, kind, state);
	capacity = kind == SUPPLY_BATTERY ? linux_number(root, path, "capacity") : JSON_UNKNOWN;
	/* Of several the emptiest counts. */
	if (capacity != JSON_UNKNOWN)
		supplies->battery_pct = fmin(supplies->battery_pct, (double)capacity);
}

void power_linux(const char *root, struct machine_conditions *conditions)
{
	struct supplies supplies = SUPPLIES_NONE;
	char profile[CONDITION_WORD];

	linux_each(root, "/sys/class/power_supply", "", visit_supply, &supplies);
	conditions->power_source = supplies_source(&supplies);
	conditions->battery_pct = supplies.battery_pct;
	linux_word(root, "/sys/firmware/acpi", "platform_profile", profile);
	conditions->low_power_mode = power_profile_mode(profile);
}
