#include "machine/drm_client.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/sample.h"

static const char *const cycle_names[DRM_CYCLES_MAX] = {"rcs", "ccs", "bcs", "vcs", "vecs", "other"};

/* Memory of the GPU's own. On AMD's chips with one memory for all, weights lie in what is borrowed through gtt. */
static const char *const own_memory[] = {"drm-memory-vram", "drm-memory-gtt", "drm-total-local0", "drm-total-vram0",
                                         "drm-total-vram1"};

/* Of a GPU that has none: i915 and xe count the system's. */
static const char *const borrowed_memory[] = {"drm-total-system0", "drm-total-system", "drm-total-gtt"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One line: "key: value". */
struct line {
	const char *key, *value;
	size_t key_size;
};

static bool next_line(const char **at, struct line *line)
{
	for (; **at != '\0'; *at += strcspn(*at, "\n"), *at += **at == '\n') {
		size_t size = strcspn(*at, "\n:");

		if ((*at)[size] != ':')
			continue;
		*line = (struct line){*at, *at + size + 1, size};
		line->value += strspn(line->value, " \t");
		*at = line->value + strcspn(line->value, "\n");
		return true;
	}
	return false;
}

static bool has_key(const struct line *line, const char *key)
{
	return strlen(key) == line->key_size && strncmp(line->key, key, line->key_size) == 0;
}

static bool is_one_of(const struct line *line, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (has_key(line, keys[i]))
			return true;
	return false;
}

/* A number and its unit, whose factor is told; JSON_UNKNOWN for another unit. */
static int64_t number(const struct line *line, const char *unit, int64_t factor)
{
	char *end;
	long long value;

	if (*line->value < '0' || *line->value > '9')
		return JSON_UNKNOWN;
	value = strtoll(line->value, &end, 10);
	end += strspn(end, " \t");
	if (strcspn(end, " \t\r\n") != strlen(unit) || strncmp(end, unit, strlen(unit)) != 0)
		return JSON_UNKNOWN;
	return value <= INT64_MAX / factor ? value * factor : JSON_UNKNOWN;
}

static int64_t bytes(const struct line *line)
{
	static const char *const units[] = {"", "KiB", "MiB", "GiB"};

	for (size_t i = 0; i < COUNT(units); i++) {
		int64_t value = number(line, units[i], INT64_C(1) << 10 * i);

		if (value != JSON_UNKNOWN)
			return value;
	}
	return JSON_UNKNOWN;
}

/* A prefix of the key; `rest` then has what is behind it. */
static bool begins_with(const struct line *line, const char *prefix, struct line *rest)
{
	size_t size = strlen(prefix);

	if (line->key_size < size || strncmp(line->key, prefix, size) != 0)
		return false;
	*rest = (struct line){line->key + size, line->value, line->key_size - size};
	return true;
}

static void add_cycles(const struct line *line, struct drm_client *client)
{
	struct line kind;
	bool used = begins_with(line, "drm-cycles-", &kind);

	if (!used && !begins_with(line, "drm-total-cycles-", &kind))
		return;
	for (size_t i = 0; i < DRM_CYCLES_MAX; i++)
		if (has_key(&kind, cycle_names[i]))
			*(used ? &client->cycles[i].used : &client->cycles[i].passed) = number(line, "", 1);
}

static void add_line(const struct line *line, struct drm_client *client, int64_t *borrowed)
{
	struct line kind;

	if (has_key(line, "drm-client-id"))
		client->id = number(line, "", 1);
	else if (has_key(line, "drm-pdev"))
		snprintf(client->device, sizeof(client->device), "%.*s", (int)strcspn(line->value, " \t\r\n"),
		         line->value);
	else if (begins_with(line, "drm-engine-", &kind))
		sample_add(&client->engine_ns, number(line, "ns", 1)); /* drm-engine-capacity-… has no unit */
	else if (is_one_of(line, own_memory, COUNT(own_memory)))
		sample_add(&client->bytes, bytes(line));
	else if (is_one_of(line, borrowed_memory, COUNT(borrowed_memory)))
		sample_add(borrowed, bytes(line));
	else
		add_cycles(line, client);
}

bool drm_client_parse(const char *fdinfo, struct drm_client *client)
{
	int64_t borrowed = JSON_UNKNOWN;
	struct line line;

	*client = (struct drm_client){.id = JSON_UNKNOWN, .engine_ns = JSON_UNKNOWN, .bytes = JSON_UNKNOWN};
	for (size_t i = 0; i < DRM_CYCLES_MAX; i++)
		client->cycles[i].used = client->cycles[i].passed = JSON_UNKNOWN;
	while (next_line(&fdinfo, &line))
		add_line(&line, client, &borrowed);
	for (size_t i = 0; i < DRM_CYCLES_MAX; i++)
		client->has_cycles |=
		    client->cycles[i].used != JSON_UNKNOWN && client->cycles[i].passed != JSON_UNKNOWN;
	if (client->bytes == JSON_UNKNOWN)
		client->bytes = borrowed;
	return client->id != JSON_UNKNOWN;
}

bool drm_client_is_same(const struct drm_client *a, const struct drm_client *b)
{
	return a->id == b->id && text_equal(a->device, b->device);
}

/* Of one kind that may work at once; a count that says more is not believed. */
enum { ENGINES_MAX = 64 };

int64_t drm_client_spent_ns(const struct drm_client *before, const struct drm_client *now, int64_t wall_ns)
{
	double spent_ns = 0;

	for (size_t i = 0; i < DRM_CYCLES_MAX; i++) {
		double used = (double)now->cycles[i].used - (double)before->cycles[i].used;
		double passed = (double)now->cycles[i].passed - (double)before->cycles[i].passed;

		if (before->cycles[i].used != JSON_UNKNOWN && before->cycles[i].passed != JSON_UNKNOWN && used > 0 &&
		    passed > 0 && used <= passed * ENGINES_MAX && wall_ns > 0)
			spent_ns += (double)wall_ns * used / passed;
	}
	return llround(spent_ns);
}
