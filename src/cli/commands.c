#include "cli/command.h"

#define MATRIX_OPTIONS                                                                                             \
	{"matrix", "FILE", false, false, "the matrix file: what to vary, and how to reach the server"},            \
	    {"set", "KEY=VALUE", false, true,                                                                      \
	     "replaces a knob of the matrix; VALUE as in the file, a list is an axis; server.start=…, "          \
	     "server.url=… and server.env.NAME=… replace parts of the server"},                                    \
	{                                                                                                          \
		"only", "KEY=VALUE", false, true,                                                                  \
		    "keeps the cells whose knob has this value; the same knob again adds a value. A run that has " \
		    "figures of other cells is not resumed with it"                                                \
	}

static const struct option run_options[] = {
    MATRIX_OPTIONS,
    {"out", "DIR", false, false, "folder of the results; default: results"},
    {"resume", "RUN", true, false,
     "continues an unfinished run: finished cells and trials stay, and what changed in the matrix is measured again; "
     "default: the newest one of the matrix"},
    {"no-prune", NULL, false, false,
     "runs also the cells that are no smaller than one that ran out of memory or hit its cell_timeout; with --resume, "
     "those that were skipped for that"},
    {"quiet", NULL, false, false, "no progress and no line per cell"},
    {"no-sample", NULL, false, false, "does not sample memory, nor read the server's own metrics"},
    {0},
};

static const struct option plan_options[] = {
    MATRIX_OPTIONS,
    {"memory", "SIZE", false, false, "plans for a machine with so much memory, such as 16GiB; default: this one"},
    {"gpu", "metal|none|SIZE", false, false,
     "its GPU: metal, which shares the memory; none; or the size of the GPU's own memory, such as 12GiB. Default: "
     "metal on "
     "Apple silicon, or else none"},
    {"out", "DIR", false, false, "folder of earlier results, for the time; default: results"},
    {"format", "NAME", false, false, "md or json; default: md"},
    {0},
};

static const struct option report_options[] = {
    {"format", "NAME", false, false, "how the report is written, see Formats; default: md, and term on a terminal"},
    {"style", "NAME", false, false, "what it says, see Styles; default: sweep"},
    {"rows", "NAMES", false, false,
     "grid: what each row is of: machine, title, run, server, profile or a knob, or several with commas between them; "
     "default: machine. Rows and columns stand in the order of the runs as given, and in a run of its cells"},
    {"columns", "NAMES", false, false, "grid: what each column is of, likewise; default: model"},
    {"metric", "NAME", false, false,
     "grid: the figure in each place, one of `llmbench help`; default: decode_tokens_per_s, which `ollama run "
     "--verbose` "
     "calls eval rate, else the first of output_tokens_per_s, rtfx and inputs_per_s that was measured"},
    {"mark-best", "OF", true, false, "grid: the best of each row, column or both (the default) in bold"},
    {"intervals", NULL, false, false, "grid, guide: figures over trials with their 95 % confidence interval"},
    {"baseline", "NAME=VALUE", false, false,
     "guide: what improvements are counted from, such as profile=default; default: the first profile, machine or "
     "server of several"},
    {"output", "PATH", false, false,
     "writes there, atomically, instead of to standard output (-); charts (SVG) stand beside it. What is no file, such "
     "as a pipe or /dev/null, is written to and has no charts"},
    {"png", NULL, false, false, "makes PNG of the charts, too, by rsvg-convert, inkscape or magick"},
    {0},
};

static const struct option compare_options[] = {
    {"fail-on", "RULE", false, true,
     "status 1 when it trips: METRIC[.STATISTIC] < or > NUMBER[%]. 'output_tokens_per_s < -5%' trips when a change is "
     "established, and a loss of more than 5 %; 'ttft_ms.p99 > 500' when the interval of NEW's figure is above 500; "
     "'errors > 0' by the count. With rules, nothing else that is worse counts for the status"},
    {"allow", "PART", false, true, "compares although this differs: machine, model, server, prompt, settings or tool"},
    {"margin", "PCT", false, false,
     "a figure is the same when the interval of its change lies within this either way; default: 5%"},
    {"all", NULL, false, false, "lists the other figures, too, that did not change or cannot be told"},
    {"baseline", "save|NAME", false, false,
     "`save RUN [NAME]` keeps a run's summary as a baseline, by the name of its matrix unless it is given; a NAME that "
     "was kept stands for BASE"},
    {"out", "DIR", false, false, "folder of the results, with the baselines in DIR/baselines; default: results"},
    {"format", "NAME", false, false, "md, term (for a terminal) or json; default: md, and term on a terminal"},
    {"output", "PATH", false, false, "writes there, atomically, instead of to standard output (-)"},
    {0},
};

static const struct option doctor_options[] = {
    MATRIX_OPTIONS,
    {"server", "URL", false, false,
     "a running server to ask; default: the first one of the matrix that has a url, or else http://127.0.0.1:11434"},
    {"bandwidth", NULL, false, false, "measures the memory's bandwidth, too, in about three seconds"},
    {0},
};

static const struct option calibrate_options[] = {
    {"streams", "N", false, false, "replies that stream at once, from 1 to 4096; default: 128"},
    {"rate", "R", false, false, "tokens a second of each, from 1 to 10000; default: 50"},
    {0},
};

static const struct option help_options[] = {
    {"man", NULL, false, false, "the manual page, for man(1)"},
    {0},
};

const struct command commands[] = {
    {"run", "", 0, 0, run_options, "Runs the matrix and writes its tables. The word `run` may be left out.",
     command_run},
    {"plan", "", 0, 0, plan_options,
     "Shows the cells, their order, the server starts, the memory that each will take and whether it fits, and how "
     "long it "
     "will take by earlier runs; runs nothing. Models are looked up at a server that runs (url), in GGUF files "
     "(models), in "
     "a table of a few models, or in an earlier run.",
     command_plan},
    {"report", "RUN…", 1, ARGUMENTS_MAX, report_options, "Writes a report of one run, or of several together.",
     command_report},
    {"compare", "BASE NEW", 1, 2, compare_options,
     "Says what became better or worse between two runs, cell by cell, with the interval of each change over trials, "
     "and what cannot be told. Two Markdown tables (.md) are compared by their values alone. Status 0: nothing worse; "
     "1: "
     "something is, or a rule tripped; 4: cannot tell; 5: not comparable.",
     command_compare},
    {"doctor", "", 0, 0, doctor_options,
     "Shows on one screen, for reports of errors too: what this machine is, each sensor with its value, the cost of a "
     "reading and why it is not there, its conditions, the server that runs with its models, and with --matrix which "
     "cells will fit.",
     command_doctor},
    {"calibrate", "", 0, 0, calibrate_options,
     "Measures the tool's own error on this machine, in about three seconds, against a server of known truth. Status "
     "1: it would be client-bound at that load.",
     command_calibrate},
    {"help", "[COMMAND|KNOB|METRIC]", 0, 1, help_options, "Explains a command, a knob or a metric.", command_help},
    {0},
};

const struct command *commands_find(const char *name)
{
	for (const struct command *command = commands; command->name != NULL; command++)
		if (text_equal(command->name, name))
			return command;
	return NULL;
}
