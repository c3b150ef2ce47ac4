/* The server's use of GPUs by its open files: on a recorded tree, and on a copy of it that goes on. */
#include "base/clock.h"
#include "machine/drm_client.h"
#include "machine/sensor.h"
#include "scratch.h"
#include "tap.h"

#define KIB  INT64_C(1024)
#define MIB  (1024 * KIB)
#define TREE "tests/data/linux/graphics"

static struct sample read_bank(struct sensor_bank *bank, bool edge, int64_t at_ns)
{
	struct sample sample;

	sample_reset(&sample);
	sample.at_ns = at_ns;
	sensor_bank_read(bank, edge, &sample);
	return sample;
}

static struct sample read_server(int64_t pid)
{
	const struct sensor_context context = {.root = TREE, .server_pid = pid};
	struct sensor_bank *bank = sensor_bank_open(&context);
	struct sample sample = read_bank(bank, true, 0);

	sensor_bank_close(bank);
	return sample;
}

static void test_drivers(void)
{
	struct sample sample = read_server(601);

	is_int(sample.server_gpu_ns, 1500000000 + 7000000000 + 250000000 + 1000,
	       "amdgpu: engines of all clients; one that two processes and two files share counts once");
	is_int(sample.server_gpu_bytes, (5242880 + 1024 + 2048 + 4096) * KIB,
	       "its memory and what it borrows; a client's number is of one GPU");
	sample = read_server(603);
	is_int(sample.server_gpu_ns, JSON_UNKNOWN, "what computes past the driver's count has no time, not none");
	is_int(sample.server_gpu_bytes, 1024 * MIB, "but memory");
	sample = read_server(611);
	is_int(sample.server_gpu_ns, INT64_C(9288864723) + 2035071108,
	       "i915: engines, not how many there are of a kind");
	is_int(sample.server_gpu_bytes, 4096 * MIB, "memory of the card alone");
	sample = read_server(612);
	is_int(sample.server_gpu_bytes, 125 * MIB, "a GPU without memory of its own: the system's");
	sample = read_server(621);
	is_int(sample.server_gpu_ns, 0, "xe: time counts from the first reading");
	is_int(sample.server_gpu_bytes, 23992 * KIB, "memory");
}

static void test_parse(void)
{
	struct drm_client client;

	ok(!drm_client_parse("", &client) && !drm_client_parse("pos:\t0\nflags:\t02\n", &client), "no file of a GPU");
	ok(!drm_client_parse("drm-driver:\tast\ndrm-client-id:\tx\n", &client), "no number");
	ok(drm_client_parse("drm-client-id: 1\ndrm-engine-gfx: 5 us\ndrm-memory-vram: 7 bits\ndrm-engine-x\n"
	                    "drm-memory-gtt: 99999999999999999 GiB\ndrm-pdev: 0000:00:00.0000000000000000000\n",
	                    &client),
	   "odd lines are passed over");
	is_int(client.engine_ns, JSON_UNKNOWN, "another unit is unknown");
	is_int(client.bytes, JSON_UNKNOWN, "so is what no machine has");
	ok(drm_client_parse("drm-client-id:\t9\ndrm-engine-gfx:\t12 ns", &client) && client.engine_ns == 12,
	   "the last line may have no end");
	is_int(client.bytes, JSON_UNKNOWN, "memory that is not told is unknown");
}

static void put_line(const char *name, const char *format, long long value)
{
	char *text = text_format(format, value);

	scratch_put(name, text);
	free(text);
}

static void put_xe(long long used)
{
	put_line("proc/621/fdinfo/5",
	         "drm-client-id: 3\ndrm-pdev: 0000:03:00.0\ndrm-cycles-ccs: %lld\n"
	         "drm-total-cycles-ccs: 7674383225\ndrm-cycles-rcs: 28257900\ndrm-total-cycles-rcs: 7674383225\n",
	         used);
}

