/*
 * A YAML document as a tree with the place of every node; yaml.c is the only
 * file that includes libyaml. Duplicate keys, tabs as indentation, several
 * documents and a syntax error are failures with file:line:column.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	int line, column;    /* from 1; where the node begins */
	char *text;          /* scalar: its text; NULL for YAML null (~, null, nothing) unless quoted */
	bool quoted;         /* scalar: it was written in quotes, or as a block */
	size_t count;        /* list: items; map: pairs */
	struct yaml **keys;  /* map: scalars only */
	struct yaml **items; /* list: items; map: values */
};

/*
 * `name` stands in messages. NULL on failure. An empty document is a failure
 * too: the file says nothing. Anchors and aliases are resolved by copying, at
 * most 100,000 nodes and 16 MiB of repeated text in all (a small file cannot
 * become a huge tree).
 */
struct yaml *yaml_parse(const char *name, const char *bytes, size_t size, struct failure *failure);

/*
 * A value of the command line, such as "[1, 2]": messages begin with `name` and
 * have no line and column, nodes stand in line 0, and nothing at all is null.
 */
struct yaml *yaml_parse_inline(const char *name, const char *string, struct failure *failure);

/* Not yaml_free: libyaml exports a function of that name, which it calls itself. */
void yaml_tree_free(struct yaml *yaml);

/* The value of a key in a map, NULL when there is none or this is no map. */
const struct yaml *yaml_get(const struct yaml *map, const char *key);

#endif
