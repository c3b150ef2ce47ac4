#!/usr/bin/env bash
# Cells that are not run because of what others came to: smaller ones that ran out of memory or of their time, servers that
# fail again and again; and servers that hang, ours and somebody else's.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# matrix SERVER LINE…: writes m.conf.
matrix()
{
	printf '%s\n' 'title: Test' "server: $1" 'calibrate: false' 'warmup: 0' 'sample_interval: 100ms' "${@:2}" >m.conf
}

# The newest run directory.
run_folder()
{
	find "$1/m" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1
}

# cells OUT KNOB…: of each cell of the newest run the values of these knobs, the status and the cause.
cells()
{
	perl -MJSON::PP -e '
		local $/;
		my $summary = decode_json(<STDIN>);
		print join(" ", map({ $_ // "-" } @{$_->{settings}}{@ARGV}), $_->{status}, $_->{cause} // "-"), "\n"
			for @{$summary->{cells}}' "${@:2}" <"$(run_folder "$1")/summary.json"
}

starts()
{
	find "$(run_folder "$1")" -name 'server-*.log' | grep -c .
}

# --- memory

device="{start: '$LLMBENCH_SIM --device m4-16g --speed 4000'}"
matrix "$device" 'model: [mistral, llama3.2]' 'parallel: [32, 64, 128]' 'context_size: [2048, 4096]' 'requests: 4' 'output_tokens: 4'
run "$LLMBENCH" --matrix m.conf --out memory
is "$status" 1 "cells that ran out of memory failed"
is "$(cells memory model parallel context_size)" 'mistral 32 2048 done -
mistral 32 4096 failed memory
mistral 64 2048 failed memory
mistral 64 4096 skipped smaller_cell
mistral 128 2048 skipped smaller_cell
mistral 128 4096 skipped smaller_cell
llama3.2 32 2048 done -
llama3.2 32 4096 done -
llama3.2 64 2048 done -
llama3.2 64 4096 done -
llama3.2 128 2048 failed server
llama3.2 128 4096 failed server' "larger ones of the same model are skipped; one that the machine stalls at says nothing of memory"
like "$stdout" '^[|] .*[|] 4096 [|] 4 [|] 64 [|]  [|]  [|] not run: it ran out of memory with parallel 32 [|]$' "its row says why"
like "$stdout" '^[|] .*[|] 4096 [|] 4 [|] 128 [|]  [|]  [|] not run: it ran out of memory with parallel 32 [|]$' "and by what"
like "$stderr" '^llmbench: 3 of 12 cells were not run: .* [(]--resume --no-prune goes on with them[)]$' "the end says how they can be measured"
is "$(starts memory)" 6 "no server is started for them"
run "$LLMBENCH" report memory/m --format junit
like "$stdout" '<skipped message="not run: it ran out of memory with parallel 32"></skipped>' "JUnit has the reason"
like "$stdout" '^<testsuites .* tests="12" failures="4" errors="0" skipped="3"' "and the count"
run "$LLMBENCH" report memory/m --format csv
like "$stdout" 'skipped.*not run: it ran out of memory with parallel 32' "CSV has it"
run "$LLMBENCH" report memory/m --format html
like "$stdout" 'not run: it ran out of memory with parallel 32' "HTML has it"
run "$LLMBENCH" --matrix m.conf --out memory --resume
is "$(cells memory status parallel | grep -c skipped)" 3 "continued as it was, they are skipped again"
is "$(starts memory)" 6 "and nothing is started"
run "$LLMBENCH" --matrix m.conf --out memory --resume --no-prune
like "$stderr" 'resuming .*: 9 of 12 cells are finished' "a skipped cell is not finished"
is "$(cells memory model parallel context_size | grep mistral)" 'mistral 32 2048 done -
mistral 32 4096 failed memory
mistral 64 2048 failed memory
mistral 64 4096 done -
mistral 128 2048 failed server
mistral 128 4096 failed server' "with --no-prune each is measured, and one runs, since nothing of it goes to the GPU"
run "$LLMBENCH" --matrix m.conf --out memory --resume --no-prune
like "$stderr" 'is finished: nothing of it is left to measure' "then nothing is left"

matrix "$device" 'model: mistral' 'parallel: [64, 128]' 'requests: 4' 'output_tokens: 4'
run "$LLMBENCH" --matrix m.conf --out all --no-prune
is "$(cells all parallel)" '64 failed memory
128 failed server' "--no-prune from the beginning"

matrix "$device" 'model: mistral' 'context_size: [512, 2048, 2304]' 'parallel: 64' 'requests: 4' 'output_tokens: 4' 'trials: 2' \
	'order: interleaved' 'anchor: 2'
run "$LLMBENCH" --matrix m.conf --out rounds
is "$(cells rounds context_size)" '512 done -
2048 failed memory
2304 skipped smaller_cell' "cells that are visited in turn: one that was skipped stays so"

# --- the cell's time

slow="{start: '$LLMBENCH_SIM --device m4-16g --speed 20'}"
matrix "$slow" 'model: llama3.2' 'requests: [2, 64, 65]' 'output_tokens: 256' 'parallel: 1' 'trials: 2' 'cell_timeout: 2s'
run "$LLMBENCH" --matrix m.conf --out time
is "$status" 1 "a cell whose time was up"
is "$(cells time requests)" '2 done -
64 done cell_timeout
65 skipped smaller_cell' "one that would take longer is skipped"
like "$stdout" '[|] 65 [|] 1 [|]  [|]  [|] not run: it took longer than its cell_timeout with requests 64 [|]$' "its row says why"
like "$(cell_flags time/m requests)" '^64 = .*ended after 1 of 2 trials: it took longer than its cell_timeout of 2s' \
	"the time is of all trials, not of each"
matrix "{start: '$LLMBENCH_SIM --device m4-16g --speed 20'}" 'model: llama3.2' 'requests: 4' 'output_tokens: {min: 8, max: 64}' \
	'parallel: 2' 'concurrency: 2' 'trials: 2' 'until: 0.1%' 'max_trials: 500' 'cell_timeout: 2s'
run "$LLMBENCH" --matrix m.conf --out until
like "$(cell_flags until/m requests)" '^4 = .*ended after [0-9]+ of 500 trials: it took longer than its cell_timeout of 2s' \
	"so does that of one whose figure was not known well enough yet"

matrix "$slow" 'model: llama3.2' 'requests: [128, 129, 130]' 'concurrency: 1' 'output_tokens: 256' 'trials: 2' 'cell_timeout: 2s' \
	'order: interleaved'
run "$LLMBENCH" --matrix m.conf --out time-rounds
is "$(cells time-rounds requests)" '128 done cell_timeout
129 skipped smaller_cell
130 skipped smaller_cell' "nor are those visited that would be visited in turn with it"

# The second request is the one that counts a made prompt; the first loads the model.
stalls="{adapter: openai, start: '$LLMBENCH_SIM --api openai --kind openai --port {port} --speed 100 --fault stall=0,request=2'}"
matrix "$stalls" 'model: llama3.2' 'input_tokens: 30' 'cell_timeout: 2s'
RUN_LIMIT=20 run "$LLMBENCH" --matrix m.conf --out fit
is "$status $(cells fit input_tokens)" '1 30 failed cell_timeout' "what is asked before the first measured request is of the cell's time"

# --- the time of the whole run

matrix "$slow" 'model: [llama3.2, "deepseek-r1:1.5b"]' 'parallel: [8, 4, 2, 1]' 'requests: 4' 'output_tokens: 64' 'trials: 2' 'budget: 1h'
run "$LLMBENCH" plan --matrix m.conf --out budget
is "$(sed -n 's/^| \([0-9]*\) .*/\1/p' <<<"$stdout" | tr '\n' ' ')" '4 8 1 5 2 6 3 7 ' "plan shows the most informative cells first"
like "$stdout" '^- Budget: 1h; where it ends is not known without an earlier run[.]$' "without an earlier run no more is known"
run "$LLMBENCH" --matrix m.conf --out budget --set budget=1s
is "$status" 0 "that a budget leaves cells out is no failure"
is "$(cells budget parallel | grep -c 'done')" "$(cells budget parallel | grep -vc skipped)" "the others are done"
like "$(cells budget parallel)" '^1 done' "the smallest one first"
like "$(cells budget parallel)" '^4 skipped budget' "there was no time for all"
like "$stdout" '[|] 4 [|] 4 [|]  [|]  [|] the budget of 1s was used up [|]$' "a row says so"
like "$stderr" '^llmbench: [0-9] of 8 cells were not run.*: the budget was used up [(]--resume --set budget=2s goes on with them[)]$' \
	"the end says how to go on"
kept=$(cells budget parallel | grep -c 'done -$')
run "$LLMBENCH" plan --matrix m.conf --out budget --set budget=1s
like "$stdout" '^- Budget: 1s, by these times used up in cell [0-9], row [0-9]: [1-9] of 8 cells would be skipped(, 1 would have fewer trials)?[.]$' \
	"plan tells where it will end, by the times of that run"
run "$LLMBENCH" plan --matrix m.conf --out budget --format json
like "$stdout" '"cells_in_budget": 8' "and that a larger one is enough"
run "$LLMBENCH" --matrix m.conf --out budget --resume --set budget=1s
like "$(cells budget parallel)" '^4 skipped budget' "continued with the same budget nothing more is measured"
run "$LLMBENCH" --matrix m.conf --out budget --resume
is "$status" 0 "a larger one"
like "$stderr" "resuming .*: $kept of 8 cells are finished" "goes on with what was left"
is "$(cells budget | sort | uniq -c | tr -s ' ')" ' 8 done -' "then all are done"
is "$(grep -c . "$(run_folder budget)/records.jsonl")" 64 "each request once"

matrix "{start: '$LLMBENCH_SIM --device m4-16g --speed 20'}" 'model: llama3.2' 'parallel: 1' 'requests: 8' 'output_tokens: 64' 'trials: 8' \
	'budget: 1s' 'seed: [1, 2]'
run "$LLMBENCH" --matrix m.conf --out cut
like "$(cells cut seed)" '^1 done budget' "a cell that runs when the budget ends"
like "$(cell_flags cut/m seed)" '^1 = .*ended after [0-9]+ of 8 trials: the budget of 1s was used up' "ends after its current trial"
like "$(cells cut seed)" '^2 skipped budget' "the others are skipped"
run "$LLMBENCH" --matrix m.conf --out cut --resume --set budget=1h
like "$stderr" '1 more has finished trials' "it goes on from there"
is "$(cells cut seed)" '1 done -
2 done -' "to its end"
run "$LLMBENCH" plan --matrix m.conf --out cut --format json
seconds=$(sed -n 's/^\t"seconds": \([0-9.]*\),$/\1/p' <<<"$stdout")
most=$(awk "BEGIN { printf \"%dms\", 800 * $seconds }")
run "$LLMBENCH" plan --matrix m.conf --out cut --set budget="$most" --set order=file
like "$stdout" '^- Budget: .*, by these times used up in cell 2, row 2: 1 of 2 cells would have fewer trials[.]$' \
	"plan tells of a budget that ends in the last cell"
run "$LLMBENCH" plan --matrix m.conf --out cut --set budget="$most" --set order=interleaved
like "$stdout" '^- Budget: .*, by these times used up in cell [12]: 2 of 2 cells would have fewer trials[.]$' \
	"and, when cells are run in turn, in all of them"
run "$LLMBENCH" plan --matrix m.conf --out cut --set budget="$most" --set order=file --format json
is "$(grep -o '"[a-z_]*cells_in_budget": [0-9]*' <<<"$stdout" | tr '\n' ' ')" '"cells_in_budget": 2 "whole_cells_in_budget": 1 ' "the same in JSON"
run "$LLMBENCH" plan --matrix m.conf --out cut --set order=interleaved --set anchor=99
is "$(perl -ne '
	next unless /^\|.* ([0-9.:]+)( s)? +\|$|^- Time: (\S+)( s)? for all/;
	my $seconds = 0;
	$seconds = 60 * $seconds + $_ for split /:/, $1 // $3;
	defined $1 ? ($rows += $seconds) : ($all = $seconds);
	END { print abs($rows - $all) < 2 ? "yes" : "$rows of $all s" }' <<<"$stdout")" yes \
	"rows of single trials, and of two repeats of the first cell, add up to the time"
is "$(grep -c . "$(run_folder cut)/records.jsonl")" 128 "and every request of its 8 trials stands there once"

# Killed, so that nobody wrote down how long it had run.
matrix "$slow" 'model: llama3.2' 'parallel: 1' 'requests: 4' 'output_tokens: 64' 'trials: 64' 'budget: 1h'
start "$LLMBENCH" --matrix m.conf --out killed
wait_for "grep -Eqs '\"at_ns\":[2-9][0-9]{9}' killed/m/*/cells.jsonl || ! kill -0 $pid 2>/dev/null"
kill -KILL "$pid"
finished
trials=$(grep -c llmbench.trial "$(run_folder killed)/cells.jsonl")
run "$LLMBENCH" --matrix m.conf --out killed --resume --set budget=1s
is "$(cell_flags killed/m parallel | grep -o 'ended after .* used up')" "ended after $trials of 64 trials: the budget of 1s was used up" \
	"what a killed part had measured in is of the budget"

# --- servers that hang

# broken FAULT: settings of a server that is started, and each of whose lives has this fault.
broken()
{
	printf "{name: broken, adapter: openai, start: '%s --api openai --port {port} --speed 1000 --fault %s'}" "$LLMBENCH_SIM" "$1"
}

hang=('model: llama3.2' 'concurrency: 1' 'output_tokens: 8' 'idle_timeout: 300ms')
matrix "$(broken stall=3,request=2)" "${hang[@]}" 'requests: [3, 4, 5, 6, 7]'
run "$LLMBENCH" --matrix m.conf --out hang
is "$(cells hang requests)" '3 done -
4 done -
5 done -
6 done -
7 done -' "a server that hangs once is the trouble of one request"
is "$(starts hang)" 5 "and is started anew for the next cell"
is "$(grep -c '"outcome":"timeout"' "$(run_folder hang)/records.jsonl")" 5 "each start hangs once"

matrix "$(broken stall=3)" "${hang[@]}" 'requests: [1, 2, 3, 4, 5]' 'give_up_after: 2'
run "$LLMBENCH" --matrix m.conf --out given-up
is "$status" 1 "a server that always hangs: the sweep comes to its end"
is "$(cells given-up requests)" '1 failed server
2 failed server
3 skipped given_up
4 skipped given_up
5 skipped given_up' "after give_up_after cells its others are skipped"
like "$stdout" '[|] 5 [|] .*not run: broken failed 2 cells in a row [(]give_up_after[)], the last: 2 of 2 requests failed' "the row says why"
is "$(starts given-up)" 2 "it is not started again"
run "$LLMBENCH" --matrix m.conf --out given-up --resume --set give_up_after=1
is "$(cells given-up requests | sed -n '3,$p')" '3 failed server
4 skipped given_up
5 skipped given_up' "a resumed run tries it again"

matrix "{start: '/bin/sh -c \"echo {port}; exit 3\"'}" 'model: llama3.2' 'concurrency: [1, 2, 3, 4]' 'trials: 2' 'give_up_after: 2' \
	'order: interleaved'
run "$LLMBENCH" --matrix m.conf --out rounds-given-up
is "$(cells rounds-given-up concurrency)" '1 failed server
2 failed server
3 skipped given_up
4 skipped given_up' "nor is it started for those that would be visited in turn"

# Stopped as a process: it takes connections and answers nothing, and does not hear TERM.
matrix "$slow" 'model: llama3.2' 'requests: [16, 15]' 'output_tokens: 64' 'parallel: 1' 'trials: 2' 'timeout: 4s'
start "$LLMBENCH" --matrix m.conf --out deaf
wait_for "cat deaf/m/*/cells.jsonl 2>/dev/null | grep -q llmbench.trial || ! kill -0 $pid 2>/dev/null"
kill -STOP "$(left_behind | sed -n '/--matrix/!s/^\([0-9]*\): [^ ]*llmbench-sim .*/\1/p' | head -n 1)"
finished
is "$(cells deaf requests)" '16 done -
15 done -' "one of ours that hears nothing any more"
is "$(starts deaf)" 2 "is killed, and started anew for the next cell"
none_left_behind

printf '%s\n' 'server:' "  - $(broken stall=3)" "  - {name: sound, start: '$LLMBENCH_SIM --device m4-16g --speed 1000'}" \
	"${hang[@]}" 'calibrate: false' 'warmup: 0' 'requests: [1, 2, 3]' 'give_up_after: 1' >m.conf
run "$LLMBENCH" --matrix m.conf --out two
is "$(cells two server requests | sort)" 'broken 1 failed server
broken 2 skipped given_up
broken 3 skipped given_up
sound 1 done -
sound 2 done -
sound 3 done -' "another server is measured"

# --- a server of somebody else

sim_start --device m4-16g --speed 20
matrix "{url: $sim_url}" 'model: llama3.2' 'requests: [4, 16, 17, 18, 19]' 'output_tokens: 256' 'parallel: 1' 'ready_timeout: 1s' \
	'timeout: 20s'
start "$LLMBENCH" --matrix m.conf --out gone
wait_for "cat gone/m/*/cells.jsonl 2>/dev/null | grep -q . || ! kill -0 $pid 2>/dev/null"
{ kill -KILL "$sim_pid"; wait "$sim_pid"; } 2>/dev/null
sim_pid=
finished
is "$status" 1 "it ends: so do its cells, and not the sweep"
is "$(cells gone requests)" '4 done -
16 failed server
17 failed server
18 failed server
19 skipped given_up' "each is tried, until it is given up"
like "$(cat "$(run_folder gone)/cells.jsonl")" '"reason":"bringing the server up: http://127[.]0[.]0[.]1:[0-9]+ does not answer any more: ' \
	"by asking it whether it is there"
finish
