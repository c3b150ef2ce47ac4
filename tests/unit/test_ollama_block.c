/*
 * The block of `ollama show`: as recorded from two real versions, the five of
 * seed 000, and the rows that these do not have. The seed's copy lost the
 * title's indentation and some blanks at the end of licences; both are here.
 */
#include "test_ollama.h"

/* Through the question, as a run has it. The caller frees it. */
static char *block_of(const char *version, const char *show)
{
	struct server_facts server = {.version = memory_string(version)};
	struct model_facts model = {0};
	struct exchange exchange = reply(200, show);
	struct cell cell = test_cell();
	struct text problem = {0};
	char *block;

	model_facts_reset(&model);
	ok(ollama()->answer(TARGET_MODEL, &cell, &exchange, &server, &model, &problem), "the description is read");
	block = memory_string(model.block);
	exchange_release(&exchange);
	model_facts_release(&model);
	server_facts_release(&server);
	text_release(&problem);
	return block;
}

static void is_block(const char *version, const char *show, const char *want, const char *what)
{
	char *block = block_of(version, show);

	is_text(block, want, what);
	free(block);
}

static void test_recorded(void)
{
	static const char *const versions[] = {"0.24.0", "0.6.3"};

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		char *json_name = text_format("show-%s.json", versions[i]);
		char *text_name = text_format("show-%s.txt", versions[i]);
		char *show = recorded(json_name), *want = recorded(text_name);
		size_t size = strlen(want);

		ok(size > 2 && strcmp(want + size - 2, "\n\n") == 0, "the program ends with an empty line");
		if (size > 0)
			want[size - 1] = '\0';
		is_block(versions[i], show, want, versions[i]);
		free(json_name);
		free(text_name);
		free(show);
		free(want);
	}
}

#define SHOW(architecture, count, context, embedding, quantization, parameters, system, license)               \
	"{\"license\":\"" license "\",\"parameters\":\"" parameters "\",\"system\":\"" system                  \
	"\",\"details\":{\"quantization_level\":\"" quantization                                               \
	"\"},\"model_info\":{\"general.architecture\":\"" architecture "\",\"general.parameter_count\":" count \
	",\"" architecture ".context_length\":" context ",\"" architecture ".embedding_length\":" embedding "}}"
#define STOP        "stop                           "
#define LLAMA_STOPS STOP "\\\"<|start_header_id|>\\\"\\n" STOP "\\\"<|end_header_id|>\\\"\\n" STOP "\\\"<|eot_id|>\\\""
#define LLAMA_STOP_ROWS                             \
	"  Parameters\n"                            \
	"    stop    \"<|start_header_id|>\"    \n" \
	"    stop    \"<|end_header_id|>\"      \n" \
	"    stop    \"<|eot_id|>\"             \n"
#define DEEPSEEK_STOPS                                                                         \
	STOP "\\\"<｜begin▁of▁sentence｜>\\\"\\n" STOP "\\\"<｜end▁of▁sentence｜>\\\"\\n" STOP \
	     "\\\"<｜User｜>\\\"\\n" STOP "\\\"<｜Assistant｜>\\\""
#define DEEPSEEK_TAIL                                         \
	"\n"                                                  \
	"  Parameters\n"                                      \
	"    stop    \"<｜begin▁of▁sentence｜>\"    \n" \
	"    stop    \"<｜end▁of▁sentence｜>\"      \n" \
	"    stop    \"<｜User｜>\"                 \n"     \
	"    stop    \"<｜Assistant｜>\"            \n"     \
	"\n"                                                  \
	"  License\n"                                         \
	"    MIT License                    \n"               \
	"    Copyright (c) 2023 DeepSeek    \n"
#define DEEPSEEK_LICENCE "MIT License\\n\\nCopyright (c) 2023 DeepSeek\\n\\nPermission is hereby granted"

