/*
 * The head of a WAV file: RIFF chunks in any order (Microsoft's "Multimedia
 * Programming Interface and Data Specifications 1.0", 1991, with
 * WAVE_FORMAT_EXTENSIBLE). Pure; any bytes are survived.
 */
#ifndef CORE_WAV_H
#define CORE_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wav {
	int64_t rate;     /* frames per second */
	int channels;     /* samples in a frame */
	int bits;         /* of a sample */
	bool is_float;    /* else integers */
	size_t frame;     /* bytes */
	size_t data;      /* offset of the first frame */
	size_t data_size; /* bytes of whole frames that are there, whatever the head says */
	int64_t length_ns;
};

/* NULL: `wav` is filled. Else why it cannot be: "it is not a WAV file", …; static. */
const char *wav_read(const void *bytes, size_t size, struct wav *wav);

#endif
