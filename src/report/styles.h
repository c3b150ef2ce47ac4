/*
 * The styles, one file each: rows of report_styles[].
 */
#ifndef REPORT_STYLES_H
#define REPORT_STYLES_H

#include "document/document.h"
#include "report/report.h"

bool style_sweep(const struct report_input *input, struct document *into, struct failure *failure);
bool style_grid(const struct report_input *input, struct document *into, struct failure *failure);
bool style_guide(const struct report_input *input, struct document *into, struct failure *failure);
bool style_tasks(const struct report_input *input, struct document *into, struct failure *failure);
bool style_full(const struct report_input *input, struct document *into, struct failure *failure);

#endif
