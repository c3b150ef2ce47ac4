/* The header of a GGUF file: what it tells, and every way of being damaged. */
#include <stdlib.h>
#include <unistd.h>

#include "plan/gguf.h"
#include "tap.h"

static char folder[] = "/tmp/llmbench-test-gguf-XXXXXX";

/* --- Writing one --- */

static void add_number(struct text *file, uint64_t value, int size)
{
	for (int i = 0; i < size; i++)
		text_add_char(file, (char)(value >> 8 * i & 0xff));
}

static void add_string(struct text *file, const char *string)
{
	add_number(file, strlen(string), 8);
	text_add_bytes(file, string, strlen(string));
}

static void add_begin(struct text *file, uint32_t version, uint64_t tensors, uint64_t pairs)
{
	text_add(file, "GGUF");
	add_number(file, version, 4);
	add_number(file, tensors, 8);
	add_number(file, pairs, 8);
}

static void add_u32(struct text *file, const char *key, uint32_t value)
{
	add_string(file, key);
	add_number(file, 4, 4);
	add_number(file, value, 4);
}

static void add_text_pair(struct text *file, const char *key, const char *value)
{
	add_string(file, key);
	add_number(file, 8, 4);
	add_string(file, value);
}

static void add_tensor(struct text *file, const char *name, uint64_t columns, uint64_t rows, uint32_t type)
{
	add_string(file, name);
	add_number(file, 2, 4);
	add_number(file, columns, 8);
	add_number(file, rows, 8);
	add_number(file, type, 4);
	add_number(file, 0, 8);
}

/* Tokens, as real files have them: they are passed over. */
static void add_tokens(struct text *file, uint64_t count)
{
	add_string(file, "tokenizer.ggml.tokens");
	add_number(file, 9, 4);
	add_number(file, 8, 4);
	add_number(file, count, 8);
	for (uint64_t i = 0; i < count; i++)
		add_string(file, "token");
}

static void add_scores(struct text *file, uint64_t count)
{
	add_string(file, "tokenizer.ggml.scores");
	add_number(file, 9, 4);
	add_number(file, 6, 4);
	add_number(file, count, 8);
	for (uint64_t i = 0; i < count; i++)
		add_number(file, 0, 4);
}

static void add_kv_heads(struct text *file)
{
	add_string(file, "llama.attention.head_count_kv");
	add_number(file, 9, 4);
	add_number(file, 5, 4);
	add_number(file, 2, 8);
	add_number(file, 4, 4);
	add_number(file, 2, 4);
}

static void add_model(struct text *file, uint32_t version, bool tied)
{
	add_begin(file, version, tied ? 3 : 4, 8);
	add_text_pair(file, "general.architecture", "llama");
	add_u32(file, "llama.block_count", 2);
	add_u32(file, "llama.embedding_length", 256);
	add_u32(file, "llama.attention.head_count", 8);
	add_kv_heads(file);
	add_u32(file, "llama.attention.key_length", 64);
	add_tokens(file, 300);
	add_scores(file, 20000);
	if (!tied)
		add_tensor(file, "output.weight", 256, 300, 14);
	add_tensor(file, "token_embd.weight", 256, 300, 12);
	add_tensor(file, "blk.0.ffn_up.weight", 256, 1024, 8);
	add_tensor(file, "blk.1.ffn_up.weight", 256, 1024, 1);
}

/* Writes the bytes and reads them; the problem is the caller's. */
static bool read_bytes(const struct text *file, size_t size, struct model_shape *shape, struct text *problem)
{
	FILE *out = fopen("a.gguf", "wb");

	if (out == NULL || fwrite(text_string(file), 1, size, out) != size || fclose(out) != 0) {
		printf("Bail out! cannot write a.gguf\n");
		exit(1);
	}
	text_clear(problem);
	return gguf_read("a.gguf", shape, problem);
}

static void test_whole(void)
{
	struct text file = {0}, problem = {0};
	struct model_shape shape;

	for (uint32_t version = 2; version <= 3; version++) {
		text_clear(&file);
		add_model(&file, version, false);
		ok(read_bytes(&file, file.size, &shape, &problem), "a file is read");
		is_text(shape.architecture, "llama", "its architecture");
		is_int(shape.layers, 2, "layers");
		is_int(shape.kv_heads, 6, "heads of the KV cache, which differ between layers");
		is_int(shape.key_length, 64, "length of a key");
		is_int(shape.value_length, 32, "of a value, which it does not say");
		is_int(shape.vocabulary, 300, "the vocabulary is that of the embedding");
		is_int(shape.sliding_window, JSON_UNKNOWN, "no window");
		is_int(shape.file_bytes, file.size, "its size");
		is_int(shape.embedding_bytes, 300 * 144, "the embedding");
		is_int(shape.block_bytes, 1024 * 8 * 34 + 1024 * 512, "the layers");
		is_int(shape.weights_bytes, 300 * 144 + 300 * 210 + 1024 * 8 * 34 + 1024 * 512, "all tensors");
		ok(!shape.tied && shape.embedding_within, "the output lies before the embedding");
	}
	text_clear(&file);
	add_model(&file, 3, true);
	ok(read_bytes(&file, file.size, &shape, &problem) && shape.tied && !shape.embedding_within, "a tied one");
	text_release(&file);
	text_release(&problem);
}

