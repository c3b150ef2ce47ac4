/* Where the memory of a loaded model went: list, ps and used are three figures, and their difference has names. */
#include <stdlib.h>

#include "base/memory.h"
#include "core/memory_account.h"
#include "report/sections.h"
#include "tap.h"

#define MIB INT64_C(1048576)

static struct model_facts model;

static void begin(struct cell_summary *cell)
{
	cell_summary_init(cell);
	cell->status = CELL_DONE;
	model_facts_reset(&model);
	model.size_bytes = INT64_C(4683075271);
	cell->predicted.weights_bytes = 4460 * MIB;
	cell->predicted.kv_bytes = 448 * MIB;
	cell->predicted.compute_bytes = 492 * MIB;
}

static void is_told(const struct cell_summary *cell, const struct model_facts *of, const char *want, const char *what)
{
	struct memory_account account = memory_account_of(cell, of);
	struct text text = {0};

	memory_account_add(&account, &text);
	is_text(text_string(&text), want, what);
	text_release(&text);
}

static void test_parts(void)
{
	struct cell_summary cell;
	struct memory_account account;

	begin(&cell);
	is_told(&cell, &model, "4.7GB on disk: weights 4.355Gi, KV cache 0.438Gi, compute buffers 0.480Gi",
	        "what is predicted");
	is_told(&cell, NULL, "weights 4.355Gi, KV cache 0.438Gi, compute buffers 0.480Gi", "without the file's size");
	cell.loaded_bytes = 5912 * MIB;
	is_told(
	    &cell, &model,
	    "4.7GB on disk, 5.773Gi loaded: weights 4.355Gi, KV cache 0.438Gi, compute buffers 0.480Gi, 0.500Gi that "
	    "the server adds",
	    "what the server says");
	account = memory_account_of(&cell, &model);
	is_int(account.unexplained_bytes, 512 * MIB, "its reserve");
	is_int(account.rest_bytes, JSON_UNKNOWN, "nothing was measured");
	cell.loaded_bytes = 5144 * MIB;
	cell.memory.baseline_bytes = 1000 * MIB;
	cell.memory.system_peak_bytes = 7000 * MIB;
	is_int(memory_account_of(&cell, &model).used_bytes, JSON_UNKNOWN,
	       "where no load was timed the model may have been there before");
	is_int(memory_idle_bytes(&cell), JSON_UNKNOWN, "so nothing is known of before it");
	cell_summary_set(&cell, "model_load_s", 2);
	is_int(memory_idle_bytes(&cell), 1000 * MIB, "what was used before the load");
	is_told(
	    &cell, &model,
	    "4.7GB on disk, 5.023Gi loaded: weights 4.355Gi, KV cache 0.438Gi, compute buffers 0.480Gi, 0.250Gi that "
	    "the server does not count; used 5.859Gi (more of the system's memory than before)",
	    "less than there is, and what the system used");
	is_int(memory_account_of(&cell, &model).rest_bytes, 600 * MIB, "the server itself");
	cell.memory.server_peak_bytes = 6000 * MIB;
	cell.memory.gpu_peak_bytes = 300 * MIB;
	is_int(memory_account_of(&cell, &model).used_bytes, 6000 * MIB,
	       "a GPU that only shows the desktop is passed over");
	cell.memory.gpu_peak_bytes = 6500 * MIB;
	account = memory_account_of(&cell, &model);
	is_int(account.used_bytes, 6500 * MIB, "the largest figure counts");
	is_text(account.used_what, "the GPU's memory", "and is named");
	cell.status = CELL_FAILED;
	is_int(memory_account_of(&cell, &model).used_bytes, JSON_UNKNOWN, "what did not run used nothing that counts");
	cell_summary_release(&cell);
}

static void test_unknown(void)
{
	struct cell_summary cell;

	begin(&cell);
	memory_prediction_reset(&cell.predicted);
	cell.loaded_bytes = 5912 * MIB;
	is_told(&cell, &model, "", "without the parts nothing is told");
	is_int(memory_account_of(&cell, &model).unexplained_bytes, JSON_UNKNOWN, "nor what is left");
	cell_summary_release(&cell);
}

/* One cell whose memory is predicted, and one whose is not. */
static void test_section(void)
{
	struct summary summary = {.cells = memory_new(2, sizeof(*summary.cells)), .cell_count = 2};
	struct document document = {0};
	struct text text = {0};

	for (int64_t i = 0; i < 2; i++) {
		struct cell cell;

		cell_reset(&cell);
		cell.model = "deepseek-r1:7b";
		cell.parallel = 4 + i;
		begin(&summary.cells[i]);
		summary.cells[i].settings = cell_settings(&cell);
	}
	memory_prediction_reset(&summary.cells[1].predicted);
	report_add_memory_parts(&summary, &document);
	document_write_markdown(&document, &text);
	is_text(text_string(&text), "", "nothing predicted, no section");
	summary.cells[0].predicted.total_bytes = 5400 * MIB;
	summary.cells[0].memory.server_peak_bytes = 5300 * MIB;
	report_add_memory_parts(&summary, &document);
	document_write_markdown(&document, &text);
	ok(strstr(text_string(&text), "| deepseek-r1:7b | parallel 4 | – | – | 4.355Gi | 0.438Gi | 0.480Gi | – | "
	                              "5.273Gi | 5.176Gi | of the server's processes |\n\n") != NULL,
	   "a row for the cell that is predicted");
	ok(strstr(text_string(&text), "parallel 5") == NULL, "and none for the other");
	document_release(&document);
	text_release(&text);
	summary_release(&summary);
}

int main(void)
{
	test_parts();
	test_section();
	test_unknown();
	return tap_done();
}
