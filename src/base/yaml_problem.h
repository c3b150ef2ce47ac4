/*
 * What libyaml's words for a mistake mean to who wrote the file, and the cure.
 */
#ifndef BASE_YAML_PROBLEM_H
#define BASE_YAML_PROBLEM_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Adds it to a message. What libyaml was reading begins in `line` and `column`;
 * line 0: there is no place to tell. True: that is where the mistake is, and
 * not where libyaml gave up. NULL is no words at all.
 */
bool yaml_problem_add(const char *libyaml, int line, int column, struct text *into);

#endif
