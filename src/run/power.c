#include "run/power.h"

#include <math.h>

static const int64_t look_ns = NS_PER_S;

void power_hold(struct session *session)
{
	session->awake = awake_hold(&session->asleep_why);
}

void power_note(struct session *session)
{
	struct json *host = session->summary->host;

	json_set_bool(host, "sleep_prevented", session->awake != NULL);
	json_set_string(host, "sleep_why", session->awake == NULL ? text_string(&session->asleep_why) : NULL);
}

void power_release(struct session *session)
{
	awake_release(session->awake);
	text_release(&session->asleep_why);
	session->awake = NULL;
}

static void add_charge(const struct machine_conditions *now, struct text *into)
{
	if (!isnan(now->battery_pct))
		text_addf(into, " (%.0f %%)", now->battery_pct);
}

static bool is_on_battery(struct machine_conditions *now)
{
	machine_power_read(now);
	return now->power_source == POWER_BATTERY;
}

static void wait_for_mains(struct session *session, struct machine_conditions *now)
{
	struct text charge = {0};

	add_charge(now, &charge);
	session_warn(session, "on battery%s: waiting for mains power", text_string(&charge));
	text_release(&charge);
	while (!session_stopped(session) && is_on_battery(now)) {
		session_step(session, SWEEP_POWERLESS);
		session_pause(session, clock_now_ns() + look_ns);
	}
}

static bool refuse(struct session *session, const struct machine_conditions *now)
{
	static const char cure[] = "on_battery: allow in the matrix (--set on_battery=allow) measures all the same";
	struct text charge = {0};

	add_charge(now, &charge);
	if (session->powered)
		failure_set(session->failure, STATUS_CANNOT_GO_ON,
		            "the machine went on battery%s: --resume goes on when it has mains power; %s",
		            text_string(&charge), cure);
	else
		failure_set(session->failure, STATUS_USER_MISTAKE,
		            "the machine runs on battery%s, which makes figures of its own: plug it in; %s",
		            text_string(&charge), cure);
	text_release(&charge);
	return false;
}

bool power_check(struct session *session, const struct cell *cell)
{
	struct machine_conditions now;

	/* What a simulated device does hangs on no battery. */
	if (session_server(session, cell)->simulated != NULL)
		return true;
	switch (session->plan->on_battery) {
	case PLAN_BATTERY_STOP:
		if (is_on_battery(&now))
			return refuse(session, &now);
		break;
	case PLAN_BATTERY_PAUSE:
		if (is_on_battery(&now))
			wait_for_mains(session, &now);
		break;
	case PLAN_BATTERY_ALLOW:
		break;
	}
	session->powered = true;
	return true;
}
