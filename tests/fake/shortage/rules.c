#include "rules.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RULES_MAX = 16, NAME_MAX_SIZE = 64, PATH_SIZE = 4096 };

static struct rule {
	enum call call;
	char where[NAME_MAX_SIZE];
	long from, what, seen;
	bool onwards;
} rules[RULES_MAX];

static size_t rule_count;
static char log_path[PATH_SIZE];

static const struct call_kind {
	const char *name;
	int error;
} kinds[] = {
#define X(symbol, name, error) [symbol] = {name, error},
    CALLS(X)
#undef X
};

static const struct {
	const char *name;
	int error;
} errors[] = {
    {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EIO", EIO},       {"EMFILE", EMFILE}, {"ENFILE", ENFILE},
    {"EROFS", EROFS},   {"EACCES", EACCES}, {"ENOMEM", ENOMEM}, {"EAGAIN", EAGAIN}, {"ENOLCK", ENOLCK},
    {"EINVAL", EINVAL}, {"EFBIG", EFBIG},   {"EINTR", EINTR},   {"ENOSYS", ENOSYS}, {"EOPNOTSUPP", EOPNOTSUPP},
    {"ESTALE", ESTALE},
};

/* --- Reading them, without memory: what allocates comes here --- */

static void give_up(const char *rule)
{
	fprintf(stderr, "SHORTAGE: not a rule: %s\n", rule);
	_exit(125);
}

static long read_what(const char *word, const char *rule)
{
	char *end;
	long number = strtol(word, &end, 10);

	if (strcmp(word, "half") == 0)
		return SHORT_BY_HALF;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(word, errors[i].name) == 0)
			return errors[i].error;
	if (*word == '\0' || *end != '\0')
		give_up(rule);
	return number;
}

static void read_rule(const char *text, size_t size)
{
	struct rule *rule = &rules[rule_count];
	char copy[2 * NAME_MAX_SIZE], *n, *what, *where;
	size_t call = 0;

	if (size >= sizeof(copy) || rule_count == RULES_MAX)
		give_up(text);
	memcpy(copy, text, size);
	copy[size] = '\0';
	if ((n = strchr(copy, ':')) == NULL)
		give_up(text);
	*n++ = '\0';
	if ((what = strchr(n, ':')) != NULL)
		*what++ = '\0';
	if ((where = strchr(copy, '@')) != NULL)
		*where++ = '\0';
	while (call < sizeof(kinds) / sizeof(kinds[0]) && strcmp(copy, kinds[call].name) != 0)
		call++;
	if (call == sizeof(kinds) / sizeof(kinds[0]) || (where != NULL && strlen(where) >= NAME_MAX_SIZE))
		give_up(text);
	*rule = (struct rule){
	    .call = (enum call)call,
	    .from = strtol(n, NULL, 10),
	    .what = what != NULL ? read_what(what, text) : kinds[call].error,
	    .onwards = n[strlen(n) - 1] == '+',
	};
	strcpy(rule->where, where != NULL ? where : "");
	rule_count++;
}

static bool is_meant(void)
{
	const char *of = getenv("SHORTAGE_OF");

	return strcmp(program_invocation_short_name, of != NULL ? of : "llmbench") == 0;
}

__attribute__((constructor)) static void read_rules(void)
{
	const char *text = getenv("SHORTAGE"), *path = getenv("SHORTAGE_LOG");

	if (text == NULL || !is_meant())
		return;
	if (path != NULL && strlen(path) < sizeof(log_path))
		strcpy(log_path, path);
	while (*(text += strspn(text, " ")) != '\0') {
		size_t size = strcspn(text, " ");

		read_rule(text, size);
		text += size;
	}
}

/* --- Telling what came of them --- */

static void tell(const struct rule *rule, const char *what, long n)
{
	char line[3 * NAME_MAX_SIZE];
	int size, file;

	if (log_path[0] == '\0')
		return;
	size = snprintf(line, sizeof(line), "%s%s%s %s %ld\n", kinds[rule->call].name, rule->where[0] ? "@" : "",
	                rule->where, what, n);
	/* Past our own calls. */
	file = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (file >= 0) {
		syscall(SYS_write, file, line, (size_t)size);
		syscall(SYS_close, file);
	}
}

__attribute__((destructor)) static void tell_counts(void)
{
	for (size_t i = 0; i < rule_count; i++)
		tell(&rules[i], "calls", rules[i].seen);
}

/* --- Counting --- */

static long apply(struct rule *rule)
{
	long n = __atomic_add_fetch(&rule->seen, 1, __ATOMIC_RELAXED);

	if (rule->from == 0 || (rule->onwards ? n < rule->from : n != rule->from))
		return SHORT_OF_NOTHING;
	tell(rule, "failed", n);
	if (rule->what > 0)
		errno = (int)rule->what;
	return rule->what;
}

long rules_count(enum call call, const char *where)
{
	long result = SHORT_OF_NOTHING;

	for (size_t i = 0; i < rule_count; i++) {
		struct rule *rule = &rules[i];

		if (rule->call == call && (rule->where[0] == '\0' || (where != NULL && strstr(where, rule->where))) &&
		    result == SHORT_OF_NOTHING)
			result = apply(rule);
	}
	return result;
}

static bool any_rule(enum call call)
{
	for (size_t i = 0; i < rule_count; i++)
		if (rules[i].call == call)
			return true;
	return false;
}

long rules_count_file(enum call call, int file)
{
	char link[64], path[PATH_SIZE];
	ssize_t size;

	if (!any_rule(call))
		return SHORT_OF_NOTHING;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	size = readlink(link, path, sizeof(path) - 1);
	path[size > 0 ? size : 0] = '\0';
	return rules_count(call, path);
}

long rules_count_allocation(const void *caller)
{
	const char *name = "", *slash;
	Dl_info info;

	if (!any_rule(CALL_MALLOC))
		return SHORT_OF_NOTHING;
	if (dladdr(caller, &info) != 0 && info.dli_fname != NULL)
		name = info.dli_fname;
	slash = strrchr(name, '/');
	if (strcmp(slash != NULL ? slash + 1 : name, program_invocation_short_name) == 0)
		name = "own";
	return rules_count(CALL_MALLOC, name);
}
