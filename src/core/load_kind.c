/* Which loads of a model are cold, and which warm. */
#include "core/summary.h"

const char *load_kind_name(enum load_kind kind)
{
	switch (kind) {
	case LOAD_UNKNOWN:
		break;
	case LOAD_COLD:
		return "cold";
	case LOAD_WARM:
		return "warm";
	}
	return NULL;
}

static const char *digest_of(const struct summary *summary, const struct cell_summary *cell)
{
	const char *name = json_get_string(cell->settings, "model");
	const char *server = json_get_string(cell->settings, "server");

	for (size_t i = 0; i < summary->model_count; i++)
		if (text_equal(summary->models[i].name, name) &&
		    (summary->models[i].server == NULL || text_equal(summary->models[i].server, server)))
			return summary->models[i].digest;
	return NULL;
}

/* By the digest, where servers tell it; else the same model of the same server. */
static bool same_file(const struct summary *summary, const struct cell_summary *a, const struct cell_summary *b)
{
	const char *left = digest_of(summary, a), *right = digest_of(summary, b);

	if (left != NULL && right != NULL)
		return text_equal(left, right);
	return text_equal(json_get_string(a->settings, "model"), json_get_string(b->settings, "model")) &&
	       text_equal(json_get_string(a->settings, "server"), json_get_string(b->settings, "server"));
}

enum load_kind summary_next_load(const struct summary *summary, const struct cell_summary *cell)
{
	if (cell->load != LOAD_UNKNOWN)
		return LOAD_WARM;
	for (size_t i = 0; i < summary->cell_count; i++)
		if (summary->cells[i].load != LOAD_UNKNOWN && same_file(summary, &summary->cells[i], cell))
			return LOAD_WARM;
	for (size_t i = 0; i < summary->repeat_count; i++)
		if (summary->repeats[i].cell.load != LOAD_UNKNOWN &&
		    same_file(summary, &summary->repeats[i].cell, cell))
			return LOAD_WARM;
	return LOAD_COLD;
}
