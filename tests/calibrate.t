#!/usr/bin/env bash
# llmbench calibrate, and the calibrations of a run. The machine may be busy: how small the errors are is not tested
# here, only that they are measured, told, and obeyed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# value ROW COLUMN: of a table on stdout; column 1 is the one after the row's name.
value()
{
	awk -v row="$1" -v column="$2" -F ' *[|] *' '$2 == row { print $(column + 2) }' <<<"$stdout"
}

# between LOW VALUE HIGH WHAT
between()
{
	awk -v low="$1" -v value="${2:-none}" -v high="$3" 'BEGIN { exit !(value ~ /^[0-9.]+$/ && low <= value + 0 && value + 0 <= high) }'
	ok $? "$4" || diagnose "got ${2:-nothing}, want $1 to $3"
}

for streams in 1 16; do
	run "$LLMBENCH" calibrate --streams "$streams" --rate 50
	case $stdout in
	*'Verdict: good'*) is "$status" 0 "$streams: status 0, the verdict is good" ;;
	*) is "$status" 1 "$streams: status 1, the verdict is not good" ;;
	esac
	is "$stderr" "" "$streams: nothing on stderr"
	like "$stdout" "^# Calibration: $streams streams? of 50 tokens/s$" "$streams: says at which load"
	for row in 'TTFT error' 'ITL error' Lateness 'Send stamp error' 'Send lag'; do
		between 0 "$(value "$row" 3)" 5000 "$streams: $row, p99"
		like "$stdout" "^- [*][*]${row}[*][*]: .*[.]$" "$streams: and its definition"
	done
	between $((streams * 80)) "$(value Lateness 5)" $((streams * 100)) "$streams: every token of two seconds is compared"
	between 0 "$(value 'Requests that failed' 1)" 0 "$streams: no request failed"
	between $((streams * 10)) "$(value 'Tokens/s that the server sent' 1)" $((streams * 60)) "$streams: the server's rate"
	between 0 "$(value 'Share of one core that the client used (%)' 1)" 110 "$streams: the client's share of a core"
	between 100 "$(value 'Tokens/s that one core could take (estimate)' 1)" 100000000 "$streams: the estimate"
	like "$stdout" '^Load engine: libcurl/' "$streams: by which engine"
	none_left_behind
done

# refused PATTERN OPTION…
refused()
{
	local pattern=$1
	shift
	run "$LLMBENCH" calibrate "$@"
	is "$status" 2 "$*: status 2"
	is "$stdout" "" "$*: nothing on stdout"
	like "$stderr" "^llmbench: $pattern" "$*: told what is allowed"
}
for streams in 0 -1 4097 many 1.5; do
	refused "--streams $streams: allowed is an integer from 1 to 4096" --streams "$streams"
done
for rate in 0 0.9 10001 fast nan; do
	refused "--rate $rate: allowed is a number of tokens a second from 1 to 10000" --rate "$rate"
done
refused '--streams has an empty value: --streams N' --streams ''
refused '--rate has an empty value: --rate R' --rate ''
refused '--streams 4096 with --rate 50: allowed are 200000 tokens a second' --streams 4096 --rate 50
refused 'no such option "--stream" \(did you mean "--streams"\?\)' --stream 1
refused 'calibrate: "now" is too much' now
(ulimit -n 100 && "$LLMBENCH" calibrate --streams 200 >/dev/null 2>.limit)
is $? 2 "more streams than files may be open: status 2"
like "$(cat .limit)" 'ulimit -n' "and the cure"

# A calibration that takes seconds, once its server runs: two processes (and the pattern is not one of them).
start_slow()
{
	start "$LLMBENCH" calibrate --streams 1 --rate 1
	# shellcheck disable=SC2016 # evaluated by wait_for
	wait_for '[ "$(left_behind | grep -c "[c]alibrate --streams")" -ge 2 ]'
}
start_slow
kill -KILL "$pid"
finished
none_left_behind # the server inside the program notices
start_slow
kill -INT "$pid"
finished
is "$status" 3 "interrupted: status 3"
like "$stderr" '^llmbench: .*interrupted' "and told"
none_left_behind

# --- in a run

# measure OPTION…: a small run; sets cell, its line of the journal, and report.
measure()
{
	rm -rf out
	printf '%s\n' 'title: Test' 'warmup: 0' 'model: llama3.2' 'requests: 4' 'parallel: 2' 'output_tokens: 20' >m.conf
	run "$LLMBENCH" --matrix m.conf --out out --quiet "$@"
	is "$status" 0 "$*: the run goes well" || diagnose "$stderr"
	cell=$(cat out/m/*/cells.jsonl) # a line for each
}

measure --set "server.start=$LLMBENCH_SIM --device m4-16g --speed 4000"
like "$cell" '"error_floor":[{]"streams":[12],"tokens_per_s":[0-9]+,"capped":(true|false),"texts":[1-9][0-9]*,"failed":0,"ttft_ms":[{]"n":[0-9]+,"p50":[0-9]' \
	"the cell has an error floor, at the streams that were seen"
like "$cell" '"client_core_share":0[.][0-9]+,"client_bound":\[' "and the client's share of a core"
like "$stdout" '^- Error floor: .*TTFT up to [0-9.]+ ms, ITL up to [0-9.]+ ms, .*at most [0-9]+ % of a core' "the report says so"
like "$cell" '"client_bound":\[.*"itl"' "a server thousands of times faster than real time: client-bound"
like "$stdout" '^- [*][*]Client-bound[*][*]: 1 of 1 cells' "as a line under the tables says"
like "$cell" '"flags":\[\]' "but not flagged"
unlike "$stdout" '^[|].*client-bound' "nor in its row"

measure --set "server.start=$LLMBENCH_SIM --device instant" --set 'seed=[1, 2]' --set 'parallel=[1]'
like "$cell" '"error_floor":[{]"streams":1,"tokens_per_s":50,"capped":false,' "the floor is that of the rate that was observed"
floors=$(grep -o '"error_floor":.*"core_tokens_per_s":[0-9.e+]*' <<<"$cell")
is "$(grep -c . <<<"$floors") $(sort -u <<<"$floors" | grep -c .)" "2 1" "cells of the same load share a calibration"

measure --set "server.start=$LLMBENCH_SIM --device instant" --set calibrate=false
like "$cell" '"client_bound":\[\],"error_floor":null' "without calibration the floor is unknown, and bounds nothing"
unlike "$stdout" 'client-bound|Client-bound' "nor does the report speak of it"
like "$stdout" '^- Error floor: not measured; llmbench.s load thread used at most [0-9]+ % of a core' "but says that it is not known"
finish
