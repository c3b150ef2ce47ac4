/*
 * The Test Anything Protocol for unit tests: ok(condition, "what"), is_text,
 * is_int, is_real (with tolerance); `return tap_done();` ends main.
 */
#ifndef TAP_H
#define TAP_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((unused)) static bool tap_report(bool passed, const char *file, int line, const char *what)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tap_count, what);
	if (!passed) {
		tap_failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	return passed;
}

__attribute__((unused)) static bool tap_text(const char *got, const char *want, const char *file, int line,
                                             const char *what)
{
	bool same = got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);

	if (!tap_report(same, file, line, what))
		printf("#  got: %s\n# want: %s\n", got ? got : "(null)", want ? want : "(null)");
	return same;
}

__attribute__((unused)) static bool tap_int(int64_t got, int64_t want, const char *file, int line, const char *what)
{
	if (!tap_report(got == want, file, line, what))
		printf("#  got: %lld\n# want: %lld\n", (long long)got, (long long)want);
	return got == want;
}

__attribute__((unused)) static bool tap_real(double got, double want, double tolerance, const char *file, int line,
                                             const char *what)
{
	bool near = (isnan(got) && isnan(want)) || fabs(got - want) <= tolerance;

	if (!tap_report(near, file, line, what))
		printf("#  got: %.17g\n# want: %.17g ± %g\n", got, want, tolerance);
	return near;
}

__attribute__((unused)) static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	fflush(stdout);
	return tap_failed > 0;
}

#define ok(condition, what)                 tap_report((condition), __FILE__, __LINE__, (what))
#define is_text(got, want, what)            tap_text((got), (want), __FILE__, __LINE__, (what))
#define is_int(got, want, what)             tap_int((int64_t)(got), (int64_t)(want), __FILE__, __LINE__, (what))
#define is_real(got, want, tolerance, what) tap_real((got), (want), (tolerance), __FILE__, __LINE__, (what))

#endif
