#!/usr/bin/env bash
# The machine's conditions in whole commands: they are in each cell's JSON, a calm machine is waited for, and what is bad
# is told under the tables. How busy the machine is otherwise is not known, so what these tests need is made: busy loops.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# cell SPEED LINE…: writes m.conf of one cell.
cell()
{
	printf '%s\n' "server: {start: '$LLMBENCH_SIM --device m4-16g --speed $1'}" 'title: Test' 'model: llama3.2' \
		'parallel: 1' 'requests: 8' 'warmup: 0' 'sample_interval: 100ms' "${@:2}" >m.conf
}

# What the line of the only cell says of its conditions.
conditions_of()
{
	sed 's/.*"conditions"://' "$1"/m/*/cells.jsonl
}

# Loops that keep more than a quarter of the processors busy, for a minute at most.
busy()
{
	local left=$(($(getconf _NPROCESSORS_ONLN) / 4 + 1))
	loops=()
	while [ "$left" -gt 0 ]; do
		perl -e 'alarm 60; 1 while 1' &
		loops+=($!)
		left=$((left - 1))
	done
}

calm()
{
	kill "${loops[@]}"
	wait "${loops[@]}" 2>/dev/null
}

cell 1000 'output_tokens: 8'
run "$LLMBENCH" --matrix m.conf --out plain
is "$status" 0 "a run without cooldown"
like "$(conditions_of plain)" '"cooldown_s":null,"start":[{]"power_source":' "the conditions at the start of the cell"
like "$(conditions_of plain)" '"end":[{]"power_source":' "and at its end"
like "$stdout" '^- ([*][*])?Conditions' "the report says something of them"

# member CELL KEY…: of the conditions of the CELL-th line of cells.jsonl on stdin.
member()
{
	perl -MJSON::PP -e 'my ($cell, @keys) = @ARGV; my $value = decode_json((<STDIN>)[$cell - 1])->{conditions};
		$value = $value->{$_} for @keys; print $value' "$@"
}

# between VALUE LOW HIGH
between()
{
	perl -e 'exit !($ARGV[0] >= $ARGV[1] && $ARGV[0] <= $ARGV[2])' "$@"
}

# Each cell of two takes more than a second for each of its two trials, which are run in turn.
cell 20 'output_tokens: 128' 'trials: 2' 'order: interleaved'
run "$LLMBENCH" --matrix m.conf --out turns --set 'model=[llama3.2, mistral]' --set calibrate=false
is "$status" 0 "two interleaved cells"
lines=$(grep -h '"llmbench.cell/1"' turns/m/*/cells.jsonl)
own=$(member 1 during wall_s <<<"$lines")
both=$(perl -MJSON::PP -e 'my ($first, $last); while (<>) { my $r = decode_json($_); my ($due, $done) = @$r{qw(due_ns done_ns)};
	$first //= $due; $last = $done } print(($last - $first) / 1e9)' turns/m/*/records.jsonl)
between "$own" 1 "$(perl -e 'print $ARGV[0] * 0.75' "$both")"
ok $? "the time of a cell is that of its own visits" || diagnose "$own s of $both s"
between "$(member 1 worst looks <<<"$lines")" 2 "$own"
ok $? "the machine was looked at each second, but not between the visits" || diagnose "$(member 1 worst looks <<<"$lines") looks"
run "$LLMBENCH" --matrix m.conf --out unsampled --no-sample --set output_tokens=8
like "$(conditions_of unsampled)" '"looks":0,"gave_up":false' "without the sampler there are no looks"

cell 1000 'output_tokens: 8'
run "$LLMBENCH" --matrix m.conf --out cooled --set cooldown=1s
is "$status" 0 "a run with cooldown"
like "$(conditions_of cooled)" '"cooldown_s":[1-9]' "tells how long it waited"
if [ -e "$NVML_LIBRARY" ]; then
	# The second server begins on a GPU that the first one heated.
	cat >server.sh <<-END
		case \$1 in 1) echo 41 ;; *) echo 77 ;; esac >heat
		shift
		exec '$LLMBENCH_SIM' --device m4-16g --speed 1000 "\$@"
	END
	printf '%s\n' "server: {start: 'sh $PWD/server.sh {parallel} --port {port}'}" 'title: Test' 'model: llama3.2' \
		'parallel: [1, 2]' 'requests: 2' 'output_tokens: 8' 'calibrate: false' 'cooldown: 1s' >gpu.conf
	run env LD_LIBRARY_PATH="${NVML_LIBRARY%/*}" FAKE_NVML_HEAT="$PWD/heat" "$LLMBENCH" --matrix gpu.conf --out gpu
	is "$(grep -o 'not calm when cooldown ended: [^;|]*' <<<"$stdout" | grep -c 'the GPU has 77 °C, 41 °C when idle')" 1 \
		"a GPU that is hotter than before the first cell: cooldown was not enough for the second one"
else
	ok 0 "the GPU's temperature in a cooldown # skip NVIDIA's library is on Linux only"
fi
run "$LLMBENCH" help cooldown
like "$stdout" 'duration' "the knob is in the help"

run "$LLMBENCH" doctor
like "$stdout" '^- Asking, .* takes: .*swap and memory pressure [0-9.]+ µs' "doctor shows what reading costs"
like "$stdout" '^- Now: ' "and what was read"

busy
run "$LLMBENCH" doctor
if ! grep -q '[1-9]' <(grep '^cpu ' /proc/stat 2>/dev/null) && [ "$(uname)" = Linux ]; then
	ok 0 "# skip no CPU time is told here"
	calm
	finish
fi
like "$stdout" '^- [*][*]other programs used [0-9]* % of the CPU[*][*]: ' "doctor sees busy programs"
cell 20 'output_tokens: 64'
run "$LLMBENCH" --matrix m.conf --out busy
is "$status" 0 "a run on a busy machine"
like "$(conditions_of busy)" '"rule":"heavy_other_load"' "has the flag"
like "$stdout" '^- [*][*]Conditions[*][*]: other programs used [0-9]* % of the CPU [(]1 of 1 cells[)]: ' "and tells it under the tables"
unlike "$stdout" '^[|].*other programs' "but not in the row of a simulated device"
run "$LLMBENCH" --matrix m.conf --out hot --set cooldown=1s
like "$stdout" '^[|].*not calm when cooldown ended: .*other programs use [0-9]* % of the CPU' "cooldown was not enough: the row says so"
start "$LLMBENCH" --matrix m.conf --out stopped --set cooldown=10m
wait_for 'ls stopped/m/*/server-*.log >/dev/null 2>&1'
kill -s INT "$pid"
RUN_LIMIT=20 finished
is "$status" 3 "an interrupt ends the wait"
calm
finish
