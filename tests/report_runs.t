#!/usr/bin/env bash
# `report` over several runs: the styles grid and guide, their options, and mistakes in them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# measure OUT DEVICE LINE…: runs a matrix of these lines on a simulated device.
measure()
{
	local out=$1 device=$2
	shift 2
	printf '%s\n' "server: {start: '$LLMBENCH_SIM --device $device --speed 1000'}" 'output_tokens: 8' 'requests: 2' \
		'calibrate: false' "$@" >m.conf
	run "$LLMBENCH" --matrix m.conf --out "$out" --quiet
}

# report PATTERN WHAT ARGUMENT…: a line of the report matches.
report()
{
	local pattern=$1 what=$2
	shift 2
	run "$LLMBENCH" report "$@"
	is "$status" 0 "$what: status" && like "$stdout" "$pattern" "$what"
}

# mistake PATTERN WHAT ARGUMENT…
mistake()
{
	local pattern=$1 what=$2
	shift 2
	run "$LLMBENCH" report "$@"
	is "$status" 2 "$what: status 2" && like "$stderr" "$pattern" "$what" && is "$stdout" '' "$what: no report"
}

measure a m4-16g 'model: [llama3.2, llama3.1:70b]' 'trials: 3' 'profile: {default: {}, hearsay: {OLLAMA_MMAP: 1}}'
is "$status" 0 "two profiles on a simulated Mac"
measure b cpu-8g 'model: [llama3.2, llama3.1:70b]' 'trials: 3'
is "$status" 1 "a machine that has too little memory"

report '^\| CPU GPU \| profile \| llama3\.2 \| llama3\.1:70b \|$' "profiles become rows of their own" a/m b/m --style grid
report '^\| cpu-8g \|  \| [0-9.]+ \| - \|$' "the model that does not fit" a/m b/m --style grid
report '^- \*\*cpu-8g, unset, llama3\.1:70b\*\*: model requires more system memory' "why" a/m b/m --style grid
report '^\| model \| profile \| cpu-8g \|$' "any two fields" b/m --style grid --rows model,profile --columns machine
report '^\| cpu-8g \|  \| [0-9.]+ \[[0-9.]+, [0-9.]+\] \| - \|$' "intervals over trials" a/m b/m --style grid \
	--metric output_tokens_per_s --intervals
report '\*\*[0-9.]+\*\*' "the best in bold" a/m b/m --style grid --mark-best
report 'Bold: the best of its column\.' "of a column" a/m b/m --style grid --mark-best=column

report '^\| Apple Silicon \| Tokens/Second \| Memory Usage \| CPU Usage \| Improvement \|$' "a guide" a/m --style guide
report '^- \*\*Does nothing\*\*: Ollama has no variable OLLAMA_MMAP\.$' "a variable that does nothing" a/m --style guide
report '^\| \*\*3\.2B\*\* llama3\.2, warm \| [0-9.]+s \|' "the second load is a warm one" a/m --style guide
report '^\| \*\*m4-16g\*\*, hearsay \| [0-9.]+ tok/s \| [0-9.]+GB \| – \| baseline \|$' "another baseline" a/m \
	--style guide --baseline profile=hearsay

mistake 'they differ in profile; add that: --rows machine,profile' "cells that share a place" a/m --style grid \
	--rows machine --columns model
mistake 'no metric "ttft_m" \(did you mean "ttft_ms"\?\)' "a slip in the metric" a/m --style grid --metric ttft_m
mistake '"modell".*did you mean "model"' "a slip in a field" a/m --style grid --rows modell
mistake 'no such option "--row" \(did you mean "--rows"\?\)' "a slip in an option" a/m --style grid --row model
mistake '"hearsy"; they have default, hearsay' "a baseline that is none" a/m --style guide --baseline profile=hearsy
mistake '--mark-best=rows: row, column or both' "the best of something else" a/m --style grid --mark-best=rows
mistake '--mark-best column: write --mark-best=column' "and with a blank before it" a/m --style grid --mark-best column
mistake '--rows is of --style grid, not of sweep' "an option of another style" a/m --rows model
mistake '--baseline is of --style guide, not of grid' "and of this one" a/m --style grid --baseline profile=default

same=$("$LLMBENCH" report a/m b/m --style guide | cksum)
is "$(LC_ALL=C TZ=Asia/Tokyo "$LLMBENCH" report a/m b/m --style guide | cksum)" "$same" "the same bytes once more"
finish
