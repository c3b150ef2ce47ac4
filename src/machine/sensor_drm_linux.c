/*
 * What the server's processes do on GPUs of AMD and Intel, by their open files
 * (machine/drm_client.h): of Intel's the only way without privileges. Which
 * files are a GPU's is looked up at edges of phases and when the server's
 * processes change; in between each of them is read. A file that is open
 * twice, or in two processes, is one client and counts once.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "machine/drm_client.h"
#include "machine/proc_files.h"
#include "machine/sensors.h"

enum { CLIENTS_MAX = 64, PATH_BYTES = 512, FILE_BYTES = 8192 };

struct client {
	int64_t pid, file;
	struct drm_client last;
	int64_t at_ns;    /* of the last reading */
	int64_t spent_ns; /* of a driver that counts cycles: since the first reading */
};

struct clients {
	size_t count;
	struct client items[CLIENTS_MAX];
};

struct drm_sensor {
	struct sensor base;
	char root[PATH_BYTES - 64];
	const struct server_family *family;
	struct server_family searched; /* as it was when files were looked up */
	struct clients clients, former;
	int64_t ended_ns; /* engine time of clients that are gone, so that the sum never falls */
	bool whole;       /* all files of all processes could be seen, and there was room for them */
	bool untold;      /* AMD's queues for computing go past what the driver counts as engine time */
};

static bool read_client(const struct drm_sensor *sensor, int64_t pid, int64_t file, struct drm_client *client)
{
	char path[PATH_BYTES], text[FILE_BYTES];

	snprintf(path, sizeof(path), "%s/proc/%lld/fdinfo/%lld", sensor->root, (long long)pid, (long long)file);
	return proc_read(path, text, sizeof(text)) && drm_client_parse(text, client);
}

/* JSON_UNKNOWN: its driver counts neither time nor cycles. */
static int64_t engine_ns(const struct client *client)
{
	if (client->last.engine_ns != JSON_UNKNOWN)
		return client->last.engine_ns;
	return client->last.has_cycles ? client->spent_ns : JSON_UNKNOWN;
}

static struct client *find(struct clients *clients, const struct drm_client *client)
{
	for (size_t i = 0; i < clients->count; i++)
		if (drm_client_is_same(&clients->items[i].last, client))
			return &clients->items[i];
	return NULL;
}

static void update(struct client *client, const struct drm_client *now, int64_t at_ns)
{
	client->spent_ns += drm_client_spent_ns(&client->last, now, at_ns - client->at_ns);
	client->last = *now;
	client->at_ns = at_ns;
}

/* --- Looking files up --- */

struct search {
	struct drm_sensor *sensor;
	int64_t pid, at_ns;
};

static void add_client(const struct search *search, long long file)
{
	struct drm_sensor *sensor = search->sensor;
	const struct client *before;
	struct drm_client now;
	struct client *client;

	if (!read_client(sensor, search->pid, file, &now) || find(&sensor->clients, &now) != NULL)
		return;
	if (sensor->clients.count == CLIENTS_MAX) {
		sensor->whole = false;
		return;
	}
	client = &sensor->clients.items[sensor->clients.count++];
	before = find(&sensor->former, &now);
	*client = before != NULL ? *before : (struct client){.last = now, .at_ns = search->at_ns};
	client->pid = search->pid;
	client->file = file;
	update(client, &now, search->at_ns);
}

static bool visit_file(long long file, void *context)
{
	static const char cards[] = "/dev/dri/";
	const struct search *search = context;
	struct drm_sensor *sensor = search->sensor;
	char path[PATH_BYTES], target[64];
	ssize_t size;

	snprintf(path, sizeof(path), "%s/proc/%lld/fd/%lld", sensor->root, (long long)search->pid, file);
	size = readlink(path, target, sizeof(target) - 1);
	if (size < 0 && errno != ENOENT)
		sensor->whole = false;
	target[size > 0 ? size : 0] = '\0';
	if (strncmp(target, cards, sizeof(cards) - 1) == 0)
		add_client(search, file);
	sensor->untold |= strcmp(target, "/dev/kfd") == 0;
	return sensor->whole;
}

