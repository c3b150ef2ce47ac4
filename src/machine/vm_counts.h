/*
 * The answer of Mach's host_statistics64(HOST_VM_INFO64), and what of it is
 * used memory. Portable, so that it is tested with recorded answers.
 */
#ifndef MACHINE_VM_COUNTS_H
#define MACHINE_VM_COUNTS_H

#include <stdint.h>

/*
 * The answer is an array of 4-byte integers that only ever grew at its end: 38
 * in macOS 15, 62 in macOS 26, 104 in macOS 27. These positions hold in all of
 * them; tests/cross/layout.c compares them with Apple's header.
 */
enum vm_position {
	VM_FREE = 0, /* includes VM_SPECULATIVE */
	VM_ACTIVE = 1,
	VM_INACTIVE = 2,
	VM_WIRED = 3,
	VM_PURGEABLE = 22, /* part of VM_INTERNAL */
	VM_SPECULATIVE = 23,
	VM_COMPRESSOR = 32, /* pages that the compressor occupies, not what it stores */
	VM_EXTERNAL = 34,   /* pageable, of files */
	VM_INTERNAL = 35,   /* pageable, anonymous */
	VM_POSITIONS = 38,
};

/*
 * (internal − purgeable) + wired + compressor: App Memory, Wired Memory and
 * Compressed of Activity Monitor. The kernel counts in its own pages, 16 KiB on
 * Apple silicon even for a program that runs under Rosetta.
 */
int64_t vm_used_bytes(const int32_t answer[VM_POSITIONS], int64_t page_bytes);

/* Compressed, of these. */
int64_t vm_compressed_bytes(const int32_t answer[VM_POSITIONS], int64_t page_bytes);

#endif
