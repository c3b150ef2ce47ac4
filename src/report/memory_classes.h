/*
 * Which models a machine of a class of memory could run, by what was measured:
 * a cell fits when the peak of the whole system's used memory in it is not
 * above the class, on whichever machine it was measured.
 */
#ifndef REPORT_MEMORY_CLASSES_H
#define REPORT_MEMORY_CLASSES_H

#include "document/document.h"
#include "report/subjects.h"

/*
 * A heading of that level and items for each class: the fastest model of each
 * task that fits, and what fits from this class on; last, what fits none.
 */
void memory_classes_add(const struct subjects *subjects, int level, struct document *into);

#endif
