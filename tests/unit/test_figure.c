#include "report/figure.h"

#include <stdlib.h>

#include "tap.h"

int main(void)
{
	static const struct {
		double value, half;
		int decimals;
		const char *want;
	} cases[] = {
	    {424.9, 12, 1, "425 [413, 437]"},
	    {424.94, 1.2, 1, "424.9 [423.7, 426.1]"},
	    {424.94, 9.96, 1, "425 [415, 435]"},
	    {0.42491, 0.012, 2, "0.425 [0.413, 0.437]"},
	    {42490, 1200, 1, "42500 [41300, 43700]"},
	    {42490, 23000, 1, "42000 [19000, 65000]"},
	    {3, 1e-12, 1, "3.000000000 [3.000000000, 3.000000000]"},
	    {3, 0, 1, "3.0 [3.0, 3.0]"},
	    {3, NAN, 2, "3.00"},
	    {NAN, NAN, 2, "–"},
	    {NAN, 1, 2, "–"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct interval interval = {cases[i].value - cases[i].half, cases[i].value + cases[i].half};
		struct text text = {0};

		figure_add(&text, cases[i].value, &interval, cases[i].decimals);
		is_text(text_string(&text), cases[i].want, cases[i].want);
		text_release(&text);
	}
	return tap_done();
}
