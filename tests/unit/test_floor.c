/*
 * What a cell's summary says of the client that measured it. Without
 * calibration, so that nothing here depends on this machine's speed.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "run/session.h"
#include "tap.h"

static const struct target some_target = {.name = "ollama"};

/* A cell with one good request, measured by a client that used `core_share` of its core. */
static struct cell_summary checked(double core_share, double simulated_speed, int64_t ok_requests)
{
	struct server_settings settings = {.name = "s"};
	struct sweep_options options = {0};
	struct server_facts server = {.name = settings.name, .simulated_speed = simulated_speed};
	struct summary summary = {.servers = &server, .server_count = 1};
	struct session session = {.options = &options, .summary = &summary, .backend = {.target = &some_target}};
	struct cell_summary into;
	struct cell cell;
	struct cell_work work = {.cell = &cell, .into = &into, .core_share = core_share};

	cell_reset(&cell);
	cell.server = &settings;
	cell.calibrate = CELL_OFF;
	cell_summary_init(&into);
	into.ok = ok_requests;
	floor_check(&session, &work);
	ok(into.client.floor.texts == 0 && session.floor_count == 0, "a cell that says no is not calibrated");
	floor_forget(&session);
	return into;
}

static void flagged(void)
{
	static const struct {
		const char *what;
		double core_share, simulated_speed;
		int64_t ok;
		bool bound, flagged;
	} cases[] = {
	    {"a busy client is flagged", 0.9, 0, 4, true, true},
	    {"an idle one is not", 0.1, 0, 4, false, false},
	    {"on a simulated server of real time it is", 0.9, 1, 4, true, true},
	    {"faster than real time it is known but no flag", 0.9, 100, 4, true, false},
	    {"of a cell without a good request nothing is said", 0.9, 0, 0, false, false},
	    {"an unknown share is no flag", NAN, 0, 4, false, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cell_summary cell = checked(cases[i].core_share, cases[i].simulated_speed, cases[i].ok);

		ok((cell.client.bounds == 1u << CLIENT_BOUND_CPU) == cases[i].bound &&
		       cell.flag_count == cases[i].flagged,
		   cases[i].what);
		if (cell.flag_count > 0)
			is_text(cell.flags[0], "client-bound: client's thread 90 % of a core", "with the reason");
		cell_summary_release(&cell);
	}
}

int main(void)
{
	flagged();
	return tap_done();
}
