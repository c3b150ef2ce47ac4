/*
 * Whether a run will find room: its results on the disk, by what they take for
 * a request, and the requests of its open loops among the files that may be open.
 */
#include "base/file.h"
#include "load/load.h"
#include "run/session.h"

/*
 * A line of records.jsonl has some 650 bytes and, for a token, its stamp and its
 * text; a cell has its line in the journal, its part of summary.json and of the
 * report, and its charts; a trial has a line in the journal, of the same size.
 * Samples and the server's log, which go by time, come to less as a rule.
 */
enum {
	BYTES_OF_RECORD = 650,
	BYTES_OF_TOKEN = 20,
	BYTES_OF_CELL = 64 << 10,
	BYTES_OF_TRIAL = 16 << 10,
};

static int64_t cell_bytes(const struct cell *cell)
{
	int64_t tokens = cell->output_tokens > 0 ? cell->output_tokens : 0;
	int64_t trial = cell->requests * (BYTES_OF_RECORD + BYTES_OF_TOKEN * tokens) + BYTES_OF_TRIAL;

	return BYTES_OF_CELL + cell->trials * trial;
}

static double mebibytes(int64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static void check_disk(const struct session *session)
{
	int64_t free_bytes = file_free_bytes(store_folder(session->store)), needed_bytes = 0;

	for (size_t i = 0; i < session->plan->cell_count; i++)
		if (!session->states[i].finished)
			needed_bytes += cell_bytes(&session->plan->cells[i]);
	if (free_bytes >= 0 && free_bytes < needed_bytes)
		session_warn(
		    session,
		    "the results will take about %.1f MiB, and the disk of %s has %.1f MiB left: free some now "
		    "(should it be full, the run ends with what it has, and --resume goes on with it)",
		    mebibytes(needed_bytes), store_folder(session->store), mebibytes(free_bytes));
}

static void check_files(const struct session *session)
{
	size_t most = 1, fit;

	for (size_t i = 0; i < session->plan->cell_count; i++) {
		const struct cell *cell = &session->plan->cells[i];

		if (cell_in_flight(cell) == 0 && (size_t)cell->requests > most)
			most = (size_t)cell->requests;
	}
	fit = load_reserve_files_up_to(most);
	if (fit < most)
		session_warn(session,
		             "no more than %zu requests can be in flight at once, for want of open files: further ones "
		             "of an open loop will wait for a place, and that is in their times (`ulimit -n` raises "
		             "the limit, up to that of `ulimit -Hn`)",
		             fit);
}

void space_check(const struct session *session)
{
	check_disk(session);
	check_files(session);
}
