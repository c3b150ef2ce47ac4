/* What decides a model's memory, read from what servers and files say of it. */
#include <stdlib.h>

#include "core/model_shape.h"
#include "core/tensor_type.h"
#include "tap.h"

static struct json *parse(const char *string)
{
	return json_parse(string, strlen(string));
}

static bool read_info(const char *string, struct model_shape *shape)
{
	struct json *json = parse(string);
	bool good;

	model_shape_reset(shape);
	good = model_shape_read(json, shape);
	json_free(json);
	return good;
}

static void test_info(void)
{
	struct model_shape shape;

	ok(read_info(
	       "{\"general.architecture\":\"qwen2\",\"qwen2.block_count\":28,\"qwen2.embedding_length\":1536,"
	       "\"qwen2.attention.head_count\":12,\"qwen2.attention.head_count_kv\":2,\"qwen2.vocab_size\":151936,"
	       "\"llama.block_count\":5}",
	       &shape),
	   "the keys of its architecture");
	is_text(shape.architecture, "qwen2", "architecture");
	is_int(shape.layers, 28, "layers");
	is_int(shape.kv_heads, 56, "heads of the cache, of all layers");
	is_int(shape.key_length, 128, "the length of a head follows");
	is_int(shape.vocabulary, 151936, "vocabulary");
	is_int(shape.sliding_window, JSON_UNKNOWN, "no window");
	is_int(shape.weights_bytes, JSON_UNKNOWN, "nothing of tensors");

	read_info("{\"general.architecture\":\"gpt2\",\"gpt2.block_count\":12,\"gpt2.attention.head_count\":12}",
	          &shape);
	is_int(shape.kv_heads, 144, "without a number for the cache every head has its own");
	is_int(shape.key_length, JSON_UNKNOWN, "what does not follow is unknown");
	read_info("{\"general.architecture\":\"x\",\"x.block_count\":3,\"x.attention.head_count\":[8,16,8],"
	          "\"x.attention.head_count_kv\":[1,0,4],\"x.attention.sliding_window\":512,\"x.expert_count\":8}",
	          &shape);
	is_int(shape.heads, 16, "lists: the most");
	is_int(shape.kv_heads, 5, "and the sum");
	is_int(shape.sliding_window, 512, "a window");
	is_int(shape.experts, 8, "a mixture");
	read_info("{\"general.architecture\":\"x\",\"x.block_count\":3,\"x.attention.head_count_kv\":[1,0]}", &shape);
	is_int(shape.kv_heads, JSON_UNKNOWN, "a list of another length says nothing");
	read_info("{\"general.architecture\":\"x\",\"x.block_count\":2,\"x.embedding_length\":16,"
	          "\"x.attention.head_count\":32,\"x.attention.head_count_kv\":[0,0]}",
	          &shape);
	is_int(shape.key_length, JSON_UNKNOWN, "more heads than numbers: no length follows, not 0");
	is_int(shape.kv_heads, JSON_UNKNOWN, "no head in any layer: no cache of this kind");
}

static void test_hostile(void)
{
	struct model_shape shape;

	ok(!read_info("{}", &shape), "no architecture");
	ok(!read_info("{\"general.architecture\":\"\xff\"}", &shape) &&
	       !read_info("{\"general.architecture\":\"a b\"}", &shape),
	   "a name that is none");
	ok(!read_info("[]", &shape), "no object");
	ok(!read_info("{\"general.architecture\":\"a name that is much longer than any architecture's\"}", &shape),
	   "too long a name");
	read_info("{\"general.architecture\":\"x\",\"x.block_count\":9223372036854775807,\"x.embedding_length\":-1,"
	          "\"x.attention.head_count\":0,\"x.attention.head_count_kv\":1e99,\"x.vocab_size\":\"7\"}",
	          &shape);
	is_int(shape.layers, JSON_UNKNOWN, "numbers that are nobody's");
	is_int(shape.embedding, JSON_UNKNOWN, "negative ones");
	is_int(shape.heads, JSON_UNKNOWN, "zero");
	is_int(shape.kv_heads, JSON_UNKNOWN, "without an end");
	is_int(shape.vocabulary, JSON_UNKNOWN, "and texts are unknown");
}

static void read_tensors(const char *string, struct model_shape *shape)
{
	struct json *json = parse(string);

	model_shape_reset(shape);
	model_shape_read_tensors(json, shape);
	json_free(json);
}

