#include "cli/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

extern char **environ;

enum { WORDS_MAX = 8 };

/* %i stands for the SVG, %o for the PNG. */
static const struct converter {
	const char *program;
	const char *words[WORDS_MAX];
} converters[] = {
    {"rsvg-convert", {"--zoom=2", "--output=%o", "%i"}},
    {"inkscape", {"--export-type=png", "--export-dpi=192", "--export-filename=%o", "%i"}},
    {"magick", {"-density", "192", "%i", "%o"}},
};

static bool is_on_path(const char *program)
{
	const char *path = getenv("PATH");
	bool found = false;

	while (path != NULL && *path != '\0' && !found) {
		size_t length = strcspn(path, ":");
		char *file = text_format("%.*s/%s", (int)length, path, program);

		found = length > 0 && access(file, X_OK) == 0;
		path += length + (path[length] == ':');
		free(file);
	}
	return found;
}

const struct converter *picture_converter(struct failure *failure)
{
	for (size_t i = 0; i < sizeof(converters) / sizeof(converters[0]); i++)
		if (is_on_path(converters[i].program))
			return &converters[i];
	failure_set(failure, STATUS_USER_MISTAKE,
	            "--png: no program on this machine makes PNG of SVG: install rsvg-convert (package librsvg2-bin "
	            "or librsvg), inkscape, or ImageMagick 7 (magick)");
	return NULL;
}

/* Its words, each to be freed. */
static void fill_in(const struct converter *converter, const char *svg, const char *png, char *words[WORDS_MAX + 2])
{
	size_t count = 0;

	words[count++] = memory_string(converter->program);
	for (const char *const *word = converter->words; *word != NULL; word++) {
		struct text text = {0};

		for (const char *at = *word; *at != '\0'; at++)
			if (at[0] == '%' && (at[1] == 'i' || at[1] == 'o'))
				text_add(&text, *++at == 'i' ? svg : png);
			else
				text_add_char(&text, *at);
		words[count++] = text_take(&text);
	}
	words[count] = NULL;
}

/* Standard output is for results: what the program says goes to standard error. Returns an error number. */
static int spawn(char *const words[], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		return error;
	error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawnp(pid, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

bool picture_convert(const struct converter *converter, const char *svg_path, struct failure *failure)
{
	char *png_path = text_format("%.*s.png", (int)(strlen(svg_path) - strlen(".svg")), svg_path);
	char *words[WORDS_MAX + 2];
	int status = 0, error;
	pid_t pid;

	fill_in(converter, svg_path, png_path, words);
	error = spawn(words, &pid);
	while (error == 0 && waitpid(pid, &status, 0) < 0)
		error = errno == EINTR ? 0 : errno;
	if (error != 0)
		failure_set(failure, STATUS_CANNOT_GO_ON, "cannot run %s: %s", converter->program, strerror(error));
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		failure_set(failure, STATUS_CANNOT_GO_ON, "%s could not make \"%s\"", converter->program, png_path);
	for (size_t i = 0; words[i] != NULL; i++)
		free(words[i]);
	free(png_path);
	return !failure_is_set(failure);
}
