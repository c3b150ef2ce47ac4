#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "calibrate/calibrate.h"
#include "run/session.h"

/* A calibration of this run; what failed once is not tried again. */
struct known_floor {
	size_t streams;
	double tokens_per_s;
	struct error_floor floor;
};

static struct known_floor *find_floor(const struct session *session, const struct calibration *wanted)
{
	for (size_t i = 0; i < session->floor_count; i++)
		if (session->floors[i].streams == wanted->streams &&
		    session->floors[i].tokens_per_s == wanted->tokens_per_s)
			return &session->floors[i];
	return NULL;
}

/* The error floor of the cell's own load, from an earlier cell with the same one or measured now. */
static struct error_floor floor_of(struct session *session, const struct decode_load *load)
{
	struct calibration calibration = calibration_for(load);
	struct known_floor *known = find_floor(session, &calibration);
	struct failure failure = {0};
	struct error_floor floor;

	if (known == NULL) {
		calibration.stop = session->options->stop;
		session->floors = memory_resize(session->floors, session->floor_count + 1, sizeof(*session->floors));
		known = &session->floors[session->floor_count++];
		known->streams = calibration.streams;
		known->tokens_per_s = calibration.tokens_per_s;
		if (!calibrate(&calibration, &known->floor, &failure) && !session_stopped(session))
			session_warn(session, "the error floor is unknown: %s", failure.message);
		failure_release(&failure);
	}
	floor = known->floor;
	floor.capped = calibration.capped;
	return floor;
}

void floor_check(struct session *session, const struct cell_work *work)
{
	const struct cell *cell = work->cell;
	struct cell_summary *into = work->into;
	struct client_check *check = &into->client;
	struct client_figures figures;
	struct text words = {0};

	if (into->ok == 0)
		return;
	check->core_share = work->core_share;
	if (cell->calibrate != CELL_OFF && !session_stopped(session)) {
		struct decode_load load = decode_load_of(work->records.records, work->records.count);

		check->floor = floor_of(session, &load);
	}
	figures = cell_summary_client_figures(into);
	check->bounds = client_bounds_of(&check->floor, &figures);
	/* No real server runs in less than real time: of one that does, the tables do not speak. */
	if (check->bounds != 0 && !(session_server(session, cell)->simulated_speed > 1)) {
		client_check_add_words(check, &figures, &words);
		cell_summary_add_flag(into, "client-bound: %s", text_string(&words));
		text_release(&words);
	}
}

void floor_forget(struct session *session)
{
	free(session->floors);
	session->floors = NULL;
	session->floor_count = 0;
}
