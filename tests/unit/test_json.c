#include <stdlib.h>

#include "base/json.h"
#include "tap.h"

static struct json *parse(const char *string)
{
	return json_parse(string, strlen(string));
}

static void is_written(const struct json *json, const char *want)
{
	struct text text = {0};

	json_add_to(&text, json);
	is_text(text_string(&text), want, want);
	text_release(&text);
}

static void test_reading(void)
{
	struct json *json = parse(" {\"name\":\"a\",\"n\":1.5,\"i\":42,\"yes\":true,\"none\":null,\"list\":[1,\"b\"],"
	                          "\"Name\":\"B\"}\n");

	is_text(json_get_string(json, "name"), "a", "a string");
	is_text(json_get_string(json, "Name"), "B", "keys are matched with their case");
	is_real(json_get_number(json, "n"), 1.5, 0, "a number");
	is_int(json_get_integer(json, "i"), 42, "an integer");
	ok(json_get_bool(json, "yes", false) && json_get_bool(json, "absent", true), "booleans");
	ok(json_get(json, "none") == NULL && json_get(json, "absent") == NULL, "null and absent are the same");
	ok(json_get_string(json, "i") == NULL, "a number is no string");
	ok(isnan(json_get_number(json, "name")), "a string is no number");
	is_int(json_get_integer(json, "n"), JSON_UNKNOWN, "1.5 is no integer");

	const struct json *list = json_get(json, "list");

	is_int(json_count(list), 2, "items of a list");
	is_text(json_as_string(json_at(list, 1)), "b", "the second of them");
	ok(json_at(list, 2) == NULL, "there is no third");
	is_text(json_key(json_at(json, 2)), "i", "members have keys");
	ok(json_key(json_first(list)) == NULL, "items have none");
	ok(json_is_object(json) && json_is_list(list) && !json_is_list(json), "kinds");
	json_free(json);
}

static void test_forgiving(void)
{
	ok(json_get(NULL, "a") == NULL && json_get_string(NULL, "a") == NULL, "reading from nothing");
	ok(isnan(json_get_number(NULL, "a")) && json_get_integer(NULL, "a") == JSON_UNKNOWN, "numbers of nothing");
	ok(json_count(NULL) == 0 && json_at(NULL, 0) == NULL && json_key(NULL) == NULL && json_next(NULL) == NULL,
	   "members of nothing");
	ok(!json_is_object(NULL) && !json_is_list(NULL) && json_as_string(NULL) == NULL, "nothing has no kind");
	ok(json_copy(NULL) == NULL, "a copy of nothing");
	json_free(NULL);
}

static void test_malformed(void)
{
	static const char *const cases[] = {"",      " ",   "{",      "[1,]",       "{\"a\" 1}",
	                                    "{} {}", "1 2", "\"open", "{\"a\":1}x", "nul"};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ok(parse(cases[i]) == NULL, cases[i]);

	struct text deep = {0};
	struct json *json = json_parse("12", 1);

	is_real(json_as_number(json), 1, 0, "only the bytes given are read");
	json_free(json);

	for (int i = 0; i < 64; i++)
		text_add(&deep, "[");
	for (int i = 0; i < 64; i++)
		text_add(&deep, "]");
	json = json_parse(deep.data, deep.size);
	ok(json != NULL, "64 levels");
	json_free(json);
	text_clear(&deep);
	for (int i = 0; i < 100000; i++)
		text_add(&deep, "[");
	ok(json_parse(deep.data, deep.size) == NULL, "not 100000");
	text_release(&deep);
	json = parse("\"[[[ \\\" [[[\"");
	is_text(json_as_string(json), "[[[ \" [[[", "brackets in strings are no levels");
	json_free(json);
}

static void test_halves(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"\"\\ud83d\\ude00\"", "\U0001f600"},
	    {"\"a\\ud83d\"", "a\ufffd"},
	    {"\"\\uDE00 b\"", "\ufffd b"},
	    {"\"\\ud83d\\ud83d\\ude00\\ud83d\"", "\ufffd\U0001f600\ufffd"},
	    {"\"\\ud83d\\\\ude00\"", "\ufffd\\ude00"},
	    {"\"\\ud83d\\n\"", "\ufffd\n"},
	    {"\"\\ude00\\\\ud83d\"", "\ufffd\\ud83d"},
	    {"\"\\ud83d\\u12\"", NULL},
	    {"\"\\ud83d", NULL},
	    {"\"\\ud83d\\", NULL},
	    {"\"\\ud83", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json *json = parse(rows[i].text);

		is_text(json_as_string(json), rows[i].want, rows[i].text);
		json_free(json);
	}
}

static void test_integers(void)
{
	static const struct {
		const char *written;
		int64_t want;
	} cases[] = {
	    {"0", 0},
	    {"-7", -7},
	    {"1e3", 1000},
	    {"9007199254740991", INT64_C(9007199254740991)},
	    {"-9007199254740991", -INT64_C(9007199254740991)},
	    {"9007199254740993", JSON_UNKNOWN},
	    {"1e300", JSON_UNKNOWN},
	    {"0.5", JSON_UNKNOWN},
	    {"1e999", JSON_UNKNOWN},
	};
	struct json *json;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json = parse(cases[i].written);
		is_int(json_as_integer(json), cases[i].want, cases[i].written);
		json_free(json);
	}
	json = json_new_object();
	json_set_integer(json, "i", INT64_MAX);
	is_int(json_get_integer(json, "i"), INT64_MAX, "what was built keeps 64 bits");
	is_written(json, "{\"i\":9223372036854775807}");
	json_free(json);
}

