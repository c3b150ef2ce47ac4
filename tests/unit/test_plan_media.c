/* Pictures and recordings of a matrix: where they are found, what each task sends, and every mistake with its place. */
#include "matrix.h"

#include "base/clock.h"
#include "base/memory.h"
#include "core/nonce.h"

#define HEAD "model: m\n"

/* A WAV file of `samples` silent samples at 8 kHz. */
static void put_wav(const char *name, size_t samples)
{
	static const char head[] =
	    "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0";
	struct failure failure = {0};
	struct text file = {0};

	text_add_bytes(&file, head, sizeof(head) - 1);
	for (size_t i = 0; i < 2 * samples; i++)
		text_add_char(&file, '\0');
	ok(file_replace(name, file.data, file.size, &failure), name);
	text_release(&file);
}

static char *shapes_png; /* in the folder of configs */

static void put_files(void)
{
	struct failure failure = {0};
	struct text picture = {0};

	ok(file_read(shapes_png, 1 << 20, &picture, &failure) &&
	       file_replace("a.png", picture.data, picture.size, &failure),
	   "a picture");
	ok(file_make_folder("media", &failure) && file_replace("media/b.jpg", "\xff\xd8\xff\xe0 JFIF", 9, &failure),
	   "another one");
	put_wav("a.wav", 8000);
	put_wav("b.wav", 4000);
	write_file("no.png", "GIF89a");
	write_file("no.wav", "RIFF");
	text_release(&picture);
}

