/*
 * Which server answers at the access's URL: asks what target/identify.h says, one GET
 * after the other.
 */
#ifndef RUN_RECOGNIZE_H
#define RUN_RECOGNIZE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "core/access.h"
#include "target/identify.h"

/*
 * False: it is none that is known, or it does not answer; then `tried` (may be
 * NULL) gets what was asked with what came back: "GET / answered 404, GET
 * /props answered 200". Each question takes at most try_ns; the first one that
 * is not answered at all ends it. `stop` may be NULL.
 */
bool recognize_server(const struct access *access, int64_t try_ns, const volatile sig_atomic_t *stop,
                      struct identity *identity, struct text *tried);

#endif