static const struct {
	const char *model, *show, *block;
} seed[] = {
    {"llama3.2",
     SHOW("llama", "3212749888", "131072", "3072", "Q4_K_M", LLAMA_STOPS, "",
          "LLAMA 3.2 COMMUNITY LICENSE AGREEMENT\\nLlama 3.2 Version Release Date: September 25, 2024\\n\\nmore"),
     "  Model\n"
     "    architecture        llama     \n"
     "    parameters          3.2B      \n"
     "    context length      131072    \n"
     "    embedding length    3072      \n"
     "    quantization        Q4_K_M    \n"
     "\n" LLAMA_STOP_ROWS "\n"
     "  License\n"
     "    LLAMA 3.2 COMMUNITY LICENSE AGREEMENT                 \n"
     "    Llama 3.2 Version Release Date: September 25, 2024    \n"},
    {"mistral",
     SHOW("llama", "7248023552", "32768", "4096", "Q4_0", STOP "\\\"[INST]\\\"\\n" STOP "\\\"[/INST]\\\"", "",
          "                                 Apache License\\n                           Version 2.0, January 2004\\n"
          "                        http://www.apache.org/licenses/"),
     "  Model\n"
     "    architecture        llama    \n"
     "    parameters          7.2B     \n"
     "    context length      32768    \n"
     "    embedding length    4096     \n"
     "    quantization        Q4_0     \n"
     "\n"
     "  Parameters\n"
     "    stop    \"[INST]\"     \n"
     "    stop    \"[/INST]\"    \n"
     "\n"
     "  License\n"
     "    Apache License               \n"
     "    Version 2.0, January 2004    \n"},
    {"deepseek-r1:1.5b", SHOW("qwen2", "1777088000", "131072", "1536", "Q4_K_M", DEEPSEEK_STOPS, "", DEEPSEEK_LICENCE),
     "  Model\n"
     "    architecture        qwen2     \n"
     "    parameters          1.8B      \n"
     "    context length      131072    \n"
     "    embedding length    1536      \n"
     "    quantization        Q4_K_M    \n" DEEPSEEK_TAIL},
    {"deepseek-r1:7b", SHOW("qwen2", "7615616512", "131072", "3584", "Q4_K_M", DEEPSEEK_STOPS, "", DEEPSEEK_LICENCE),
     "  Model\n"
     "    architecture        qwen2     \n"
     "    parameters          7.6B      \n"
     "    context length      131072    \n"
     "    embedding length    3584      \n"
     "    quantization        Q4_K_M    \n" DEEPSEEK_TAIL},
    {"GandalfBaum/llama3.1-claude3.7",
     SHOW("llama", "8030261248", "131072", "4096", "Q4_K_M", LLAMA_STOPS,
          "The assistant is Claude, created by Anthropic.\\n\\nThe current date is {{currentDateTime}}.\\n\\nmore",
          "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\\nLlama 3.1 Version Release Date: July 23, 2024\\nmore"),
     "  Model\n"
     "    architecture        llama     \n"
     "    parameters          8.0B      \n"
     "    context length      131072    \n"
     "    embedding length    4096      \n"
     "    quantization        Q4_K_M    \n"
     "\n" LLAMA_STOP_ROWS "\n"
     "  System\n"
     "    The assistant is Claude, created by Anthropic.    \n"
     "    The current date is {{currentDateTime}}.          \n"
     "\n"
     "  License\n"
     "    LLAMA 3.1 COMMUNITY LICENSE AGREEMENT            \n"
     "    Llama 3.1 Version Release Date: July 23, 2024    \n"},
};

static void test_order_of_parameters(void)
{
	static const char want[] = "  Model\n"
				   "    quantization        \n"
				   "\n"
				   "  Parameters\n"
				   "    num_ctx        2048    \n"
				   "    stop           \"z\"     \n"
				   "    stop           \"a\"     \n"
				   "    temperature    0.5     \n";

	is_block("0.24.0", "{\"parameters\":\"temperature 0.5\\nstop \\\"z\\\"\\nstop \\\"a\\\"\\nnum_ctx 2048\"}",
	         want, "by key, and in a key as the server has it");
	is_block("0.24.0",
	         "{\"parameters\":\"\\nstop \\\"z\\\"\\n\\nnum_ctx   2048\\r\\ntemperature 0.5\\nstop  \\\"a\\\"\\n\"}",
	         want, "another order of keys, empty lines and ends of lines change nothing");
}

