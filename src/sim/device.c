#include "sim/device.h"

#include <math.h>
#include <string.h>

#define GIB ((int64_t)1 << 30)

#define ENCODER_PARAMETERS 304e6
#define PATCHES_PER_TOKEN  4

/*
 * m4-16g: rates fitted to the order of seed 000's durations for llama3.2; the
 * M4's data sheet says 120 GB/s. The others are plausible from public figures
 * and fitted to nothing: of a data sheet's memory bandwidth (M4 Pro 273, M4 Max
 * with 40 GPU cores 546, RTX 3060 360, RTX 3060 Ti 448, H100 SXM 3350 GB/s; two
 * channels of DDR4-2666 43 GB/s) 60 to 75 % are reached. Metal's working set is
 * two thirds of the RAM, from 36 GiB on three quarters.
 */
const struct device devices[] = {
    {
	.name = "m4-16g",
	.what = "Apple M4, 10 GPU cores, 16 GiB unified memory (seed 000)",
	.library = GPU_METAL,
	.gpu_name = "Apple M4",
	.memory_bytes = 16 * GIB,
	.ram_bytes = 16 * GIB,
	.working_set_bytes = INT64_C(11453246122), /* 2/3 of the RAM */
	.buffer_bytes = 8 * GIB,                   /* half of the RAM */
	.kv_margin = 1.22,
	.partial_relief_bytes = 20 << 20,
	.slot_limit = 64,
	.gpu_bytes_per_s = 72e9,
	.gpu_flops = 1.05e12,
	.cpu_bytes_per_s = 50e9,
	.cpu_flops = 90e9,
	.load_bytes_per_s = 2.5e9,
	.load_s = 0.5,
	.step_s = 0.004,
	.gemm_columns = 9,
	.gemm_tile = 32,
	.gemv_column = 0.93,
    },
    {
	.name = "m4-pro-24g",
	.what = "Apple M4 Pro, 20 GPU cores, 24 GiB unified memory",
	.library = GPU_METAL,
	.gpu_name = "Apple M4 Pro",
	.memory_bytes = 24 * GIB,
	.ram_bytes = 24 * GIB,
	.working_set_bytes = 16 * GIB,
	.buffer_bytes = 12 * GIB,
	.kv_margin = 1,
	.gpu_bytes_per_s = 164e9,
	.gpu_flops = 2.1e12,
	.cpu_bytes_per_s = 110e9,
	.cpu_flops = 150e9,
	.load_bytes_per_s = 3.5e9,
	.load_s = 0.5,
	.step_s = 0.003,
	.gemm_columns = 9,
	.gemm_tile = 32,
	.gemv_column = 0.93,
    },
    {
	.name = "m4-max-64g",
	.what = "Apple M4 Max, 40 GPU cores, 64 GiB unified memory",
	.library = GPU_METAL,
	.gpu_name = "Apple M4 Max",
	.memory_bytes = 64 * GIB,
	.ram_bytes = 64 * GIB,
	.working_set_bytes = 48 * GIB,
	.buffer_bytes = 32 * GIB,
	.kv_margin = 1,
	.gpu_bytes_per_s = 328e9,
	.gpu_flops = 4.2e12,
	.cpu_bytes_per_s = 200e9,
	.cpu_flops = 180e9,
	.load_bytes_per_s = 5e9,
	.load_s = 0.5,
	.step_s = 0.003,
	.gemm_columns = 9,
	.gemm_tile = 32,
	.gemv_column = 0.93,
    },
    {
	.name = "cpu-8g",
	.what = "4-core x86 laptop without GPU, 8 GiB of RAM",
	.library = GPU_NONE,
	.gpu_name = "",
	.memory_bytes = 8 * GIB,
	.ram_bytes = 8 * GIB,
	.kv_margin = 1,
	.cpu_bytes_per_s = 25e9,
	.cpu_flops = 80e9,
	.gpu_bytes_per_s = 1,
	.gpu_flops = 1,
	.load_bytes_per_s = 0.5e9,
	.load_s = 0.3,
	.step_s = 0.001,
	.gemm_columns = 2,
	.gemm_tile = 1,
	.gemv_column = 1,
    },
    {
	.name = "cpu-64g",
	.what = "6-core x86 desktop without GPU, 64 GiB of RAM",
	.library = GPU_NONE,
	.gpu_name = "",
	.memory_bytes = 64 * GIB,
	.ram_bytes = 64 * GIB,
	.kv_margin = 1,
	.cpu_bytes_per_s = 30e9,
	.cpu_flops = 150e9,
	.gpu_bytes_per_s = 1,
	.gpu_flops = 1,
	.load_bytes_per_s = 1.5e9,
	.load_s = 0.3,
	.step_s = 0.001,
	.gemm_columns = 2,
	.gemm_tile = 1,
	.gemv_column = 1,
    },
    {
	.name = "rtx3060ti-8g",
	.what = "GeForce RTX 3060 Ti with 8 GiB, PC with 64 GiB of RAM",
	.library = GPU_CUDA,
	.gpu_name = "NVIDIA GeForce RTX 3060 Ti",
	.memory_bytes = 8 * GIB,
	.ram_bytes = 64 * GIB,
	.working_set_bytes = 7 * GIB + 700 * (GIB >> 10),
	.kv_margin = 1,
	.gpu_bytes_per_s = 330e9,
	.gpu_flops = 25e12,
	.cpu_bytes_per_s = 35e9,
	.cpu_flops = 200e9,
	.load_bytes_per_s = 1.5e9,
	.load_s = 0.6,
	.step_s = 0.002,
	.gemm_columns = 9,
	.gemm_tile = 8,
	.gemv_column = 0.2,
    },
    {
	.name = "rtx3060-12g",
	.what = "GeForce RTX 3060 with 12 GiB, PC with 32 GiB of RAM",
	.library = GPU_CUDA,
	.gpu_name = "NVIDIA GeForce RTX 3060",
	.memory_bytes = 12 * GIB,
	.ram_bytes = 32 * GIB,
	.working_set_bytes = 11 * GIB + 700 * (GIB >> 10),
	.kv_margin = 1,
	.gpu_bytes_per_s = 270e9,
	.gpu_flops = 20e12,
	.cpu_bytes_per_s = 35e9,
	.cpu_flops = 200e9,
	.load_bytes_per_s = 1.5e9,
	.load_s = 0.6,
	.step_s = 0.002,
	.gemm_columns = 9,
	.gemm_tile = 8,
	.gemv_column = 0.2,
    },
    {
	.name = "h100-80g",
	.what = "NVIDIA H100 SXM with 80 GiB, server with 512 GiB of RAM",
	.library = GPU_CUDA,
	.gpu_name = "NVIDIA H100 80GB HBM3",
	.memory_bytes = 80 * GIB,
	.ram_bytes = 512 * GIB,
	.working_set_bytes = 79 * GIB,
	.kv_margin = 1,
	.gpu_bytes_per_s = 2.0e12,
	.gpu_flops = 250e12,
	.cpu_bytes_per_s = 200e9,
	.cpu_flops = 1.5e12,
	.load_bytes_per_s = 4e9,
	.load_s = 1,
	.step_s = 0.0015,
	.gemm_columns = 9,
	.gemm_tile = 8,
	.gemv_column = 0.1,
    },
    {
	.name = "instant",
	.what = "no model of time: first token after 50 ms, then 50 tokens/s for every stream; memory without limit",
	.library = GPU_METAL,
	.gpu_name = "instant",
	.memory_bytes = 1024 * GIB,
	.ram_bytes = 1024 * GIB,
	.working_set_bytes = 1024 * GIB,
	.kv_margin = 1,
	.load_bytes_per_s = INFINITY,
	.gpu_bytes_per_s = 1,
	.gpu_flops = 1,
	.cpu_bytes_per_s = 1,
	.cpu_flops = 1,
	.gemm_tile = 1,
	.first_token_s = 0.05,
	.token_s = 0.02,
    },
};