static void test_tensors(void)
{
	struct model_shape shape;

	read_tensors("[{\"name\":\"token_embd.weight\",\"type\":\"Q6_K\",\"shape\":[256,1000]},"
	             "{\"name\":\"blk.0.attn_q.weight\",\"type\":\"q4_K\",\"shape\":[256,256]},"
	             "{\"name\":\"output_norm.weight\",\"type\":\"F32\",\"shape\":[256]}]",
	             &shape);
	is_int(shape.embedding_bytes, 210000, "the embedding");
	is_int(shape.vocabulary, 1000, "and its rows");
	is_int(shape.block_bytes, 256 * 144, "the layers");
	is_int(shape.weights_bytes, 210000 + 256 * 144 + 1024, "all");
	ok(shape.tied, "without an output matrix it is the embedding");
	read_tensors("[{\"name\":\"token_embd.weight\",\"type\":\"F16\",\"shape\":[256,1000]},"
	             "{\"name\":\"blk.0.x\",\"type\":\"Q99\",\"shape\":[256]}]",
	             &shape);
	is_int(shape.weights_bytes, JSON_UNKNOWN, "a format that is not known");
	read_tensors("[{\"name\":\"token_embd.weight\",\"type\":\"F16\",\"shape\":[16777216,16777216,16777216]}]",
	             &shape);
	is_int(shape.weights_bytes, JSON_UNKNOWN, "a size that is nobody's");
	read_tensors("[{\"name\":\"token_embd.weight\",\"type\":\"Q4_K\",\"shape\":[100]}]", &shape);
	is_int(shape.weights_bytes, JSON_UNKNOWN, "rows that do not fill blocks");
	read_tensors("[7, {}, {\"shape\":[]}]", &shape);
	is_int(shape.weights_bytes, JSON_UNKNOWN, "no tensors");
	read_tensors("[{\"name\":\"token_embd.weight\",\"type\":\"F16\",\"shape\":[256,1000]}]", &shape);
	is_int(shape.weights_bytes, JSON_UNKNOWN, "no layers");
}

static char *written(const struct model_shape *shape)
{
	struct json *json = model_shape_json(shape);
	struct text text = {0};

	json_add_to(&text, json);
	json_free(json);
	return text_take(&text);
}

static void test_json(void)
{
	struct model_shape shape, parsed;
	struct json *json;
	char *first, *second;

	model_shape_reset(&shape);
	ok(model_shape_json(&shape) == NULL, "nothing known is null");
	model_shape_parse(NULL, &parsed);
	ok(parsed.architecture[0] == '\0' && parsed.layers == JSON_UNKNOWN, "and back");
	read_tensors("[{\"name\":\"blk.0.x\",\"type\":\"F16\",\"shape\":[256]},"
	             "{\"name\":\"token_embd.weight\",\"type\":\"F16\",\"shape\":[256,1000]}]",
	             &shape);
	snprintf(shape.architecture, sizeof(shape.architecture), "llama");
	shape.embedding_within = true;
	json = model_shape_json(&shape);
	model_shape_parse(json, &parsed);
	first = written(&shape);
	second = written(&parsed);
	is_text(second, first, "written and read back");
	json_free(json);
	free(first);
	free(second);
	json = parse("{\"architecture\":\"llama\",\"weights_bytes\":100,\"block_bytes\":90,\"embedding_bytes\":20}");
	model_shape_parse(json, &parsed);
	is_int(parsed.weights_bytes, JSON_UNKNOWN, "parts that are more than the whole");
	json_free(json);
	json = parse("{\"architecture\":\"llama\",\"layers\":-7,\"file_bytes\":9000000000000000000}");
	model_shape_parse(json, &parsed);
	ok(parsed.layers == JSON_UNKNOWN && parsed.file_bytes == JSON_UNKNOWN, "nobody's numbers are unknown");
	json_free(json);
}

static void test_types(void)
{
	ok(tensor_type_of(4) == NULL, "formats that are gone");
	is_text(tensor_type_of(12)->name, "Q4_K", "by number");
	is_int(tensor_type_named("mxfp4")->block_bytes, 17, "by name");
	ok(tensor_type_named(NULL) == NULL && tensor_type_named("Q5") == NULL, "others are not known");
	is_int(tensor_bytes(tensor_type_of(12), 512), 288, "bytes");
	is_int(tensor_bytes(tensor_type_of(12), 255), JSON_UNKNOWN, "not of a part of a block");
	is_int(tensor_bytes(tensor_type_of(0), -4), JSON_UNKNOWN, "nor of less than nothing");
}

int main(void)
{
	test_info();
	test_hostile();
	test_tensors();
	test_json();
	test_types();
	return tap_done();
}
