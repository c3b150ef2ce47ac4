#include "core/memory_account.h"

#include "base/units.h"

static int64_t minus(int64_t a, int64_t b)
{
	return a == JSON_UNKNOWN || b == JSON_UNKNOWN ? JSON_UNKNOWN : a - b;
}

int64_t memory_idle_bytes(const struct cell_summary *cell)
{
	const struct metric *load = metric_find("model_load_s");

	return cell->metrics != NULL && cell->metrics[load - metrics].values.n > 0 ? cell->memory.baseline_bytes
	                                                                           : JSON_UNKNOWN;
}

int64_t memory_growth_bytes(const struct cell_summary *cell)
{
	return minus(cell->memory.system_peak_bytes, memory_idle_bytes(cell));
}

int64_t memory_need_bytes(const struct cell_summary *cell)
{
	const struct memory_summary *memory = &cell->memory;

	if (memory->system_peak_bytes == JSON_UNKNOWN || memory->system_with_files_bytes < memory->system_peak_bytes)
		return memory->system_peak_bytes;
	return memory->system_with_files_bytes;
}

/*
 * The largest of what was measured: each of them misses something (a GPU that
 * only shows the desktop, a server whose model is on the GPU, weights that are
 * page cache). Nothing of a cell that did not run.
 */
static void add_used(const struct cell_summary *cell, struct memory_account *account)
{
	const struct memory_summary *memory = &cell->memory;
	const struct {
		int64_t bytes;
		const char *what;
	} figures[] = {
	    {memory->gpu_peak_bytes, "the GPU's memory"},
	    {memory->server_peak_bytes, "of the server's processes"},
	    {memory_growth_bytes(cell), "more of the system's memory than before"},
	};

	account->used_bytes = JSON_UNKNOWN;
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]) && cell->status == CELL_DONE; i++)
		if (figures[i].bytes > account->used_bytes) { /* JSON_UNKNOWN is the least integer */
			account->used_bytes = figures[i].bytes;
			account->used_what = figures[i].what;
		}
}

struct memory_account memory_account_of(const struct cell_summary *cell, const struct model_facts *model)
{
	struct memory_account account = {
	    .file_bytes = model != NULL ? model->size_bytes : JSON_UNKNOWN,
	    .loaded_bytes = cell->loaded_bytes,
	    .weights_bytes = cell->predicted.weights_bytes,
	    .kv_bytes = cell->predicted.kv_bytes,
	    .compute_bytes = cell->predicted.compute_bytes,
	};
	int64_t parts = JSON_UNKNOWN;

	if (account.weights_bytes != JSON_UNKNOWN && account.kv_bytes != JSON_UNKNOWN &&
	    account.compute_bytes != JSON_UNKNOWN)
		parts = account.weights_bytes + account.kv_bytes + account.compute_bytes;
	add_used(cell, &account);
	account.unexplained_bytes = minus(account.loaded_bytes, parts);
	account.rest_bytes = minus(account.used_bytes, parts);
	return account;
}

/* A figure with what stands before and after it; nothing when it is unknown. */
static void add(struct text *into, const char *before, int64_t bytes, const char *after)
{
	if (bytes == JSON_UNKNOWN)
		return;
	text_add(into, before);
	units_add_gi(into, bytes);
	text_add(into, after);
}

void memory_account_add(const struct memory_account *account, struct text *into)
{
	if (account->weights_bytes == JSON_UNKNOWN || account->kv_bytes == JSON_UNKNOWN ||
	    account->compute_bytes == JSON_UNKNOWN)
		return;
	if (account->file_bytes != JSON_UNKNOWN) {
		units_add_gb(into, account->file_bytes);
		text_add(into, account->loaded_bytes != JSON_UNKNOWN ? " on disk, " : " on disk: ");
	}
	add(into, "", account->loaded_bytes, " loaded: ");
	add(into, "weights ", account->weights_bytes, "");
	add(into, ", KV cache ", account->kv_bytes, "");
	add(into, ", compute buffers ", account->compute_bytes, "");
	if (account->unexplained_bytes > 0)
		add(into, ", ", account->unexplained_bytes, " that the server adds");
	else if (account->unexplained_bytes != JSON_UNKNOWN && account->unexplained_bytes < 0)
		add(into, ", ", -account->unexplained_bytes, " that the server does not count");
	if (account->used_what != NULL) {
		add(into, "; used ", account->used_bytes, "");
		text_addf(into, " (%s)", account->used_what);
	}
}
