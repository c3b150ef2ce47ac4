#include "core/flag.h"

#include <string.h>

const struct flag *flag_find(const char *name)
{
	for (size_t i = 0; i < flag_count; i++)
		if (strcmp(flags[i].name, name) == 0)
			return &flags[i];
	return NULL;
}

const struct flag *flag_of_text(const char *text)
{
	for (size_t i = 0; i < flag_count; i++)
		if (strstr(text, flags[i].words) != NULL)
			return &flags[i];
	return NULL;
}

void flags_raise(const struct evidence *evidence, struct cell_summary *into)
{
	struct text text = {0};

	for (size_t i = 0; i < flag_count; i++) {
		text_clear(&text);
		if (flags[i].check != NULL && flags[i].check(evidence, &text))
			cell_summary_add_flag(into, "%s", text_string(&text));
	}
	text_release(&text);
}