/* 19.2 million cycles passed in a second, of which the compute engines used three in four. */
static void test_cycles(void)
{
	const struct sensor_context context = {.root = scratch, .server_pid = 621};
	struct sensor_bank *bank = sensor_bank_open(&context);
	struct sample sample = read_bank(bank, true, NS_PER_S);

	is_int(sample.server_gpu_ns, 0, "no time yet");
	put_xe(1000000 + 14400000);
	sample = read_bank(bank, false, 2 * NS_PER_S);
	is_int(sample.server_gpu_ns, 750 * NS_PER_MS, "the share of cycles is a share of the time");
	sample = read_bank(bank, true, 3 * NS_PER_S);
	is_int(sample.server_gpu_ns, 750 * NS_PER_MS, "no cycle passed: no time; an edge forgets nothing");
	sensor_bank_close(bank);
}

/* A client is closed, and another is opened at its place. */
static void test_ended(void)
{
	const struct sensor_context context = {.root = scratch, .server_pid = 611};
	struct sensor_bank *bank = sensor_bank_open(&context);
	int64_t before_ns = read_bank(bank, true, 0).server_gpu_ns;
	struct sample sample;

	put_line("proc/611/fdinfo/5", "drm-client-id: %lld\ndrm-pdev: 0000:00:02.0\ndrm-engine-render: 30 ns\n", 12);
	sample = read_bank(bank, false, 1);
	is_int(sample.server_gpu_ns, before_ns + 30, "time of a closed client stays in the sum");
	is_int(sample.server_gpu_bytes, JSON_UNKNOWN, "its memory does not");
	scratch_drop("proc/611/fdinfo/5");
	sample = read_bank(bank, false, 2);
	is_int(sample.server_gpu_ns, JSON_UNKNOWN, "a server without a GPU has no time on it");
	sensor_bank_close(bank);
}

/* Allowed to look at one process only, llmbench tells nothing: a part is no sum. */
static void test_hidden(void)
{
	const struct sensor_context context = {.root = scratch, .server_pid = 601};
	struct sensor_bank *bank = sensor_bank_open(&context);
	int64_t before_ns = read_bank(bank, true, 0).server_gpu_ns;
	char *fds = scratch_path("proc/602/fd"), *away = scratch_path("proc/602/away");

	ok(rename(fds, away) == 0, "the files of one process cannot be seen");
	is_int(read_bank(bank, true, 1).server_gpu_ns, JSON_UNKNOWN, "a part is no sum");
	is_int(read_bank(bank, true, 1).server_gpu_bytes, JSON_UNKNOWN, "nor of memory");
	ok(rename(away, fds) == 0, "they can again");
	is_int(read_bank(bank, true, 2).server_gpu_ns, before_ns, "nothing counts twice");
	free(fds);
	free(away);
	sensor_bank_close(bank);
}

static const char *reason(const struct sensor_bank *bank)
{
	for (size_t i = 0; i < sensor_count(); i++)
		if (strcmp(sensor_bank_state(bank, i)->name, "drm") == 0)
			return sensor_bank_state(bank, i)->why;
	return NULL;
}

static void test_absent(void)
{
	const struct sensor_context nobody = {.root = TREE};
	const struct sensor_context nothing = {.root = "tests/data/linux/laptop", .server_pid = 4712};
	struct sensor_bank *bank = sensor_bank_open(&nobody);

	is_text(reason(bank), "the server's process is not known", "a GPU, but nobody to look at");
	sensor_bank_close(bank);
	bank = sensor_bank_open(&nothing);
	is_text(reason(bank), "no GPU at /dev/dri", "no GPU");
	sensor_bank_close(bank);
}

int main(void)
{
	char *copy;

	scratch_make();
	copy = text_format("cp -R " TREE "/. %s", scratch);
	test_drivers();
	test_parse();
	test_absent();
	ok(system(copy) == 0, "a copy of the tree");
	test_cycles();
	test_ended();
	test_hidden();
	free(copy);
	scratch_remove();
	return tap_done();
}
