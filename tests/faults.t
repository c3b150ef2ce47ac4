#!/usr/bin/env bash
# Servers that are killed in the middle of a sweep, that get too little memory, and whose model cannot be loaded: each has
# a row with the reason, and the sweep goes on. With the simulator always; with real servers where these name a command
# that starts them (scripts/real-servers sets them), and MODELS the folder, as that command sees it, of the tiny models:
#
#	LLAMA_SERVER    llama-server
#	WHISPER_SERVER  whisper-server
#
# shellcheck source=tests/lib.sh
# shellcheck disable=SC2317 # wait_for evaluates its condition, which calls connections, later
. "$(dirname "$0")/lib.sh"

if [ ! -d /proc/self/fd ]; then
	echo "1..0 # SKIP what a process has open is read from /proc"
	exit 0
fi

# The newest run directory.
run_folder()
{
	find "$1/m" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1
}

# Processes of a name that this test started.
processes()
{
	left_behind | sed -n "s/^\([0-9]*\): [^ ]*$1 .*/\1/p"
}

# Open connections of the run.
connections()
{
	find "/proc/$pid/fd" -lname 'socket:*' 2>/dev/null | grep -c .
}

# killed NAME PROCESS MODEL START REQUESTS LINE…: three cells, which the lines make of their bursts of requests; the server
# is killed while the second one is answered.
killed()
{
	local name=$1 process=$2 requests=$5
	printf '%s\n' "server: {start: \"$4\"}" "model: '$3'" 'parallel: 2' 'warmup: 0' 'sample_interval: 100ms' \
		'calibrate: false' "requests: $requests" "${@:6}" >m.conf
	start "$LLMBENCH" --matrix m.conf --out "$name"
	wait_for "cat '$name'/m/*/cells.jsonl 2>/dev/null | grep -q . || ! kill -0 $pid 2>/dev/null"
	wait_for "[ \"\$(connections)\" -ge $((requests * 3 / 4)) ] || ! kill -0 $pid 2>/dev/null"
	# shellcheck disable=SC2046 # each is a word
	kill -KILL $(processes "$process")
	finished
	is "$status" 1 "$name, killed: the sweep goes to its end, but a cell failed"
	like "$(cat "$(run_folder "$name")/cells.jsonl")" '"reason":"the server ended [(]killed by signal 9' "the journal tells how it ended"
	is "$(grep -c '"status":"done"' "$(run_folder "$name")/cells.jsonl")" 2 "the cells before and after it are done"
	is "$(grep -c . "$(run_folder "$name")/records.jsonl")" $((requests * 3)) "every request has a record"
	none_left_behind
}

# refused NAME START MODEL WORDS WHAT: the first of two servers cannot come up; the second is the simulator.
refused()
{
	printf '%s\n' 'server:' "  - {name: first, start: \"$2\"}" \
		"  - {name: second, start: '$LLMBENCH_SIM --device m4-16g --speed 1000', models: {'$3': 'llama3.2:1b'}}" \
		"model: '$3'" 'parallel: 2' 'warmup: 0' 'requests: 4' 'output_tokens: 8' 'calibrate: false' 'ready_timeout: 30s' >m.conf
	run "$LLMBENCH" --matrix m.conf --out "$1"
	is "$status" 1 "$1, $5: its cell failed"
	like "$(grep '^| first ' "$1/m.md")" "$4" "its row has the reason"
	like "$(cat "$1/m.md")" '^[|] second [|].*[|] [0-9.]+ [|] 0 [|]' "the next server is measured"
	none_left_behind
}

# Address space in KiB that a command line may have.
limited()
{
	printf "sh -c 'ulimit -v %s; exec %s'" "$1" "$2"
}

simulator="$LLMBENCH_SIM --device m4-16g"
killed simulator llmbench-sim llama3.2 "$simulator --speed 20" 64 'output_tokens: [8, 250, 9]'
refused simulator-starved "$(limited 3000 "$simulator")" llama3.2 'memory|failed to|alloc' "with too little memory"

if [ -n "${LLAMA_SERVER:-}" ]; then
	options="--host 127.0.0.1 --port {port} -np {parallel} -c {context_total}"
	killed llama-server llama-server "$MODELS/text.gguf" "$LLAMA_SERVER -m {model} $options" 64 'output_tokens: [8, 250, 9]'
	refused llama-server-starved "$(limited 400000 "$LLAMA_SERVER -m {model} -c 500000 --host 127.0.0.1 --port {port}")" \
		"$MODELS/text.gguf" 'alloc' "with a context that its memory has no room for"
	refused llama-server-lacks "$LLAMA_SERVER -m {model} $options" "$MODELS/none.gguf" 'none.gguf|load' "without its model"
else
	echo "# llama-server: not tested: LLAMA_SERVER does not name one"
fi
if [ -n "${WHISPER_SERVER:-}" ]; then
	start_line="$WHISPER_SERVER -m {model} --host 127.0.0.1 --port {port}"
	speech=('task: transcribe' "audio: '$ROOT/configs/media/sky.wav'")
	killed whisper-server whisper-server "$MODELS/whisper.bin" "$start_line" 12 "${speech[@]}" 'seed: [1, 2, 3]'
	printf '%s\n' "server: {start: \"$(limited 60000 "$start_line")\"}" "model: '$MODELS/whisper.bin'" 'requests: 2' \
		'calibrate: false' 'ready_timeout: 20s' "${speech[@]}" >m.conf
	run "$LLMBENCH" --matrix m.conf --out whisper-starved
	is "$status" 1 "whisper-server with too little memory: its cell failed"
	like "$(grep '^|' whisper-starved/m.md)" 'memory|alloc|map' "its row has the reason"
	none_left_behind
else
	echo "# whisper-server: not tested: WHISPER_SERVER does not name one"
fi
finish
