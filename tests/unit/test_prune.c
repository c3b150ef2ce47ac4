/* Which cells are not run: causes of failures, cells that take no less, failures in a row. */
#include "core/trace.h"
#include "matrix.h"
#include "run/prune.h"

static void test_causes(void)
{
	static const struct {
		const char *what;
		struct failure_signs signs;
		enum cell_cause cause;
	} cases[] = {
	    {"no model fits",
	     {.words = "failed to allocate Metal buffer of size 8891928576",
	      .reason = "loading the model: x",
	      .none_ok = true},
	     CAUSE_MEMORY},
	    {"it stands in the reason only",
	     {.reason = "4 of 4 requests failed: CUDA out of memory. Tried to allocate 2.00 GiB", .none_ok = true},
	     CAUSE_MEMORY},
	    {"a server that ended for it while some had been answered",
	     {.words = "cudaMalloc failed: out of memory", .reason = "the server ended", .server_failed = true},
	     CAUSE_MEMORY},
	    {"one of many requests that found no memory is no judgement of the cell",
	     {.words = "cudaMalloc failed: out of memory", .reason = "1 of 4 requests failed"},
	     CAUSE_NONE},
	    {"killed, and the system says that it killed for memory",
	     {.reason = "the server ended (killed by signal 9 (Killed)): 4 of 4 requests failed",
	      .oom_kills = 1,
	      .none_ok = true,
	      .server_failed = true},
	     CAUSE_MEMORY},
	    {"a runner of it",
	     {.words = "llama runner process has terminated: signal: killed", .oom_kills = 2, .none_ok = true},
	     CAUSE_MEMORY},
	    {"killed by somebody",
	     {.reason = "the server ended (killed by signal 9 (Killed)): 4 of 4 requests failed",
	      .none_ok = true,
	      .server_failed = true},
	     CAUSE_SERVER},
	    {"killed, and the system does not tell",
	     {.reason = "the server ended (killed by signal 9 (Killed)): 4 of 4 requests failed",
	      .oom_kills = JSON_UNKNOWN,
	      .none_ok = true,
	      .server_failed = true},
	     CAUSE_SERVER},
	    {"another program was killed",
	     {.reason = "the server ended (exit status 1)", .oom_kills = 1, .none_ok = true, .server_failed = true},
	     CAUSE_SERVER},
	    {"too late, also with successes",
	     {.reason = "3 of 4 requests failed", .over_time = true},
	     CAUSE_CELL_TIMEOUT},
	    {"too late for want of an answer",
	     {.reason = "4 of 4 requests failed", .over_time = true, .none_ok = true, .server_failed = true},
	     CAUSE_CELL_TIMEOUT},
	    {"a model that is not there", {.words = "model 'nope' not found", .none_ok = true}, CAUSE_NONE},
	    {"all is well", {0}, CAUSE_NONE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_text(cell_cause_name(prune_cause(&cases[i].signs)), cell_cause_name(cases[i].cause), cases[i].what);
}

/* Two cells, the first of which was judged; whether the second is to be left out for it. */
static const struct {
	const char *knobs; /* of the matrix */
	enum cell_cause cause;
	const char *reason; /* of the second cell; NULL: it is to be run */
} pairs[] = {
    {"parallel: [4, 8]", CAUSE_MEMORY, "not run: it ran out of memory with parallel 4"},
    {"parallel: [8, 4]", CAUSE_MEMORY, NULL},
    {"context_size: [2048, 4096]", CAUSE_MEMORY, "not run: it ran out of memory with context_size 2048"},
    {"context_size: [4096, 2048]", CAUSE_MEMORY, NULL},
    {"num_batch: [256, 512]", CAUSE_MEMORY, "not run: it ran out of memory with num_batch 256"},
    {"requests: [8, 16]", CAUSE_MEMORY, "not run: it ran out of memory with requests 8"},
    {"model: [a, b]", CAUSE_MEMORY, NULL},
    {"flash_attention: [true, false]", CAUSE_MEMORY, NULL},
    {"num_gpu: [10, -1]", CAUSE_MEMORY, NULL},
    {"kv_cache_type: [q8_0, f16]", CAUSE_MEMORY, NULL},
    {"profile: {x: {A: 1}, y: {A: 2}}", CAUSE_MEMORY, NULL},
    {"server: [{name: x, url: 'http://127.0.0.1:1'}, {name: y, url: 'http://127.0.0.1:2'}]", CAUSE_MEMORY, NULL},
    {"output_tokens: [{min: 1, max: 9}, 90]", CAUSE_MEMORY, NULL},
    {"timeout: [1m, 2m]", CAUSE_MEMORY, "not run: it ran out of memory with timeout 1m"},
    {"requests: [8, 16]", CAUSE_CELL_TIMEOUT, "not run: it took longer than its cell_timeout with requests 8"},
    {"requests: [16, 8]", CAUSE_CELL_TIMEOUT, NULL},
    {"output_tokens: [8, 16]", CAUSE_CELL_TIMEOUT,
     "not run: it took longer than its cell_timeout with output_tokens 8"},
    {"parallel: [4, 8]", CAUSE_CELL_TIMEOUT, NULL},
    {"parallel: [8, 4]", CAUSE_CELL_TIMEOUT, NULL},
    {"cell_timeout: [1s, 9s]", CAUSE_CELL_TIMEOUT, NULL},
    {"parallel: [4, 8]", CAUSE_SERVER, NULL},
    {"parallel: [4, 8]", CAUSE_BUDGET, NULL},
    {"parallel: [4, 8]", CAUSE_SMALLER, NULL},
    {"parallel: [4, 8]", CAUSE_NONE, NULL},
};

static void test_pairs(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		bool has_model = text_starts_with(pairs[i].knobs, "model");
		char *matrix = text_format("%s%s\n", has_model ? "" : "model: m\n", pairs[i].knobs);
		struct cell_summary cells[2] = {{.cause = pairs[i].cause}};
		struct failure failure = {0};
		struct plan plan;
		char *reason;

		if (!load(matrix, nothing, nothing, &plan, &failure) || plan.cell_count != 2)
			printf("Bail out! %s\n", failure.message);
		reason = prune_reason(&plan, cells, 1);
		is_text(reason, pairs[i].reason, pairs[i].knobs);
		free(reason);
		reason = prune_reason(&plan, cells, 0);
		is_text(reason, NULL, "never for its own failure");
		free(reason);
		plan_release(&plan);
		free(matrix);
	}
}

/* Whichever of two axes is larger: it must be no smaller in both. */
static void test_two_axes(void)
{
	struct cell_summary cells[9] = {{0}};
	struct failure failure = {0};
	struct text pruned = {0};
	struct plan plan;

	load("model: m\nparallel: [1, 2, 4]\ncontext_size: [1024, 2048, 4096]\n", nothing, nothing, &plan, &failure);
	cells[4].cause = CAUSE_MEMORY;
	for (size_t i = 0; i < plan.cell_count; i++) {
		char *reason = prune_reason(&plan, cells, i);

		if (reason != NULL)
			text_addf(&pruned, "%zu ", i);
		if (i == 8)
			is_text(reason, "not run: it ran out of memory with parallel 2, context_size 2048",
			        "told by both axes");
		free(reason);
	}
	is_text(text_string(&pruned), "5 7 8 ", "of nine cells the three that are no smaller than the middle one");
	text_release(&pruned);
	plan_release(&plan);
}

static void ended(struct failure_rows *rows, const struct cell *cell, enum cell_status status, enum cell_cause cause,
                  int64_t ok)
{
	const struct cell_summary summary = {.status = status, .cause = cause, .reason = (char *)"no answer", .ok = ok};

	failure_rows_note(rows, cell, &summary);
}

static void is_given_up(const struct failure_rows *rows, const struct cell *cell, const char *want, const char *what)
{
	char *reason = failure_rows_reason(rows, cell, 2);

	is_text(reason, want, what);
	free(reason);
}

static void test_failures_in_a_row(void)
{
	static const char matrix[] = "model: [a, b]\nserver: [{name: x, url: 'http://127.0.0.1:1'}, "
				     "{name: y, start: 'serve --model {model} --port {port}', adapter: openai}]\n";
	static const char twice[] = "not run: x failed 2 cells in a row (give_up_after), the last: no answer";
	struct failure_rows rows = {0};
	struct failure failure = {0};
	struct plan plan;
	const struct cell *ax, *ay, *bx, *by;

	if (!load(matrix, nothing, nothing, &plan, &failure))
		printf("Bail out! %s\n", failure.message);
	ax = &plan.cells[0], ay = &plan.cells[1], bx = &plan.cells[2], by = &plan.cells[3];
	ok(ax->server == bx->server && ay->server == by->server && ax->server != ay->server,
	   "two servers of two models");
	ok(prune_shares_fate(ax, bx) && !prune_shares_fate(ay, by) && !prune_shares_fate(ax, ay),
	   "a server that starts with a model is another one with each");
	is_given_up(&rows, ax, NULL, "nothing has failed");
	ended(&rows, ax, CELL_FAILED, CAUSE_SERVER, 0);
	is_given_up(&rows, ax, NULL, "one failure");
	ended(&rows, bx, CELL_FAILED, CAUSE_SERVER, 0);
	is_given_up(&rows, ax, twice, "two of one server");
	is_given_up(&rows, ay, NULL, "say nothing of another");
	ended(&rows, ax, CELL_SKIPPED, CAUSE_GIVEN_UP, 0);
	ended(&rows, ax, CELL_UNFINISHED, CAUSE_NONE, 0);
	is_given_up(&rows, bx, twice, "skipped and interrupted cells do not count");
	ended(&rows, ax, CELL_DONE, CAUSE_NONE, 4);
	is_given_up(&rows, ax, NULL, "a cell that is done ends the row");
	ended(&rows, ax, CELL_FAILED, CAUSE_SERVER, 0);
	ended(&rows, ax, CELL_FAILED, CAUSE_MEMORY, 0);
	ended(&rows, ax, CELL_FAILED, CAUSE_SERVER, 0);
	is_given_up(&rows, ax, NULL, "that it has no memory is no failure of the server");
	ended(&rows, ax, CELL_FAILED, CAUSE_CELL_TIMEOUT, 0);
	is_given_up(&rows, ax, twice, "a cell's time that is up without an answer is one");
	ended(&rows, ax, CELL_DONE, CAUSE_CELL_TIMEOUT, 3);
	is_given_up(&rows, ax, NULL, "with one it is none");
	ended(&rows, ay, CELL_FAILED, CAUSE_SERVER, 0);
	ended(&rows, by, CELL_FAILED, CAUSE_SERVER, 0);
	is_given_up(&rows, ay, NULL, "one of each model");
	failure_rows_release(&rows);
	plan_release(&plan);
}

int main(void)
{
	if (!enter_folder())
		return 1;
	test_causes();
	test_pairs();
	test_two_axes();
	test_failures_in_a_row();
	return leave_folder(tap_done());
}