/* Cut at every byte of its beginning and end: an error or a shape, never a fault of memory. */
static void test_cut(void)
{
	struct text file = {0}, problem = {0};
	struct model_shape shape;
	size_t refused = 0, tried = 0;

	add_model(&file, 3, false);
	for (size_t size = 0; size<file.size; size += size> 400 && size + 400 < file.size ? 997 : 1) {
		tried++;
		refused +=
		    !read_bytes(&file, size, &shape, &problem) && problem.size > 0 && shape.architecture[0] == '\0';
	}
	is_int(refused, tried, "cut anywhere, it is refused with a reason");
	text_release(&file);
	text_release(&problem);
}

/* Each byte of the keys and of the tensors set to each of a few values: whatever comes out, it comes. */
static void test_damaged(void)
{
	static const char values[] = {'\0', '\1', '\x7f', '\xff'};
	struct text file = {0}, problem = {0};
	struct model_shape shape;
	size_t read = 0;

	add_model(&file, 3, false);
	for (size_t at = 4; at<file.size; at += at> 300 && at + 300 < file.size ? 4999 : 1)
		for (size_t v = 0; v < sizeof(values); v++) {
			char kept = file.data[at];

			file.data[at] = values[v];
			read += read_bytes(&file, file.size, &shape, &problem);
			file.data[at] = kept;
		}
	ok(read > 0, "damaged files do no harm");
	text_release(&file);
	text_release(&problem);
}

static void is_refused(const struct text *file, const char *why, const char *what)
{
	struct text problem = {0};
	struct model_shape shape;

	ok(!read_bytes(file, file->size, &shape, &problem), what);
	is_text(text_string(&problem), why, "and why");
	text_release(&problem);
}

static void test_refused(void)
{
	static const char damaged[] = "has a header that is damaged, or of a version that is not known";
	struct text file = {0}, problem = {0};
	struct model_shape shape;

	text_add(&file, "GGML and more");
	is_refused(&file, "is no GGUF file", "another file");
	text_clear(&file);
	add_model(&file, 1, false);
	is_refused(&file, damaged, "version 1");
	text_clear(&file);
	add_begin(&file, 3, UINT64_MAX, 1);
	is_refused(&file, damaged, "more tensors than there can be");
	text_clear(&file);
	add_begin(&file, 3, 0, 1);
	add_number(&file, UINT64_MAX, 8);
	is_refused(&file, damaged, "a key without an end");
	text_clear(&file);
	add_begin(&file, 3, 0, 1);
	add_tokens(&file, 1);
	file.data[file.size - 14] = '\x7f'; /* of the count */
	is_refused(&file, damaged, "a list without an end");
	text_clear(&file);
	add_begin(&file, 3, 0, 0);
	is_refused(&file, damaged, "nothing that it says");
	ok(!gguf_read(".", &shape, &problem), "a folder");
	is_text(text_string(&problem), "is no file", "is none");
	text_clear(&problem);
	ok(!gguf_read("none.gguf", &shape, &problem), "no file");
	is_text(text_string(&problem), "cannot be read: No such file or directory", "told so");
	text_release(&file);
	text_release(&problem);
}

static void test_parts(void)
{
	struct text file = {0}, problem = {0};
	struct model_shape shape;

	add_begin(&file, 3, 1, 2);
	add_text_pair(&file, "general.architecture", "llama");
	add_u32(&file, "split.count", 3);
	add_tensor(&file, "token_embd.weight", 256, 300, 12);
	ok(read_bytes(&file, file.size, &shape, &problem), "one part of several");
	is_int(shape.weights_bytes, JSON_UNKNOWN, "has not the size of all");
	is_int(shape.file_bytes, JSON_UNKNOWN, "nor of the file");
	text_clear(&file);
	add_begin(&file, 3, 2, 1);
	add_text_pair(&file, "general.architecture", "llama");
	add_tensor(&file, "token_embd.weight", 256, 300, 12);
	add_tensor(&file, "blk.0.x", 256, 300, 99);
	ok(read_bytes(&file, file.size, &shape, &problem), "a number format that is not known");
	is_int(shape.weights_bytes, JSON_UNKNOWN, "makes the sum unknown");
	is_int(shape.file_bytes, file.size, "but not the file");
	text_release(&file);
	text_release(&problem);
}

int main(void)
{
	if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
		printf("Bail out! no folder\n");
		return 1;
	}
	test_whole();
	test_cut();
	test_damaged();
	test_refused();
	test_parts();
	unlink("a.gguf");
	if (chdir("/") != 0 || rmdir(folder) != 0)
		printf("# %s is left\n", folder);
	return tap_done();
}