const size_t device_count = sizeof(devices) / sizeof(devices[0]);

const struct device *device_find(const char *name)
{
	for (size_t i = 0; i < device_count; i++)
		if (strcmp(devices[i].name, name) == 0)
			return &devices[i];
	return NULL;
}

/* Passes over the weights, in units of the first column. */
static double gpu_weight_passes(const struct device *device, int columns)
{
	if (columns >= device->gemm_columns)
		return 1;
	return 1 + (columns - 1) * device->gemv_column;
}

static double gpu_step_s(const struct device *device, const struct model *model, const struct batch *batch)
{
	double weights = (double)model_read_bytes(model) * gpu_weight_passes(device, batch->tokens);
	double reading_s = (weights + (double)batch->kv_bytes) / device->gpu_bytes_per_s;
	int columns = (batch->tokens + device->gemm_tile - 1) / device->gemm_tile * device->gemm_tile;
	double computing_s = 2.0 * (double)model->parameter_count * columns / device->gpu_flops;

	return batch->tokens < device->gemm_columns ? reading_s : fmax(reading_s, computing_s);
}

static double cpu_step_s(const struct device *device, const struct model *model, const struct batch *batch)
{
	double reading_s = (double)(model_read_bytes(model) + batch->kv_bytes) / device->cpu_bytes_per_s;
	double computing_s = 2.0 * (double)model->parameter_count * batch->tokens / device->cpu_flops;

	return fmax(reading_s, computing_s);
}

double device_step_s(const struct device *device, const struct model *model, const struct placement *placement,
                     const struct batch *batch)
{
	double gpu_s = placement->gpu_share * gpu_step_s(device, model, batch);
	double cpu_s = (1 - placement->gpu_share) * cpu_step_s(device, model, batch);

	/* What does not fit in RAM is read from disk again and again; the layers of the CPU suffer. */
	return gpu_s + cpu_s * fmax(1, placement->memory_need) + device->step_s;
}

double device_encode_s(const struct device *device, int image_tokens)
{
	double operations = 2 * ENCODER_PARAMETERS * PATCHES_PER_TOKEN * image_tokens;

	if (device->token_s > 0) /* no model of time: as long as a token */
		return device->token_s;
	return operations / (device->library == GPU_NONE ? device->cpu_flops : device->gpu_flops);
}

double device_load_s(const struct device *device, const struct model *model)
{
	return device->load_s + (double)model->size_bytes / device->load_bytes_per_s;
}
