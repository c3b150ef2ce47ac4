/*
 * Used memory from Mach, which has three traps:
 *
 * - The kernel answers only a few calls a second of all programs together; the
 *   others get an old answer with KERN_SUCCESS and no mark. So this source asks
 *   seldom, and marks an answer that equals the one before as stale: of 38
 *   counters at least the page faults move between two fresh ones.
 * - The answer grows with the system. Asking for the first 38 integers works up
 *   to macOS 26; macOS 27 may refuse with MIG_ARRAY_TOO_LARGE and tell how many
 *   it wants to give.
 * - Counts of the answer are in integers, not bytes.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <mach/mach.h>
#include <sys/sysctl.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/source.h"
#include "machine/sysctl_darwin.h"
#include "machine/vm_counts.h"

/*
 * At most two questions a second in the long run. Edges of phases come on top of
 * the regular samples, so three unused ones may be asked at once.
 */
#define QUESTION_PERIOD_NS (NS_PER_S / 2)
#define QUESTIONS_AT_ONCE  3

struct darwin_source {
	struct memory_source base;
	host_t host; /* a send right; fetched once, since each mach_host_self() makes another */
	int64_t page_bytes, total_bytes;
	mach_msg_type_number_t wanted;        /* integers to ask for */
	int64_t unspent_ns;                   /* instant at which no question is owed any more */
	int64_t used_bytes, compressed_bytes; /* of the last answer */
	bool answered;
	int32_t previous[VM_POSITIONS]; /* when answered */
	int32_t answer[HOST_INFO_MAX];
};

static bool may_ask(struct darwin_source *source)
{
	int64_t now_ns = clock_now_ns();

	if (source->unspent_ns < now_ns)
		source->unspent_ns = now_ns;
	if (source->unspent_ns - now_ns > (QUESTIONS_AT_ONCE - 1) * QUESTION_PERIOD_NS)
		return false;
	source->unspent_ns += QUESTION_PERIOD_NS;
	return true;
}

static kern_return_t ask_once(struct darwin_source *source, mach_msg_type_number_t *count)
{
	*count = source->wanted;
	return host_statistics64(source->host, HOST_VM_INFO64, source->answer, count);
}

static bool ask(struct darwin_source *source)
{
	mach_msg_type_number_t count;
	kern_return_t result = ask_once(source, &count);

	if (result == MIG_ARRAY_TOO_LARGE && count > source->wanted && count <= HOST_INFO_MAX) {
		source->wanted = count;
		result = ask_once(source, &count);
	}
	return result == KERN_SUCCESS && count >= VM_POSITIONS;
}

static int64_t swap_used_bytes(void)
{
	struct xsw_usage usage;
	size_t size = sizeof usage;

	if (sysctlbyname("vm.swapusage", &usage, &size, NULL, 0) != 0 || size != sizeof usage)
		return JSON_UNKNOWN;
	return (int64_t)usage.xsu_used;
}

static void darwin_read(struct memory_source *base, struct memory_reading *reading)
{
	struct darwin_source *source = (struct darwin_source *)base;

	reading->total_bytes = source->total_bytes;
	reading->swap_used_bytes = swap_used_bytes();
	if (!may_ask(source)) {
		reading->used_bytes = source->used_bytes;
		reading->compressed_bytes = source->compressed_bytes;
		reading->stale = true;
		return;
	}
	source->used_bytes = source->compressed_bytes = JSON_UNKNOWN;
	if (ask(source)) {
		source->used_bytes = vm_used_bytes(source->answer, source->page_bytes);
		source->compressed_bytes = vm_compressed_bytes(source->answer, source->page_bytes);
		reading->stale =
		    source->answered && memcmp(source->answer, source->previous, sizeof source->previous) == 0;
		memcpy(source->previous, source->answer, sizeof source->previous);
		source->answered = true;
	}
	reading->used_bytes = source->used_bytes;
	reading->compressed_bytes = source->compressed_bytes;
}

static void darwin_close(struct memory_source *base)
{
	struct darwin_source *source = (struct darwin_source *)base;

	mach_port_deallocate(mach_task_self(), source->host);
	free(source);
}

struct memory_source *memory_open_system(const char *root)
{
	struct darwin_source *source = memory_new(1, sizeof *source);
	vm_size_t page_bytes = 0;

	(void)root;
	source->base.read = darwin_read;
	source->base.close = darwin_close;
	source->base.definition = "(internal - purgeable) + wired + compressor pages of host_statistics64; "
				  "total: hw.memsize";
	source->host = mach_host_self();
	source->wanted = VM_POSITIONS;
	source->used_bytes = source->compressed_bytes = JSON_UNKNOWN;
	source->total_bytes = sysctl_integer("hw.memsize");
	host_page_size(source->host, &page_bytes);
	source->page_bytes = (int64_t)page_bytes;
	return &source->base;
}
