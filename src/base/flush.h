/* How a system brings what was written to a file onto the disk itself. */
#ifndef BASE_FLUSH_H
#define BASE_FLUSH_H

/* 0, or −1 and errno. */
int flush_to_disk(int file);

#endif
