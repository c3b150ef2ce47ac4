#include "run/earlier.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "machine/identity.h"
#include "store/store.h"

char *earlier_load(const struct plan *plan, const char *out, int64_t memory_bytes, struct summary *earlier,
                   struct text *remark)
{
	char *results = text_format("%s/%s", out, plan->name), *folder = NULL;
	struct failure none = {0};
	struct stat status;

	*earlier = (struct summary){0};
	if (stat(results, &status) == 0 && S_ISDIR(status.st_mode)) {
		folder = store_find(results, &none);
		if (folder != NULL && !store_load(folder, earlier, &none)) {
			free(folder);
			folder = NULL;
		}
	}
	if (failure_is_set(&none))
		text_add(remark, none.message);
	if (folder != NULL && json_get_integer(earlier->host, "memory_bytes") != memory_bytes) {
		text_addf(remark, "%s is of a machine with other memory: its times say nothing of this one", folder);
		summary_release(earlier);
		*earlier = (struct summary){0};
		free(folder);
		folder = NULL;
	}
	failure_release(&none);
	free(results);
	return folder;
}

void earlier_order(struct plan *plan, const char *out)
{
	struct machine_identity here;
	struct summary earlier;
	struct text remark = {0};
	char *folder;

	if (plan->order != PLAN_INFORMATIVE)
		return;
	machine_identify(&here);
	folder = earlier_load(plan, out, here.memory_bytes, &earlier, &remark);
	plan_order_informative(plan, folder != NULL ? &earlier : NULL);
	machine_identity_release(&here);
	summary_release(&earlier);
	text_release(&remark);
	free(folder);
}