static void test_other_rows(void)
{
	is_block(
	    "0.24.0",
	    "{\"remote_host\":\"https://example.invalid\",\"remote_model\":\"big\",\"requires\":\"0.14.0\","
	    "\"details\":{\"parameter_size\":\"1T\",\"quantization_level\":\"FP8\"},"
	    "\"model_info\":{\"general.architecture\":\"new\",\"general.parameter_count\":5,"
	    "\"new.context_length\":null,\"new.embedding_length\":\"x\"},\"capabilities\":[\"completion\",\"tools\"],"
	    "\"projector_info\":{\"general.architecture\":\"clip\",\"general.parameter_count\":311890000,"
	    "\"clip.vision.embedding_length\":1024,\"clip.vision.projection_dim\":768}}",
	    "  Model\n"
	    "    Remote model    big                        \n"
	    "    Remote URL      https://example.invalid    \n"
	    "    architecture    new                        \n"
	    "    parameters      1T                         \n"
	    "    quantization    FP8                        \n"
	    "    requires        0.14.0                     \n"
	    "\n"
	    "  Capabilities\n"
	    "    completion    \n"
	    "    tools         \n"
	    "\n"
	    "  Projector\n"
	    "    architecture        clip       \n"
	    "    parameters          311.89M    \n"
	    "    embedding length    1024       \n"
	    "    dimensions          768        \n",
	    "remote model, requirement, capabilities, projector");
	is_block("0.24.0",
	         "{\"details\":{\"family\":\"llama\",\"parameter_size\":\"3.2B\",\"quantization_level\":\"F16\"}}",
	         "  Model\n"
	         "    architecture    llama    \n"
	         "    parameters      3.2B     \n"
	         "    quantization    F16      \n",
	         "without model_info the details speak");
	is_block("0.24.0", "{\"system\":\"\\u001b[31mred\\ttab\"}",
	         "  Model\n"
	         "    quantization        \n"
	         "\n"
	         "  System\n"
	         "    ?[31mred tab    \n",
	         "control bytes are masked");
}

static void test_counts(void)
{
	static const struct {
		const char *count, *words;
	} cases[] = {
	    {"999", "999"},       {"1000", "1K"},           {"12345", "12K"},
	    {"1000000", "1M"},    {"494032768", "494.03M"}, {"999999999", "1000.00M"},
	    {"1000000000", "1B"}, {"3212749888", "3.2B"},   {"671026419200", "671.0B"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *show = text_format("{\"model_info\":{\"general.parameter_count\":%s}}", cases[i].count);
		char *block = block_of(NULL, show), *want = text_format("    parameters      %s ", cases[i].words);

		ok(strstr(block, want) != NULL, want);
		free(show);
		free(block);
		free(want);
	}
}

/* Since 0.7.1 a row tells that there are more lines. */
static void test_more_lines(void)
{
	static const struct {
		const char *version;
		bool tells;
	} cases[] = {
	    {"0.6.8", false}, {"0.7.0", false},         {"0.7.1", true}, {"0.7.1-rc0", true}, {"0.32.0-rc1", true},
	    {"1.0.0", true},  {"0.5.13-3-gabc", false}, {"0.0.0", true}, {"odd", true},       {NULL, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *three = block_of(cases[i].version, "{\"license\":\"a\\n \\nb\\nc\"}");
		char *two = block_of(cases[i].version, "{\"license\":\"a\\n \\nb\\n\\n\"}");

		ok((strstr(three, "    ...    \n") != NULL) == cases[i].tells,
		   cases[i].version != NULL ? cases[i].version : "no version");
		ok(strstr(two, "...") == NULL, "two lines are all");
		free(three);
		free(two);
	}
}

/* Words of 1 to 40 columns; each line of the block must be as wide as the others, and no word may be lost. */
static void test_wrapping(void)
{
	struct text show = {0};
	char *block;
	size_t words = 0;

	text_add(&show, "{\"system\":\"");
	for (int i = 0; i < 4000; i++) {
		text_add(&show, i > 0 ? " " : "");
		for (int j = 0; j <= i * 7 % 40; j++)
			text_add_char(&show, 'w');
	}
	text_add(&show, "\"}");
	block = block_of(NULL, text_string(&show));
	for (const char *at = strstr(block, "System\n") + 7; *at != '\0'; at++)
		words += *at == 'w' && at[-1] != 'w';
	is_int(words, 4000, "every word is there once");
	for (const char *line = strstr(block, "System\n") + 7; *line != '\0'; line = strchr(line, '\n') + 1) {
		bool first = line == strstr(block, "System\n") + 7;

		if (strcspn(line, "\n") != (first ? 108 : 110)) {
			ok(false, "a line of another width");
			break;
		}
	}
	free(block);
	text_release(&show);
}

int main(void)
{
	test_recorded();
	for (size_t i = 0; i < sizeof(seed) / sizeof(seed[0]); i++)
		is_block("0.6.3", seed[i].show, seed[i].block, seed[i].model);
	test_order_of_parameters();
	test_other_rows();
	test_counts();
	test_more_lines();
	test_wrapping();
	return tap_done();
}