static void test_mistakes(void)
{
	static const struct {
		const char *matrix, *want;
	} cases[] = {
	    {HEAD "task: caption\nimage: x.png\n", "a.conf:3:8: image: cannot read \"x.png\": no such file or folder"},
	    {HEAD "task: caption\nimage: [a.png, no.png]\n",
	     "a.conf:3:16: image cannot be \"no.png\": it is neither a PNG nor a JPEG file"},
	    {HEAD "task: transcribe\naudio: a.wav\ninput_tokens: 5\nserver: {url: http://h, adapter: whisper}\n",
	     "a.conf:4:15: input_tokens is for the tasks text and embed, whose prompts are all that is sent"},
	    {HEAD "task: transcribe\naudio: no.wav\nserver: {url: http://h, adapter: whisper}\n",
	     "a.conf:3:8: audio cannot be \"no.wav\": it is not a WAV file"},
	    {HEAD "task: transcribe\naudio: a.png\nserver: {url: http://h, adapter: whisper}\n",
	     "a.conf:3:8: audio cannot be \"a.png\": it is not a WAV file"},
	    {HEAD "task: caption\n", "a.conf:2:7: task caption needs a picture, such as image: FILE"},
	    {HEAD "task: [text, vqa]\n", "a.conf:2:14: task vqa needs a picture, such as image: FILE"},
	    {HEAD "task: transcribe\nserver: {url: http://h, adapter: whisper}\n",
	     "a.conf:2:7: task transcribe needs a recording, such as audio: FILE"},
	    {HEAD "image: a.png\n", "a.conf:2:8: image is sent by no cell; it takes task: caption or vqa"},
	    {HEAD "audio: [a.wav, b.wav]\ntask: [embed, text]\n",
	     "a.conf:2:8: audio is sent by no cell; it takes task: transcribe"},
	    {HEAD "task: [text, caption]\nimage: [a.png, media/b.jpg]\n",
	     "a.conf:3:8: image has several values, but some cells do not send it and would be measured once for each; "
	     "leave all but one of them out with except"},
	    {HEAD "task: transcribe\naudio: a.wav\nserver: {url: http://h, adapter: ollama}\n",
	     "a.conf:2:7: task transcribe cannot be asked of adapter ollama; it can of: whisper"},
	    {HEAD "task: [transcribe, embed]\naudio: a.wav\nserver: {url: http://h, adapter: whisper}\n",
	     "a.conf:2:20: task embed cannot be asked of adapter whisper; it can of: ollama, openai"},
	    {HEAD "server: {url: http://h, adapter: whisper}\n",
	     "a.conf: adapter whisper needs a task: there is transcribe"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct plan plan;

		ok(!load(cases[i].matrix, nothing, nothing, &plan, &failure), "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		failure_release(&failure);
	}
}

static void load_good(const char *matrix, struct plan *plan)
{
	struct failure failure = {0};

	if (!ok(load(matrix, nothing, nothing, plan, &failure), matrix)) {
		printf("# %s\n", failure.message);
		exit(1);
	}
}

static void test_files(void)
{
	struct plan plan;

	load_good(HEAD "task: caption\nimage: [a.png, media/b.jpg]\n", &plan);
	is_int(plan.cell_count, 2, "an axis of pictures");
	is_text(plan_image(&plan, &plan.cells[0])->type, "image/png", "PNG");
	is_text(plan_image(&plan, &plan.cells[1])->type, "image/jpeg", "JPEG");
	is_text(plan_image(&plan, &plan.cells[1])->name, "b.jpg", "without its folder");
	ok(plan_audio(&plan, &plan.cells[0]) == NULL, "no recording");
	is_int(plan_audio_ns(&plan, &plan.cells[0]), TIME_UNKNOWN, "of no length");
	ok(plan_fixed_media(&plan, &plan.cells[0]) == NULL, "each request has a PNG of its own");
	ok(plan_fixed_media(&plan, &plan.cells[1]) != NULL, "but the same JPEG");
	plan_release(&plan);

	load_good(HEAD "task: caption\nimage: a.png\nunique_prompts: off\n", &plan);
	ok(plan_fixed_media(&plan, &plan.cells[0]) != NULL, "unique_prompts off: the same PNG");
	plan_release(&plan);

	load_good(HEAD "task: [text, vqa]\nimage: a.png\nprompt: How many?\n", &plan);
	ok(plan.cells[0].image == NULL && plan_image(&plan, &plan.cells[0]) == NULL, "a text needs none");
	ok(plan_image(&plan, &plan.cells[1]) != NULL, "a question about a picture does");
	plan_release(&plan);

	load_good(HEAD "task: [text, vqa]\nimage: [a.png, media/b.jpg]\nexcept: [{task: text, image: a.png}]\n", &plan);
	is_int(plan.cell_count, 3, "the text once");
	plan_release(&plan);

	load_good(HEAD "server: {url: http://h, adapter: whisper}\ntask: transcribe\naudio: [a.wav, b.wav]\n", &plan);
	is_int(plan_audio_ns(&plan, &plan.cells[0]), NS_PER_S, "a recording's length");
	is_int(plan_audio_ns(&plan, &plan.cells[1]), NS_PER_S / 2, "and the other's");
	plan_release(&plan);
}

static void test_prompts(void)
{
	static const struct {
		const char *matrix, *want;
	} cases[] = {
	    {HEAD, "Why is the blue sky blue?"},
	    {HEAD "task: embed\n", "Why is the blue sky blue?"},
	    {HEAD "task: caption\nimage: a.png\n", "Describe this picture."},
	    {HEAD "task: vqa\nimage: a.png\n", "What is in this picture?"},
	    {HEAD "task: vqa\nimage: a.png\nprompt: How many?\n", "How many?"},
	    {HEAD "server: {url: http://h, adapter: whisper}\ntask: transcribe\naudio: a.wav\n", NULL},
	    {HEAD "server: {url: http://h, adapter: whisper}\ntask: transcribe\naudio: a.wav\nprompt: Names.\n",
	     "Names."},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan plan;

		load_good(cases[i].matrix, &plan);
		is_text(plan.cells[0].prompt, cases[i].want, cases[i].want != NULL ? cases[i].want : "no prompt");
		plan_release(&plan);
	}
}

static bool same(const struct media *a, const struct media *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static void test_requests(void)
{
	struct plan_media media[3] = {{{{0}, {0}}, {{0}, {0}}}};
	struct input input[3] = {{0}};
	struct plan plan;
	uint64_t salt;

	load_good(HEAD "task: caption\nimage: a.png\n", &plan);
	salt = nonce_salt(&plan.cells[0], 0);
	plan_add_media(&plan, &plan.cells[0], salt, 1, 0, &media[0], &input[0]);
	plan_add_media(&plan, &plan.cells[0], salt, 1, 1, &media[1], &input[1]);
	plan_add_media(&plan, &plan.cells[0], salt, 0, 0, &media[2], &input[2]);
	ok(!same(input[0].image, input[1].image) && !same(input[0].image, plan_image(&plan, &plan.cells[0])),
	   "a picture for each request");
	ok(!same(input[0].image, input[2].image), "and for the warm-up");
	ok(input[0].audio == NULL, "and no recording");
	plan_add_media(&plan, &plan.cells[0], salt, 1, 0, &media[1], &input[1]);
	ok(same(input[0].image, input[1].image), "the same one in each run");
	plan_add_media(&plan, &plan.cells[0], nonce_salt(&plan.cells[0], 1), 1, 0, &media[1], &input[1]);
	ok(!same(input[0].image, input[1].image), "another one in a repeat of the anchor");
	plan.cells[0].unique_prompts = CELL_UNIQUE_OFF;
	plan_add_media(&plan, &plan.cells[0], salt, 1, 0, &media[0], &input[0]);
	plan_add_media(&plan, &plan.cells[0], salt, 0, 0, &media[1], &input[1]);
	ok(input[0].image == plan_image(&plan, &plan.cells[0]), "off: that of the file");
	ok(!same(input[0].image, input[1].image), "but never in the warm-up, which would leave it in a cache");
	for (size_t i = 0; i < 3; i++)
		plan_media_release(&media[i]);
	plan_release(&plan);
}

int main(void)
{
	char *folder = getcwd(NULL, 0);

	shapes_png = text_format("%s/configs/media/shapes.png", folder);
	free(folder);
	if (!enter_folder())
		return 1;
	put_files();
	test_mistakes();
	test_files();
	test_prompts();
	test_requests();
	free(shapes_png);
	return leave_folder(tap_done());
}