static void keep_ended(struct drm_sensor *sensor)
{
	for (size_t i = 0; i < sensor->former.count; i++) {
		const struct client *client = &sensor->former.items[i];

		if (find(&sensor->clients, &client->last) == NULL && engine_ns(client) != JSON_UNKNOWN)
			sensor->ended_ns += engine_ns(client);
	}
}

static void look_up(struct drm_sensor *sensor, int64_t at_ns)
{
	sensor->former = sensor->clients;
	sensor->clients.count = 0;
	sensor->searched = *sensor->family;
	sensor->whole = sensor->searched.count > 0;
	sensor->untold = false;
	for (size_t i = 0; i < sensor->searched.count && sensor->whole; i++) {
		struct search search = {sensor, sensor->searched.pids[i], at_ns};
		char path[PATH_BYTES];

		snprintf(path, sizeof(path), "%s/proc/%lld/fd", sensor->root, (long long)search.pid);
		if (!proc_each(path, visit_file, &search))
			sensor->whole = false;
	}
	if (sensor->whole)
		keep_ended(sensor);
	else
		sensor->clients = sensor->former; /* those that were not come to have not ended */
}

/* --- Reading --- */

static bool has_changed(const struct drm_sensor *sensor)
{
	return sensor->family->count != sensor->searched.count ||
	       memcmp(sensor->family->pids, sensor->searched.pids,
	              sensor->searched.count * sizeof(sensor->searched.pids[0])) != 0;
}

/* False: a file was closed, or is another one now. */
static bool read_clients(struct drm_sensor *sensor, int64_t at_ns)
{
	for (size_t i = 0; i < sensor->clients.count; i++) {
		struct client *client = &sensor->clients.items[i];
		struct drm_client now;

		if (!read_client(sensor, client->pid, client->file, &now) || !drm_client_is_same(&client->last, &now))
			return false;
		update(client, &now, at_ns);
	}
	return true;
}

static void add_figures(const struct drm_sensor *sensor, struct sample *into)
{
	int64_t time_ns = JSON_UNKNOWN, bytes = JSON_UNKNOWN;

	for (size_t i = 0; i < sensor->clients.count; i++) {
		sample_add(&time_ns, engine_ns(&sensor->clients.items[i]));
		sample_add(&bytes, sensor->clients.items[i].last.bytes);
	}
	if (time_ns != JSON_UNKNOWN && !sensor->untold)
		sample_add(&into->server_gpu_ns, time_ns + sensor->ended_ns);
	if (into->server_gpu_bytes == JSON_UNKNOWN)
		into->server_gpu_bytes = bytes;
}

static void drm_read(struct sensor *base, bool edge, struct sample *into)
{
	struct drm_sensor *sensor = (struct drm_sensor *)base;

	if (edge || has_changed(sensor) || !read_clients(sensor, into->at_ns))
		look_up(sensor, into->at_ns);
	if (sensor->whole)
		add_figures(sensor, into);
}

static void drm_close(struct sensor *base)
{
	free(base);
}

struct sensor *sensor_open_drm(const struct sensor_context *context, struct text *why)
{
	struct drm_sensor *sensor = memory_new(1, sizeof(*sensor));
	char path[PATH_BYTES];

	sensor->base = (struct sensor){drm_read, drm_close};
	sensor->family = context->family;
	snprintf(sensor->root, sizeof(sensor->root), "%s", context->root);
	snprintf(path, sizeof(path), "%s/dev/dri", sensor->root);
	if (access(path, F_OK) != 0)
		text_add(why, "no GPU at /dev/dri");
	else if (context->server_pid == 0)
		text_add(why, "the server's process is not known");
	else
		return &sensor->base;
	free(sensor);
	return NULL;
}
