#!/usr/bin/env bash
# --resume: runs that are killed at random moments and continued, until they have come to their end as if nothing had
# been; a matrix, a server or a file that changed in between; two that want the same run directory.
# RESUME_KILLS says how many kills, RESUME_SEED when.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

kills=${RESUME_KILLS:-20}
seed=${RESUME_SEED:-1}
killed_again=0

# matrix LINE…: writes m.conf: the lines, and what keeps a run short.
matrix()
{
	printf '%s\n' 'title: Test' "server: {start: '$LLMBENCH_SIM --device m4-16g --speed ${RESUME_SPEED:-100}'}" 'calibrate: false' 'warmup: 1' \
		'sample_interval: 100ms' 'requests: 6' "$@" >m.conf
	grep -q '^output_tokens:' m.conf || echo 'output_tokens: 64' >>m.conf
}

# The newest run directory of a results folder.
run_folder()
{
	find "$1/m" -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort | tail -n 1
}

# Words of flags that depend on how busy this machine is.
noise='drift|outlier|outliers|slow|slower|late|apart|busy|steal|CPU|client-bound|trial'

# What a run must have in common with an undisturbed one: of each cell and repeat of the anchor its settings and counts
# and how often each of its requests is recorded.
account()
{
	perl -MJSON::PP -e '
		local $/;
		my $read = sub { open my $file, "<", "$ARGV[0]/$_[0]" or die; <$file> };
		my $summary = decode_json($read->("summary.json"));
		my (%times, %lines);
		$times{"$_->{cell} trial $_->{trial} request $_->{request}"}++
			for map { decode_json($_) } split /\n/, $read->("records.jsonl");
		$lines{$_->{id}}++ for grep { $_->{schema} ne "llmbench.trial/1" } map { decode_json($_) } split /\n/, $read->("cells.jsonl");
		my (%began, %ended);
		for (map { decode_json($_) } split /\n/, $read->("records.jsonl")) {
			my ($due, $done) = (\$began{$_->{cell}}[$_->{trial}], \$ended{$_->{cell}}[$_->{trial}]);
			$$due = $_->{due_ns} if !defined $$due || $_->{due_ns} < $$due;
			$$done = $_->{done_ns} if !defined $$done || $_->{done_ns} > $$done;
		}
		for my $cell (sort keys %began) {
			$ended{$cell}[$_] < $began{$cell}[$_ + 1] or print "$cell: trials $_ and the next overlap\n" for 1 .. $#{$began{$cell}} - 1;
		}
		my @repeats = $summary->{anchor} ? @{$summary->{anchor}{repeats}} : ();
		for my $cell (@{$summary->{cells}}, @repeats) {
			my $trials = $cell->{metrics}{output_tokens_per_s}{trials};
			print "$cell->{id} $cell->{settings}{model} $cell->{settings}{parallel} $cell->{status} ",
				"$cell->{requests}{sent} sent $cell->{requests}{ok} ok in $trials trials, ",
				"$cell->{metrics}{ttft_ms}{n} latencies, sample ", length($cell->{sample}{text} // ""),
				", lines ", $lines{$cell->{id}} // 0, ", load $cell->{load}, ",
				$cell->{memory}{samples} > 0 ? "memory" : "no memory", " ",
				join("; ", grep { !/\b('$noise')\b/ } @{$cell->{flags}}), "\n";
			delete $lines{$cell->{id}};
		}
		print "$_ is in the journal\n" for sort keys %lines;
		print "$_: $times{$_}\n" for sort keys %times' "$1"
}

# The report without figures, without what a pause of a busy machine has it say, and without when it was measured.
masked_report()
{
	perl -ne 'exit if /^## How this was measured/; $skip = /^## Flags/ if /^## /;
		s/[+-]?\b[0-9]+([.][0-9]+)?(e[+-]?[0-9]+)?/N/g; 
		s{[|] ([^|]*) [|]$}{"| " . join("; ", grep { !/\b('$noise')\b/ } split /; /, $1) . " |"}e;
		print unless $skip || /^- [*][*]Drift|[*][*](Best|Cliff)/' "$1/report.md"
}

# Whole milliseconds below MOST, by a generator whose numbers are the same everywhere; sets delay.
next_delay()
{
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	delay=$(((seed / 65536) % $1))
}

# --- killed at random moments

# killed_at_random LIMIT OPTION…: a run that is killed after less than LIMIT ms, unless it comes to its end before; sets
# status, and counts down `count`.
killed_at_random()
{
	next_delay "$1"
	shift
	start "$LLMBENCH" --matrix m.conf --quiet "$@"
	perl -e 'select undef, undef, undef, $ARGV[0] / 1000' "$delay"
	kill -KILL "$pid" 2>/dev/null
	finished
	[ "$status" != 137 ] || count=$((count - 1))
}

# killed_and_resumed OUT COUNT LIMIT: so many kills, each after less than LIMIT ms, and each followed by --resume; checks
# every run that comes to its end.
killed_and_resumed()
{
	local out=$1 count=$2 done_runs=0 resumed=0 wrong=0 want_account want_report
	run "$LLMBENCH" --matrix m.conf --out plain --quiet
	is "$status" 0 "$out: an undisturbed run"
	want_account=$(account "$(run_folder plain)")
	want_report=$(masked_report "$(run_folder plain)")
	while [ "$count" -gt 0 ]; do
		if [ -d "$(run_folder "$out")" ]; then
			killed_at_random "$3" --out "$out" --resume
			[ "$status" != 137 ] || resumed=$((resumed + 1))
		else
			killed_at_random "$3" --out "$out"
		fi
		if [ "$count" = 0 ]; then
			run "$LLMBENCH" --matrix m.conf --out "$out" --quiet --resume
		fi
		if [ "$status" = 0 ]; then
			done_runs=$((done_runs + 1))
			check_done "$(run_folder "$out")" || wrong=$((wrong + 1))
			mv "$(run_folder "$out")" "$out-$done_runs"
		fi
	done
	is "$wrong" 0 "$out: $2 kills, $done_runs runs came to their end, all as the undisturbed one"
	killed_again=$((killed_again + resumed))
	none_left_behind
}

# Uses want_account and want_report.
check_done()
{
	local got_account got_report
	got_account=$(account "$1")
	got_report=$(masked_report "$1")
	[ "$got_account" = "$want_account" ] && [ "$got_report" = "$want_report" ] && return
	diagnose "$1 differs:"
	diagnose "$(diff <(echo "$want_account") <(echo "$got_account") | head -n 20)"
	diagnose "$(diff <(echo "$want_report") <(echo "$got_report") | head -n 20)"
	return 1
}

matrix 'model: [llama3.2, mistral]' 'parallel: [4, 2]' 'trials: 2'
killed_and_resumed file $((kills / 2)) 1500
matrix 'model: [llama3.2, mistral]' 'parallel: 2' 'trials: 3' 'order: interleaved' 'anchor: 3'
killed_and_resumed rounds $((kills - kills / 2)) 1500
[ "$killed_again" -gt 0 ]
ok $? "$killed_again of them were killed while they were continued"

# --- what can be resumed, and what not

# begun OUT OPTION…: a run that is killed once a cell is finished.
begun()
{
	local out=$1
	shift
	start "$LLMBENCH" --matrix m.conf --out "$out" --quiet "$@"
	wait_for "grep -q 'llmbench.cell/1' '$out'/m/*/cells.jsonl 2>/dev/null || ! kill -0 $pid 2>/dev/null"
	kill -KILL "$pid" 2>/dev/null
	finished
	is "$status" 137 "$out: killed after its first cell"
	folder=$(run_folder "$out")
}

# cells RUN: the model and parallel of each cell that is done.
cells()
{
	perl -MJSON::PP -e '
		local $/;
		open my $file, "<", "$ARGV[0]/summary.json" or die;
		print join(", ", map { "$_->{settings}{model} $_->{settings}{parallel}" } grep { $_->{status} eq "done" }
			@{decode_json(<$file>)->{cells}}), "\n"' "$1"
}

matrix 'model: llama3.2' 'parallel: [4, 2, 1]'
run "$LLMBENCH" --matrix m.conf --out none --resume
is "$status" 2 "nothing to resume: status 2"
like "$stderr" '^llmbench: nothing to resume: there is no run in none/m [(]without --resume a new one begins[)]$' "it says where it looked"
run "$LLMBENCH" --matrix m.conf --out none --resume=elsewhere
is "$status" 2 "a run that is none: status 2"
like "$stderr" '^llmbench: nothing to resume: "elsewhere" is no run directory' "it says so"
[ ! -e none ]
ok $? "nothing was made"

begun again
rm "$folder/server-1.log"
echo old >"$folder/server-2.log"
run "$LLMBENCH" --matrix m.conf --out again --resume
is "$status" 0 "the newest run is continued"
is "$(cat "$folder/server-2.log")" old "where a log is missing, none of the others gets another server's words"
like "$stderr" "^llmbench: resuming $folder: [12] of 3 cells are finished" "it says which one, and what is finished"
like "$stderr" '^cell 3/3 llama3.2, parallel 1: done' "the rest is measured"
unlike "$stderr" '^cell 1/3 ' "what was finished is not"
is "$(run_folder again)" "$folder" "in the same directory"
is "$(cells "$folder")" 'llama3.2 4, llama3.2 2, llama3.2 1' "every cell is done"
like "$(cat "$folder/run.json")" '"resumed_utc": \[$' "run.json records it"
like "$stdout" '^- Tool: .* It was interrupted and resumed at 20[0-9-]*T[0-9:]*Z[.]$' "so does the report"
[ ! -e "$folder/lock" ]
ok $? "the lock is gone"
run "$LLMBENCH" --matrix m.conf --out again --resume
is "$status $stdout" "0 " "a finished run: status 0, nothing is measured"
is "$stderr" "llmbench: $folder is finished: nothing of it is left to measure (without --resume a new run begins)" "and it is said"
run "$LLMBENCH" --matrix m.conf --out again --resume="$(basename "$folder")"
is "$status $stderr" "0 llmbench: $folder is finished: nothing of it is left to measure (without --resume a new run begins)" "a run by its name"

perl -pi -e 's/("finished_utc": )"[^"]*"/${1}null/' "$folder/summary.json"
rm again/m.md "$folder/report.md"
run "$LLMBENCH" --matrix m.conf --out again --resume
is "$status" 0 "one that was killed before its report was published"
like "$stderr" "^llmbench: resuming $folder: 3 of 3 cells are finished$" "has nothing left to measure"
is "$(without_charts again/m.md)" "$stdout" "its report is published"
like "$(cat "$folder/summary.json")" '"finished_utc": "20' "and it is finished"

begun moved
run "$LLMBENCH" --matrix m.conf --out m.conf --resume="$folder"
is "$status $stderr" '2 llmbench: cannot make the folder "m.conf": a part of the path is not a folder' \
	"where its report cannot be published nothing is measured"
run "$LLMBENCH" --matrix m.conf --out new/place --resume="$folder"
is "$status" 0 "where there is no folder yet it is continued"
[ -s new/place/m.md ]
ok $? "and its report is published there"

begun changed
printf '{"schema":"llmbench.record/1","cell":"torn' >>"$folder/records.jsonl"
printf '{"schema":"llmbench.sample/1","cell' >>"$folder/samples.jsonl"
printf '{"schema":"llmbench.cell/1"' >>"$folder/cells.jsonl"
run "$LLMBENCH" --matrix m.conf --out changed --resume --set 'parallel=[8, 2, 1]'
is "$status" 0 "a changed matrix, and torn last lines"
like "$stderr" "^llmbench: dropped what was measured of 1 cell that the matrix does not have any more: llama3.2, parallel 4; it is in $folder/dropped.jsonl" \
	"it says what it drops"
is "$(cells "$folder")" 'llama3.2 8, llama3.2 2, llama3.2 1' "the cells of the matrix are done"
is "$(account "$folder" | grep -c ' trial 1 request [0-5]: 1$')" 18 "each request is recorded once"
is "$(grep -hc 'torn\|^{"schema":"llmbench.[a-z]*/1"$' "$folder"/{records,samples,cells}.jsonl | paste -s -d ' ' -)" "0 0 0" "torn lines are cut"
is "$(grep -c '"llmbench.record/1"' "$folder/dropped.jsonl")" 6 "what was measured is set aside"

begun failing --set 'parallel=[128, 2, 1]'
run "$LLMBENCH" --matrix m.conf --out failing --resume --set 'parallel=[128, 2, 1]'
is "$status" 1 "a run with a cell that failed before: status 1"
like "$stdout" '^[|] +[|] 2048 [|] 6 [|] 128 [|]  [|]  [|] Could not run 128 runners[.] [|]$' "its row stays"
unlike "$stderr" '^cell 1/3 ' "it is not tried again"
run "$LLMBENCH" --matrix m.conf --out failing --resume --set 'parallel=[128, 2, 1]'
like "$status $stderr" '^1 llmbench: .* is finished: nothing of it is left to measure' "finished, it keeps its status"

matrix 'model: llama3.2' 'parallel: [2, 1]' 'trials: 3' 'output_tokens: 256'
start "$LLMBENCH" --matrix m.conf --out interrupted --quiet
wait_for "grep -q 'llmbench.trial/1' interrupted/m/*/cells.jsonl 2>/dev/null || ! kill -0 $pid 2>/dev/null"
kill -INT "$pid"
finished
is "$status" 3 "interrupted in its second trial: status 3"
folder=$(run_folder interrupted)
like "$(cat "$folder/cells.jsonl")" '"status":"unfinished"' "its cell is not finished"
run "$LLMBENCH" --matrix m.conf --out interrupted --resume
is "$status" 0 "is continued likewise"
like "$stderr" '^llmbench: resuming .*: 0 of 2 cells are finished, 1 more has finished trials$' "with its finished trial"
is "$(account "$folder" | grep -c ' request [0-5]: 1$')" 36 "each request is recorded once"
unlike "$(account "$folder")" 'overlap|: [02-9]$' "and no trial overlaps another"

# --- the report of a run that was killed

RESUME_SPEED=20 matrix 'model: llama3.2' 'concurrency: [1, 2, 3]' 'trials: 8' 'order: interleaved'
start "$LLMBENCH" --matrix m.conf --out so-far --quiet
wait_for "grep -Eqs '\"sent\": [1-9]' so-far/m/*/summary.json || ! kill -0 $pid 2>/dev/null"
kill -KILL "$pid"
finished
run "$LLMBENCH" report so-far/m
is "$(grep -c '^|.*unfinished: [1-7] of 8 trials so far' <<<"$stdout")" 3 "cells that are visited in turn are reported with the trials that they have"

# --- what the server told of itself

"$LLMBENCH_SIM" --api openai --kind llama-server --metrics --port 0 --speed 5 --ready-after 0s </dev/null >.serving.log 2>&1 &
serving=$!
wait_for 'grep -q "Listening on" .serving.log'
printf '%s\n' 'title: Test' "server: {url: 'http://$(sed -n 's/.*Listening on \([0-9.:]*\) .*/\1/p' .serving.log)'}" \
	'model: llama3.2' 'requests: 4' 'trials: 2' \
	'calibrate: false' 'output_tokens: 64' 'metrics_interval: 100ms' >m.conf
start "$LLMBENCH" --matrix m.conf --out told --quiet
wait_for "grep -q 'llmbench.trial/1' told/m/*/cells.jsonl 2>/dev/null || ! kill -0 $pid 2>/dev/null"
kill -KILL "$pid"
finished
run "$LLMBENCH" --matrix m.conf --out told --resume
is "$status" 0 "a server that tells metrics: status 0"
is "$(grep -o '"generated_tokens[a-z_]*": [a-z0-9]*' "$(run_folder told)/summary.json" | paste -s -d ' ' -)" \
	'"generated_tokens": null "generated_tokens_of_replies": 512' "its counter is not known of all trials"
kill "$serving"

matrix 'model: llama3.2' 'parallel: [4, 2, 1]'
begun settings
run "$LLMBENCH" --matrix m.conf --out settings --resume --set "server.env.OLLAMA_DEBUG=1"
is "$status" 0 "a server with another variable"
like "$stderr" '^llmbench: dropped what was measured of 1 cell whose settings changed: llama3.2, parallel 4; ' "its cells are other ones"
is "$(account "$folder" | grep -c ' request [0-5]: 1$')" 18 "they are measured again, each request once"

matrix 'model: llama3.2' 'concurrency: [1, 2]' 'trials: 5' 'order: interleaved' 'output_tokens: 256'
start "$LLMBENCH" --matrix m.conf --out trials --quiet
wait_for "[ \"\$(cat trials/m/*/cells.jsonl 2>/dev/null | wc -l)\" -ge 3 ] || ! kill -0 $pid 2>/dev/null"
kill -KILL "$pid" 2>/dev/null
finished
is "$status $(grep -c 'llmbench.cell/1' trials/m/*/cells.jsonl)" "137 0" "killed in its rounds"
cp -R trials gone
measured=$(wc -l <"$(run_folder trials)/records.jsonl")
# set_aside OUT WHY OPTION…: the trials of both cells are dropped, which is said, and are measured again.
set_aside()
{
	local out=$1 why=$2 folder
	shift 2
	folder=$(run_folder "$out")
	run "$LLMBENCH" --matrix m.conf --out "$out" --resume "$@"
	is "$status" 0 "$out: trials of cells that are not finished"
	like "$stderr" "^llmbench: dropped what was measured of 2 cells $why: llama3.2, concurrency 1; llama3.2, concurrency 2; it is in $folder/dropped.jsonl$" \
		"$out: each cell is said once"
	is "$(grep -c '"llmbench.record/1"' "$folder/dropped.jsonl")" "$measured" "$out: every record of them is set aside"
	[ "$(grep -c '"llmbench.trial/1"' "$folder/dropped.jsonl")" -ge 3 ]
	ok $? "$out: so are the lines of the journal"
	is "$(account "$folder" | grep -c ' request [0-5]: 1$')" 60 "$out: they are measured again, each request once"
}

set_aside trials 'whose settings changed' --set "server.env.OLLAMA_DEBUG=1"
set_aside gone 'that the matrix does not have any more' --set timeout=1h

matrix 'model: llama3.2' 'parallel: [4, 2, 1]'
begun version
perl -pi -e 's/("tool_version": )"[^"]*"/${1}"0.0.1"/; s/"key":"./"key":"-/' "$folder/run.json" "$folder/cells.jsonl"
run "$LLMBENCH" --matrix m.conf --out version --resume
is "$status" 0 "a run of another llmbench is continued"
like "$stderr" 'was measured by llmbench 0[.]0[.]1, and this is .*: its cells are measured again$' "which is said"

printf '%s\n' '#!/bin/sh' "exec '$LLMBENCH_SIM' --ollama-version \"\$(cat '$scratch/version.txt')\" --device m4-16g --speed 100" >wrapper
chmod +x wrapper
echo 0.6.3 >version.txt
begun server --set "server.start=$scratch/wrapper" --set server.adapter=ollama
echo 0.7.0 >version.txt
run "$LLMBENCH" --matrix m.conf --out server --resume --set "server.start=$scratch/wrapper" --set server.adapter=ollama
is "$status" 0 "another server by the same command"
like "$stderr" 'is another one than before the run was interrupted: [12] cells? of it (is|are) measured again' "is noticed"
is "$(account "$folder" | grep -c ' request [0-5]: 1$')" 18 "and its cells measured again, each request once"
is "$(cells "$folder")" 'llama3.2 4, llama3.2 2, llama3.2 1' "all of them"
like "$(cat "$folder/summary.json")" '"version": "0.7.0"' "the run has the server of now"

begun machine
perl -pi -e 's/("memory_bytes": )\d+/${1}12345/' "$folder/run.json"
run "$LLMBENCH" --matrix m.conf --out machine --resume
is "$status" 2 "a run of another machine: status 2"
like "$stderr" '^llmbench: cannot resume .*: it was measured where memory_bytes is 12345, and here it is [0-9]+ ' "it says what differs"
is "$(grep -c '"llmbench.cell/1"' "$folder/cells.jsonl")" 1 "nothing of it is lost"
cp m.conf other.conf
run "$LLMBENCH" --matrix other.conf --out machine --resume="$folder"
like "$status $stderr" '^2 llmbench: cannot resume .*: it is a run of the matrix "m", not of "other"' "a run of another matrix: status 2"

begun narrowed
cp -r "$folder" before
run "$LLMBENCH" --matrix m.conf --out narrowed --resume --only parallel=1
is "$status" 2 "--only that leaves a finished cell out: status 2"
like "$stderr" '^llmbench: cannot resume .* with this --only: it has figures of 1 other cell [(]llama3.2, parallel 4[)]' "it says which"
diff -r -x lock before "$folder" >diff.txt
ok $? "nothing of the run is changed" || diagnose "$(cat diff.txt)"
run "$LLMBENCH" --matrix m.conf --out narrowed --resume
is "$status" 0 "without it the run goes on"
is "$(cells "$folder")" 'llama3.2 4, llama3.2 2, llama3.2 1' "as a whole"

# --- two of them

matrix 'model: llama3.2' 'parallel: 1' 'timeout: 60s'
start "$LLMBENCH" --matrix m.conf --out two --quiet --set "server.start=$LLMBENCH_SIM --device m4-16g --speed 0.1"
first=$pid
wait_for "[ -s two/m/*/run.json ]"
folder=$(run_folder two)
run "$LLMBENCH" --matrix m.conf --out two --resume
is "$status" 2 "a run that somebody else works on: status 2"
is "$stderr" "llmbench: another llmbench (process $first) writes to $folder: wait until it ends, or stop it" "it says who"
wait_for "ls two/m/*/server-1.log >/dev/null 2>&1"
kill -KILL "$first"
pid=$first
finished
run "$LLMBENCH" --matrix m.conf --out two --resume
is "$status" 0 "the lock died with its owner, though a server of it may still be ending"
finish
