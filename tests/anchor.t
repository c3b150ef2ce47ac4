#!/usr/bin/env bash
# The anchor in whole commands: its visits in the plan, its repeats in the run, a drift that is there, interrupted sweeps.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# matrix START LINE…
matrix()
{
	printf '%s\n' "server: {start: '$1'}" 'title: Test' 'model: llama3.2' 'output_tokens: 16' \
		'sample_interval: 100ms' 'calibrate: false' "${@:2}" >m.conf
	grep -q '^requests:' m.conf || echo 'requests: 4' >>m.conf
}

# bench FOLDER OPTION…: runs it; sets folder.
bench()
{
	run "$LLMBENCH" --matrix m.conf --out "$@"
	folder=$(find "$1/m" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1)
}

# Model, parallel and trial of each trial in the order of records.jsonl, repeats with a star.
trials()
{
	perl -MJSON::PP -e '
		local $/;
		open my $file, "<", "$ARGV[0]/summary.json" or die;
		my $summary = decode_json(<$file>);
		my %name = map { $_->{id} => "$_->{settings}{parallel}" } @{$summary->{cells}};
		$name{$_->{id}} = "$_->{settings}{parallel}*" for @{$summary->{anchor}{repeats}};
		open $file, "<", "$ARGV[0]/records.jsonl" or die;
		print join(" ", map { "$name{$_->{cell}}.$_->{trial}" } grep { $_->{request} == 0 }
			map { decode_json($_) } split /\n/, <$file>), "\n"' "$1"
}

# json FOLDER KEY…: of summary.json.
json()
{
	perl -MJSON::PP -e 'local $/; my ($folder, @keys) = @ARGV; open my $file, "<", "$folder/summary.json" or die;
		my $value = decode_json(<$file>);
		$value = ref $value eq "ARRAY" ? $value->[$_] : $value->{$_} for @keys; print $value // "null"' "$@"
}

quick="$LLMBENCH_SIM --device m4-16g --speed 300"

matrix "$quick" 'parallel: [4, 2, 1]' 'anchor: 2'
run "$LLMBENCH" plan --matrix m.conf --memory 16GiB --gpu metal
printf '%s\n' "$stdout" >plan.txt
same_file expected/anchor-plan.txt plan.txt "the plan has the anchor's visits, and the starts that they cost"
bench file
is "$status" 0 "a sweep with an anchor"
is "$(trials "$folder")" '4*.1 4.1 2.1 4*.1 1.1 4*.1' "before the first cell, after two, and at the end"
is "$(find "$folder" -name 'server-*.log' | grep -c .)" "$(sed -n 's/.* \([0-9]*\) server starts*.*/\1/p' plan.txt)" \
	"as many servers are started as planned"
is "$(sed 's/.*"schema":"\([^"]*\)".*"id":"[0-9a-f]*\([^"]*\)".*/\1\2/' "$folder/cells.jsonl" | paste -s -d ' ' -)" \
	'llmbench.anchor/1-anchor-1 llmbench.cell/1 llmbench.cell/1 llmbench.anchor/1-anchor-2 llmbench.cell/1 llmbench.anchor/1-anchor-3' \
	"the journal has a line for each, with a schema of its own"
is "$(grep -c '^| *| 2048 ' <<<"$stdout")" 3 "the sweep's table has the cells alone"
is "$(grep -c '^| [1-3] | 0:00:0[0-9] | [0-9.]* | [-+][0-9.]* | [0-9.]* | [0-9.]* |  |' <<<"$stdout")" 3 \
	"the section of the anchor has its repeats"
like "$stdout" '^- \*\*Drift\*\*: output tokens/s [-+][0-9.e+]* % per hour, 95 % confidence interval \[' "and a drift"
like "$stderr" '^anchor 2 llama3.2, parallel 4: done' "progress names it"
run "$LLMBENCH" report "$folder"
[ "$(without_charts "$folder/report.md")" = "$stdout" ]
ok $? "a run is reported again as it was"
is "$(json "$folder" anchor every)" 2 "summary.json tells how often"

matrix "$quick" 'parallel: [2, 1]' 'trials: 2' 'order: interleaved' 'anchor: 1'
bench interleaved
is "$(trials "$folder")" '2*.1 2*.2 2.1 2.2 2*.1 2*.2 1.1 1.2 2*.1 2*.2' "cells that share no start are visited once each"
bench interleaved --set 'model=[llama3.2, mistral]' --set parallel=1 --set anchor=3
is "$(trials "$folder")" '1*.1 1*.2 1.1 1.1 1.2 1*.1 1*.2 1.2 1*.1 1*.2' "interleaved: after visits, in the middle of rounds"
bench shuffled --set order=shuffled --set 'model=[llama3.2, mistral]' --set 'parallel=[4, 2]' --set trials=1 \
	--set anchor=3 --only model=mistral
is "$(json "$folder" anchor repeats 1 settings model) $(json "$folder" anchor repeats 1 settings parallel)" 'mistral 4' \
	"shuffled, with --only: the first cell that is kept"
like "$stderr" 'anchor 3 gives 2 repeats' "too few repeats for a drift are told"
like "$stdout" '^- \*\*Drift\*\*: not known; it needs 3 repeats' "and there is none"
is "$(json "$folder" anchor drift pct_per_hour)" null "it is null, not 0"
matrix "$quick"
bench plain
unlike "$stdout" 'Anchor' "without the key there is no section"
is "$(json "$folder" anchor)" null "and null in summary.json"

