/*
 * Servers that write down recordings: whisper.cpp's and those with OpenAI's
 * interface; which kinds there are is in transcribe.c.
 */
#ifndef TARGET_WHISPER_H
#define TARGET_WHISPER_H

#include "target/target.h"

extern const struct target whisper_target;

#endif
