/*
 * The tree is built from libyaml's events and not from its documents, because
 * those need a place for every node and limits while they are read.
 */
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/memory.h"
#include "yaml_problem.h"

#define NODE_LIMIT  100000
#define COPY_LIMIT  (16u << 20) /* bytes of text that aliases repeat */
#define DEPTH_LIMIT 64

struct anchor {
	char *name;
	const struct yaml *node;
};

struct reader {
	yaml_parser_t parser;
	const char *name;
	const char *bytes;
	size_t size;
	bool inlined; /* a value of the command line: its places say nothing */
	size_t nodes, copied_bytes;
	struct anchor *anchors;
	size_t anchor_count, anchor_capacity;
	struct failure *failure;
};

static bool fail_at(struct reader *reader, int line, int column, const char *problem)
{
	if (reader->inlined)
		return failure_set(reader->failure, STATUS_USER_MISTAKE, "%s: %s", reader->name, problem);
	return failure_set(reader->failure, STATUS_USER_MISTAKE, "%s:%d:%d: %s", reader->name, line, column, problem);
}

static bool fail_at_mark(struct reader *reader, const yaml_mark_t *mark, const char *problem)
{
	return fail_at(reader, (int)mark->line + 1, (int)mark->column + 1, problem);
}

static bool fail_at_byte(struct reader *reader, size_t offset, const char *problem)
{
	int line = 1, column = 1;

	for (size_t i = 0; i < offset && i < reader->size; i++) {
		/* Columns count characters: a continuation byte of UTF-8 is none. */
		column += ((unsigned char)reader->bytes[i] & 0xc0) != 0x80;
		if (reader->bytes[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return fail_at(reader, line, column, problem);
}

static const char tab_problem[] = "a tab as indentation; use blanks";

/* True when a tab stands before everything else of the line that begins at `start`. */
static bool is_tab_indented(const char *start, const char *end)
{
	while (start < end && *start == ' ')
		start++;
	return start < end && *start == '\t';
}

/* A tab in column 1 indents, wherever it is; libyaml would take it inside brackets and quotes. Blank lines may hold
 * any. */
static bool refuse_tabs(struct reader *reader)
{
	const char *end = reader->bytes + reader->size, *line = reader->bytes;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const char *at = line;

		if (stop == NULL)
			stop = end;
		while (at < stop && (*at == ' ' || *at == '\t' || *at == '\r'))
			at++;
		if (*line == '\t' && at < stop && *at != '#')
			return fail_at_byte(reader, (size_t)(line - reader->bytes), tab_problem);
		line = stop + (stop < end);
	}
	return true;
}

static bool fail_in_words(struct reader *reader)
{
	const yaml_mark_t *beginning = &reader->parser.context_mark;
	int line = reader->inlined ? 0 : (int)beginning->line + 1;
	struct text words = {0};
	bool there = yaml_problem_add(reader->parser.problem, line, (int)beginning->column + 1, &words);

	fail_at_mark(reader, there ? beginning : &reader->parser.problem_mark, text_string(&words));
	text_release(&words);
	return false;
}

static bool fail_by_parser(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const yaml_mark_t *mark = &parser->problem_mark;
	const char *line = reader->bytes, *end = reader->bytes + reader->size;

	if (parser->error == YAML_MEMORY_ERROR)
		memory_exhausted();
	if (parser->error == YAML_READER_ERROR) {
		bool control = parser->problem_value >= 0 && strstr(parser->problem, "control") != NULL;

		return fail_at_byte(reader, parser->problem_offset,
		                    control ? "a control character" : "this is not UTF-8 text");
	}
	for (size_t i = 0; i < mark->line && line != NULL; i++) {
		line = memchr(line, '\n', (size_t)(end - line));
		line = line != NULL ? line + 1 : NULL;
	}
	if (line != NULL && is_tab_indented(line, end))
		return fail_at_mark(reader, mark, tab_problem);
	return fail_in_words(reader);
}

/* False at the first failure, for good: the events after it would not be those that the tree expects. */
static bool next_event(struct reader *reader, yaml_event_t *event)
{
	if (failure_is_set(reader->failure))
		return false;
	return yaml_parser_parse(&reader->parser, event) != 0 || fail_by_parser(reader);
}

static struct yaml *new_node(struct reader *reader, enum yaml_kind kind, const yaml_mark_t *mark)
{
	struct yaml *node;

	if (++reader->nodes > NODE_LIMIT) {
		fail_at_mark(reader, mark, "more than 100000 values");
		return NULL;
	}
	node = memory_new(1, sizeof *node);
	node->kind = kind;
	node->line = reader->inlined ? 0 : (int)mark->line + 1;
	node->column = reader->inlined ? 0 : (int)mark->column + 1;
	return node;
}

static bool is_null_word(const char *word)
{
	return *word == '\0' || text_equal(word, "~") || text_equal(word, "null") || text_equal(word, "Null") ||
	       text_equal(word, "NULL");
}

static struct yaml *read_scalar(struct reader *reader, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	struct yaml *node = new_node(reader, YAML_SCALAR, &event->start_mark);

	if (node == NULL)
		return NULL;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (strlen(value) != event->data.scalar.length)
		fail_at_mark(reader, &event->start_mark, "a text with a NUL character in it");
	if (node->quoted || !is_null_word(value))
		node->text = memory_string(value);
	return node;
}

/* A copy keeps the places of the original: that is where the value is written. */
static struct yaml *copy_node(struct reader *reader, const struct yaml *node, const yaml_mark_t *mark)
{
	struct yaml *copy = new_node(reader, node->kind, mark);

	if (copy == NULL)
		return NULL;
	copy->line = node->line;
	copy->column = node->column;
	copy->quoted = node->quoted;
	reader->copied_bytes += node->text != NULL ? strlen(node->text) : 0;
	if (reader->copied_bytes > COPY_LIMIT)
		fail_at_mark(reader, mark, "aliases repeat more than 16 MiB of text");
	else
		copy->text = memory_string(node->text);
	copy->items = memory_new(node->count, sizeof *copy->items);
	if (node->keys != NULL)
		copy->keys = memory_new(node->count, sizeof *copy->keys);
	/* Counted up one by one, so that a copy given up half way can be freed. */
	for (; copy->count < node->count && !failure_is_set(reader->failure); copy->count++) {
		if (node->keys != NULL)
			copy->keys[copy->count] = copy_node(reader, node->keys[copy->count], mark);
		copy->items[copy->count] = copy_node(reader, node->items[copy->count], mark);
	}
	return copy;
}

static struct yaml *read_alias(struct reader *reader, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;

	/* The newest anchor of a name counts. */
	for (size_t i = reader->anchor_count; i > 0; i--) {
		if (text_equal(reader->anchors[i - 1].name, name))
			return copy_node(reader, reader->anchors[i - 1].node, &event->start_mark);
	}
	fail_at_mark(reader, &event->start_mark, "an alias of nothing before it");
	return NULL;
}

static struct yaml *read_node(struct reader *reader, const yaml_event_t *event, int depth);

static void add_item(struct yaml *node, size_t *capacity, struct yaml *key, struct yaml *item)
{
	if (node->count == *capacity) {
		size_t same = *capacity;

		node->items = memory_grow(node->items, capacity, node->count, sizeof *node->items);
		if (node->kind == YAML_MAP)
			node->keys = memory_grow(node->keys, &same, node->count, sizeof *node->keys);
	}
	if (node->kind == YAML_MAP)
		node->keys[node->count] = key;
	node->items[node->count++] = item;
}

static bool check_key(struct reader *reader, const struct yaml *map, const struct yaml *key)
{
	if (key->kind != YAML_SCALAR || key->text == NULL)
		return fail_at(reader, key->line, key->column, "a key must be one word");
	for (size_t i = 0; i < map->count; i++) {
		if (text_equal(map->keys[i]->text, key->text)) {
			struct text problem = {0};

			text_add(&problem, "\"");
			text_add_masked(&problem, key->text, strlen(key->text));
			text_addf(&problem, "\" stands twice");
			if (!reader->inlined)
				text_addf(&problem, "; first in line %d", map->keys[i]->line);
			fail_at(reader, key->line, key->column, text_string(&problem));
			text_release(&problem);
			return false;
		}
	}
	return true;
}

/* Reads the next event and, unless it ends the collection, the node that it begins. NULL at the end and on failure. */
static struct yaml *read_member(struct reader *reader, yaml_event_type_t end, int depth)
{
	struct yaml *member = NULL;
	yaml_event_t event;

	if (!next_event(reader, &event))
		return NULL;
	if (event.type != end)
		member = read_node(reader, &event, depth);
	yaml_event_delete(&event);
	return member;
}

static void read_list(struct reader *reader, struct yaml *list, int depth)
{
	size_t capacity = 0;
	struct yaml *item;

	while ((item = read_member(reader, YAML_SEQUENCE_END_EVENT, depth)) != NULL)
		add_item(list, &capacity, NULL, item);
}

static void read_map(struct reader *reader, struct yaml *map, int depth)
{
	size_t capacity = 0;
	struct yaml *key;

	while ((key = read_member(reader, YAML_MAPPING_END_EVENT, depth)) != NULL) {
		struct yaml *item = NULL;

		if (check_key(reader, map, key))
			item = read_member(reader, YAML_NO_EVENT, depth);
		if (item == NULL) {
			yaml_tree_free(key);
			return;
		}
		add_item(map, &capacity, key, item);
	}
}

static void keep_anchor(struct reader *reader, const yaml_char_t *name, const struct yaml *node)
{
	if (name == NULL)
		return;
	reader->anchors =
	    memory_grow(reader->anchors, &reader->anchor_capacity, reader->anchor_count, sizeof *reader->anchors);
	reader->anchors[reader->anchor_count++] = (struct anchor){memory_string((const char *)name), node};
}

/* A node that failed half way is returned with what it has; the failure is recorded. NULL only on failure. */
static struct yaml *read_node(struct reader *reader, const yaml_event_t *event, int depth)
{
	bool list = event->type == YAML_SEQUENCE_START_EVENT;
	struct yaml *node;

	if (event->type == YAML_ALIAS_EVENT)
		return read_alias(reader, event);
	if (event->type == YAML_SCALAR_EVENT) {
		node = read_scalar(reader, event);
		if (node != NULL)
			keep_anchor(reader, event->data.scalar.anchor, node);
		return node;
	}
	if (depth >= DEPTH_LIMIT) {
		fail_at_mark(reader, &event->start_mark, "more than 64 levels of lists and maps");
		return NULL;
	}
	node = new_node(reader, list ? YAML_LIST : YAML_MAP, &event->start_mark);
	if (node == NULL)
		return NULL;
	if (list)
		read_list(reader, node, depth + 1);
	else
		read_map(reader, node, depth + 1);
	keep_anchor(reader, list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor, node);
	return node;
}

/* The one document of the stream; NULL when there is none, or on failure. */
static struct yaml *read_stream(struct reader *reader)
{
	struct yaml *root = NULL;
	yaml_event_t event;
	bool done = false;

	while (!done && next_event(reader, &event)) {
		done = event.type == YAML_STREAM_END_EVENT;
		if (event.type == YAML_DOCUMENT_START_EVENT && root != NULL)
			fail_at_mark(reader, &event.start_mark, "a second document; one file is one document");
		else if (event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
		         event.type == YAML_MAPPING_START_EVENT || event.type == YAML_ALIAS_EVENT)
			root = read_node(reader, &event, 0);
		yaml_event_delete(&event);
	}
	return root;
}

static struct yaml *read_all(struct reader *reader)
{
	static const yaml_mark_t start = {0, 0, 0};
	struct yaml *root = NULL;

	/* The byte order mark of some editors; libyaml counts it as a column, so that the first key begins behind
	 * others. */
	if (reader->size >= 3 && memcmp(reader->bytes, "\xef\xbb\xbf", 3) == 0) {
		reader->bytes += 3;
		reader->size -= 3;
	}
	if (!yaml_parser_initialize(&reader->parser))
		memory_exhausted();
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->bytes, reader->size);
	if (refuse_tabs(reader))
		root = read_stream(reader);
	if (!failure_is_set(reader->failure) && root == NULL && reader->inlined)
		root = new_node(reader, YAML_SCALAR, &start);
	if (!failure_is_set(reader->failure) && !reader->inlined &&
	    (root == NULL || (root->kind == YAML_SCALAR && root->text == NULL)))
		failure_set(reader->failure, STATUS_USER_MISTAKE, "%s: the file is empty", reader->name);
	yaml_parser_delete(&reader->parser);
	for (size_t i = 0; i < reader->anchor_count; i++)
		free(reader->anchors[i].name);
	free(reader->anchors);
	if (!failure_is_set(reader->failure))
		return root;
	yaml_tree_free(root);
	return NULL;
}

struct yaml *yaml_parse(const char *name, const char *bytes, size_t size, struct failure *failure)
{
	struct reader reader = {.name = name, .bytes = bytes, .size = size, .failure = failure};

	return read_all(&reader);
}

struct yaml *yaml_parse_inline(const char *name, const char *string, struct failure *failure)
{
	struct reader reader = {
	    .name = name, .bytes = string, .size = strlen(string), .inlined = true, .failure = failure};

	return read_all(&reader);
}
