/*
 * Sections of seed 003's report, in its order; style_full.c puts them together.
 */
#ifndef REPORT_FULL_H
#define REPORT_FULL_H

#include "document/document.h"
#include "report/measures.h"

/* full_models.c */
void full_add_best(const struct subjects *subjects, struct document *into);
void full_add_comparison(const struct subjects *subjects, struct document *into);
void full_add_models(const struct subjects *subjects, struct document *into);

/* full_technical.c */
void full_add_datasets(const struct subjects *subjects, struct document *into);
void full_add_system(const struct subjects *subjects, struct document *into);
void full_add_frameworks(const struct subjects *subjects, struct document *into);
void full_add_files(const struct subjects *subjects, struct document *into);
void full_add_methodology(const struct subjects *subjects, struct document *into);

#endif
