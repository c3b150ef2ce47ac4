#include "machine/vm_counts.h"

/* The kernel's counts are unsigned. */
static int64_t pages(const int32_t *answer, enum vm_position position)
{
	return (int64_t)(uint32_t)answer[position];
}

int64_t vm_compressed_bytes(const int32_t answer[VM_POSITIONS], int64_t page_bytes)
{
	return pages(answer, VM_COMPRESSOR) * page_bytes;
}

int64_t vm_used_bytes(const int32_t answer[VM_POSITIONS], int64_t page_bytes)
{
	int64_t internal = pages(answer, VM_INTERNAL), purgeable = pages(answer, VM_PURGEABLE);
	int64_t app = internal > purgeable ? internal - purgeable : 0; /* the counters are not read at one instant */

	return (app + pages(answer, VM_WIRED) + pages(answer, VM_COMPRESSOR)) * page_bytes;
}
