#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tap.h"

static char folder[] = "/tmp/llmbench-test-file-XXXXXX";

static void test_stem(void)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
	    {"configs/m4.conf", "m4"},
	    {"m4", "m4"},
	    {"a/b.tar.gz", "b.tar"},
	    {".hidden", ".hidden"},
	    {"results/m4/", "m4"},
	    {"a.b/c", "c"},
	    {"", ""},
	    {"/", ""},
	    {"x.", "x"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *stem = file_stem(cases[i].path);

		is_text(stem, cases[i].want, cases[i].path);
		free(stem);
	}
}

static void test_folders(void)
{
	struct failure failure = {0};
	char *deep = text_format("%s/a//b/c", folder), *blocked = text_format("%s/file/x", folder);
	char *file = text_format("%s/file", folder);
	struct stat state;

	ok(file_make_folder(deep, &failure) && stat(deep, &state) == 0 && S_ISDIR(state.st_mode), "mkdir -p");
	ok(file_make_folder(deep, &failure), "again");
	ok(file_replace(file, "x", 1, &failure), "a file in the way");
	ok(!file_make_folder(blocked, &failure), "no folder below a file");
	is_int(failure.status, STATUS_USER_MISTAKE, "is the user's mistake");
	failure_release(&failure);
	ok(!file_make_folder("", &failure), "no folder without a name");
	failure_release(&failure);
	free(deep);
	free(blocked);
	free(file);
}

static void test_replace_and_read(void)
{
	struct failure failure = {0};
	struct text text = {0};
	char *path = text_format("%s/whole", folder);
	struct stat state;

	ok(file_replace(path, "old\0bytes", 9, &failure), "written");
	ok(file_replace(path, "new", 3, &failure), "replaced");
	ok(file_read(path, 3, &text, &failure), "read, as large as allowed");
	is_text(text_string(&text), "new", "the new bytes");
	ok(stat(path, &state) == 0 && (state.st_mode & 0400) != 0 && state.st_nlink == 1, "an ordinary file");
	ok(!file_read(path, 2, &text, &failure), "larger than allowed");
	failure_release(&failure);

	char *beside = text_format("ls -A %s | grep -c tmp > %s/count; grep -qx 0 %s/count", folder, folder, folder);

	is_int(system(beside), 0, "no temporary file is left");
	free(beside);
	text_release(&text);
	free(path);
}

/* What a user names as a report's place may be a pipe: its reader waits for it, and a file in its place helps nobody.
 */
static void test_streams(void)
{
	struct failure failure = {0};
	char *pipe_path = text_format("%s/pipe", folder), *path = text_format("%s/plain", folder), bytes[8] = "";
	struct stat state;
	int reader;

	ok(mkfifo(pipe_path, 0600) == 0, "a pipe with a name");
	reader = open(pipe_path, O_RDONLY | O_NONBLOCK);
	ok(file_is_stream(pipe_path) && file_write(pipe_path, "hello", 5, &failure), "is written to");
	ok(stat(pipe_path, &state) == 0 && S_ISFIFO(state.st_mode), "and stays what it is");
	is_int(read(reader, bytes, sizeof bytes), 5, "its reader has it");
	is_text(bytes, "hello", "to the letter");
	close(reader);
	ok(file_is_stream("/dev/null") && file_is_stream("/dev/stdout") && file_is_stream("/dev/fd/1"), "devices");
	ok(!file_is_stream(path) && !file_is_stream(folder), "neither a new file nor a folder");
	ok(file_write(path, "old bytes", 9, &failure) && file_write(path, "new", 3, &failure), "a file is replaced");
	is_int(stat(path, &state) == 0 ? state.st_size : -1, 3, "as a whole");
	free(pipe_path);
	free(path);
}

static void test_messages(void)
{
	struct failure failure = {0};
	struct text text = {0};

	ok(!file_read("/nowhere/a.conf", 10, &text, &failure), "a missing file");
	is_text(failure.message, "cannot read \"/nowhere/a.conf\": no such file or folder", "says so");
	is_int(failure.status, STATUS_USER_MISTAKE, "and is the user's mistake");
	failure_release(&failure);
	ok(!file_read("/", 10, &text, &failure), "a folder");
	is_text(failure.message, "cannot read \"/\": it is a folder", "says so");
	failure_release(&failure);
	ok(!file_replace("/nowhere/x\033", "", 0, &failure), "no folder to write in");
	is_text(failure.message, "cannot write \"/nowhere/x?\": no such file or folder", "with the name masked");
	failure_release(&failure);
	text_release(&text);
}

/* Each says what is wrong, and where another path is no cure the sweep cannot go on. */
static void test_reasons(void)
{
	static const struct {
		int error;
		enum status status;
		const char *cure;
	} rows[] = {
	    {ENOENT, STATUS_USER_MISTAKE, "no such file"}, {EACCES, STATUS_USER_MISTAKE, "permission denied"},
	    {ENOSPC, STATUS_CANNOT_GO_ON, "free some"},    {EDQUOT, STATUS_CANNOT_GO_ON, "quota"},
	    {EFBIG, STATUS_CANNOT_GO_ON, "`ulimit -f`"},   {EROFS, STATUS_CANNOT_GO_ON, "another folder"},
	    {EIO, STATUS_CANNOT_GO_ON, "log of the sys"},  {EMFILE, STATUS_CANNOT_GO_ON, "`ulimit -n`"},
	    {ENFILE, STATUS_CANNOT_GO_ON, "end other"},    {ENOMEM, STATUS_CANNOT_GO_ON, "out of memory"},
	    {ESTALE, STATUS_CANNOT_GO_ON, "mounted"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(file_status(rows[i].error), rows[i].status, strerror(rows[i].error));
		ok(strstr(file_reason(rows[i].error), rows[i].cure) != NULL, file_reason(rows[i].error));
	}
	is_text(file_reason(EXDEV), strerror(EXDEV), "others in the system's words");
}

static void test_disk(void)
{
	int ends[2] = {-1, -1};

	is_int(file_sync_folder(folder), 0, "a folder is brought to the disk");
	is_int(file_sync_folder("/nowhere"), ENOENT, "one that is not there cannot be");
	is_int(pipe(ends), 0, "a pipe");
	is_int(file_sync(ends[1]), 0, "has nothing to be brought there");
	close(ends[0]);
	close(ends[1]);
	is_int(file_sync(ends[1]), EBADF, "an error is told");
	ok(file_free_bytes(folder) > 0, "bytes are free");
	is_int(file_free_bytes("/nowhere"), -1, "or not known");
}

int main(void)
{
	char *command;
	int status;

	if (mkdtemp(folder) == NULL)
		return 1;
	test_stem();
	test_folders();
	test_replace_and_read();
	test_streams();
	test_messages();
	test_reasons();
	test_disk();
	status = tap_done();
	command = text_format("rm -rf '%s'", folder);
	if (system(command) != 0)
		status = 1;
	free(command);
	return status;
}