# A server that is not emptied keeps what it was sent: no prompt comes twice, in the cells or in the repeats.
matrix "$LLMBENCH_SIM --api openai --device instant --speed 300 --ready-after 0s --port {port} --truth $scratch/said.truth" \
	'prompt: Why?' 'unique_prompts: on' 'temperature: [0, 0.5]' 'anchor: 1' 'warmup: 0'
bench said
is "$(trials "$folder" | wc -w | tr -d ' ')" 5 "two cells of one start and three repeats"
said()
{
	perl -MJSON::PP -ne 'print decode_json($_)->{prompt}, "\n"' said.truth
}
is "$(said | grep -c ' Why?$')" 20 "send 20 prompts"
is "$(said | sort -u | grep -c '')" 20 "no two of which are the same"
first=$(said | sort | cksum)
rm said.truth
bench said
is "$(said | sort | cksum)" "$first" "another run says the same"

# A machine that gets slower: each start is a slower simulator.
cat >slow.sh <<'END'
n=$(cat count 2>/dev/null || echo 0)
echo $((n + 1)) >count
shift
exec "$@" --speed $((200 / (10 + 3 * n)))
END
matrix "sh $scratch/slow.sh x $LLMBENCH_SIM --device m4-16g" 'parallel: [7, 6, 5, 4, 3, 2, 1]' 'requests: 8' 'anchor: 1'
bench drift
is "$status" 0 "a machine that gets slower"
like "$(json "$folder" anchor flags 0)" '^the anchor drifted: output tokens/s falls by [0-9.e+]* % per hour, by [0-9.]* %' "has the flag"
like "$stdout" '^- \*\*anchor-drift\*\*: ' "the report explains it"
like "$stdout" '^- \*\*Drift\*\*: .*see anchor-drift under Flags' "and the section points there"
run "$LLMBENCH" help anchor-drift
like "$stdout" 'Cure: ' "so does help"

# Interrupted in the second repeat: what was measured stays.
matrix "$LLMBENCH_SIM --device m4-16g --speed 20 --truth $scratch/stop.truth" 'parallel: 1' 'requests: 20' 'concurrency: 1' 'anchor: 1'
start "$LLMBENCH" --matrix m.conf --out stopped
wait_for "[ \"\$(grep -c . stop.truth 2>/dev/null)\" -ge 46 ] 2>/dev/null || ! kill -0 $pid 2>/dev/null"
kill -s INT "$pid"
finished
folder=$(echo stopped/m/*)
is "$status" 3 "an interrupt in a repeat: status 3"
is "$(json "$folder" anchor repeats 0 status) $(json "$folder" cells 0 status) $(json "$folder" anchor repeats 1 status)" \
	'done done unfinished' "what was measured before stays"
is "$(grep -c '' "$folder/cells.jsonl")" 3 "with a line each"
like "$(cat "$folder/report.md")" '^[|] 2 [|] 0:00:[0-9]* [|].*unfinished: interrupted; trial 1 interrupted after [0-9]* of 20 requests [|]$' "the repeat's row says what it is"

# Nothing was measured since the last repeat.
matrix "$LLMBENCH_SIM --device m4-16g --speed 1000" 'parallel: [4, 64]' 'context_size: [2048, 2049, 2050]' 'anchor: 1'
bench skipped --set model=mistral
is "$(json "$folder" cells 4 status) $(trials "$folder")" 'skipped 4*.1 4.1 4*.1 4.1 4*.1 4.1 4*.1' \
	"cells that are skipped or do not come to their load have no repeat after them"
bench skipped --set model=mistral --resume
is "$(grep -c 'llmbench.anchor/1' "$folder/cells.jsonl") $(trials "$folder")" '4 4*.1 4.1 4*.1 4.1 4*.1 4.1 4*.1' \
	"nor when the run is resumed"

# The anchor's server is given up.
printf '%s\n' 'server:' \
	"  - {name: broken, adapter: openai, start: '$LLMBENCH_SIM --api openai --port {port} --speed 1000 --fault stall=3'}" \
	"  - {name: sound, start: '$LLMBENCH_SIM --device m4-16g --speed 1000'}" \
	'model: llama3.2' 'calibrate: false' 'warmup: 0' 'output_tokens: 8' 'idle_timeout: 300ms' 'requests: [1, 2, 3, 4]' \
	'give_up_after: 2' 'anchor: 1' >m.conf
bench given-up
is "$(for cell in 0 1 2 3; do json "$folder" cells "$cell" cause; echo; done | paste -s -d ' ' -)" 'server server given_up given_up' \
	"repeats of the anchor are no cells of the row that gives a server up"
like "$(json "$folder" cells 3 reason)" 'broken failed 2 cells in a row [(]give_up_after[)]' "which names the cells that were tried"
is "$(grep -c 'llmbench.anchor/1' "$folder/cells.jsonl")" 2 "the anchor is not repeated on a server that was given up"
like "$stderr" '^llmbench: the anchor is not repeated any more: its server failed too many cells in a row$' "which is said"

# Nor where its cell has no answer in its time.
matrix "$LLMBENCH_SIM --device m4-16g --speed 5" 'requests: [1, 2]' 'parallel: 1' 'cell_timeout: 1s' 'warmup: 0' 'anchor: 1'
bench timeout --set output_tokens=4096
is "$(json "$folder" cells 0 cause) $(grep -c 'llmbench.anchor/1' "$folder/cells.jsonl")" 'cell_timeout 1' \
	"the anchor is not repeated where its cell has no answer in its cell_timeout"

# A reference that cannot be measured.
matrix "$quick" 'anchor: 1'
run "$LLMBENCH" --matrix m.conf --set model=no-such-model --out unknown
is "$status" 2 "a model that is not there is told before anything is measured"
finish
