/*
 * The header of a GGUF file (versions 2 and 3, little endian): what decides
 * how much memory its model takes. Reads the header and nothing behind it;
 * any bytes are survived.
 */
#ifndef PLAN_GGUF_H
#define PLAN_GGUF_H

#include "base/text.h"
#include "core/model_shape.h"

/*
 * False: `problem` (without the path) says why: it cannot be read, it is no
 * GGUF file, it is damaged. Of a file that is one part of several the sizes stay
 * unknown.
 */
bool gguf_read(const char *path, struct model_shape *shape, struct text *problem);

#endif