static void test_doubles(void)
{
	static const double cases[] = {0,    0.1,  1.0 / 3,       0.1 + 0.2,          5e-324, 1.7976931348623157e308,
	                               -1.5, 1e21, 123456789.123, 9007199254740993.0, 2.5e-8, 4.35};
	struct text text = {0};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct json *list = json_new_list(), *again;

		json_append_number(list, cases[i]);
		text_clear(&text);
		json_add_to(&text, list);
		again = json_parse(text.data, text.size);
		ok(json_as_number(json_at(again, 0)) == cases[i], text.data);
		ok(json_as_number(json_at(list, 0)) == cases[i], "reads back without writing");

		struct text twice = {0};

		json_add_to(&twice, again);
		is_text(twice.data, text.data, "writing what was parsed changes nothing");
		text_release(&twice);
		json_free(again);
		json_free(list);
	}
	text_release(&text);
}

static void test_writing(void)
{
	struct json *json = json_new_object(), *list = json_new_list();

	json_set_string(json, "b", "say \"hi\"\\\n\t\001\177");
	json_set_string(json, "a", "caf\303\251 \377");
	json_set_number(json, "tenth", 0.1);
	json_set_number(json, "unknown", NAN);
	json_set_number(json, "infinite", INFINITY);
	json_set_integer(json, "none", JSON_UNKNOWN);
	json_set_bool(json, "no", false);
	json_set_string(json, "null", NULL);
	json_append_integer(list, 1);
	json_append_string(list, "x");
	json_append(list, NULL);
	json_append(list, json_new_object());
	json_set(json, "list", list);
	is_written(json, "{\"b\":\"say \\\"hi\\\"\\\\\\n\\t\\u0001\\u007f\",\"a\":\"caf\303\251 \357\277\275\","
	                 "\"tenth\":0.1,\"unknown\":null,\"infinite\":null,\"none\":null,\"no\":false,\"null\":null,"
	                 "\"list\":[1,\"x\",null,{}]}");

	struct json *copy = json_copy(json);

	json_free(json);
	is_real(json_get_number(copy, "tenth"), 0.1, 0, "a copy stands alone");
	json_free(copy);
	is_written(NULL, "null");
}

/* What a terminal would obey is read back as it was, but never stands in the file. */
static void test_hidden_characters(void)
{
	static const char text[] = "\033[2J \302\233 \u202e \u2028 \u200b \U000e0041 \U0001f469\u200d\U0001f4bb";
	struct json *json = json_new_object(), *again;
	struct text line = {0};

	json_set_string(json, "x", text);
	json_add_to(&line, json);
	is_text(text_string(&line),
	        "{\"x\":\"\\u001b[2J \\u009b \\u202e \\u2028 \\u200b \\udb40\\udc41 \U0001f469\u200d\U0001f4bb\"}",
	        "hidden characters are escapes");
	again = json_parse(line.data, line.size);
	is_text(json_get_string(again, "x"), text, "and read back as they were");
	json_free(again);
	json_free(json);
	text_release(&line);
}

/* Each value costs memory of its own, some 40 times the bytes of a list of digits. */
static void test_many_values(void)
{
	struct text text = {0};
	struct json *json;

	text_add(&text, "[1");
	for (size_t i = 1; i < JSON_VALUES_MAX - 1; i++)
		text_add(&text, ",1");
	text_add(&text, "]");
	json = json_parse(text.data, text.size);
	is_int(json_count(json), JSON_VALUES_MAX - 1, "as many values as there may be");
	json_free(json);
	text.data[text.size - 1] = ',';
	text_add(&text, "1]");
	ok(json_parse(text.data, text.size) == NULL, "one more, and nothing is made of it");
	text_release(&text);
}

static void test_duplicate_keys(void)
{
	static const char bytes[] = "{\"a\":1,\"a\":2,\"b\":{\"c\":3},\"b\":null}";
	struct json *json = json_parse(bytes, strlen(bytes));

	is_int(json_get_integer(json, "a"), 1, "of duplicate keys the first counts");
	is_int(json_get_integer(json_get(json, "b"), "c"), 3, "whatever the second one is");
	json_free(json);
}

static void test_indented(void)
{
	struct json *json = parse("{\"a\":[1,{\"b\":[]}],\"c\":{}}");
	struct text text = {0};

	json_add_indented(&text, json);
	is_text(text.data, "{\n\t\"a\": [\n\t\t1,\n\t\t{\n\t\t\t\"b\": []\n\t\t}\n\t],\n\t\"c\": {}\n}",
	        "indented by tabs");
	text_release(&text);
	json_free(json);
}

int main(void)
{
	test_reading();
	test_forgiving();
	test_malformed();
	test_halves();
	test_integers();
	test_doubles();
	test_writing();
	test_indented();
	test_hidden_characters();
	test_many_values();
	test_duplicate_keys();
	return tap_done();
}
