/*
 * Base64 with padding and without line breaks: RFC 4648, section 4.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/text.h"

void base64_add(struct text *text, const void *bytes, size_t size);

#endif
