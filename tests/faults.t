#!/usr/bin/env bash
# Servers that are killed in the middle of a sweep, that get too little memory, and whose model cannot be loaded: each has
# a row with the reason, and the sweep goes on. With the simulator always; with real servers where these name a command
# that starts them (scripts/real-servers sets them), and MODELS and MODELS_HERE the folder of the tiny models, as those
# commands see it and as this test does:
#
#	LLAMA_SERVER         llama-server
#	WHISPER_SERVER       whisper-server
#	MLX_SERVER           mlx_lm.server
#	TRANSFORMERS_SERVER  transformers serve
#	STORE_OF_OLLAMA      the folder of an Ollama that is in PATH, with the model text
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

# Processes that this test started whose command line has these words; not llmbench itself, whose options have them too,
# nor the keeper of its server.
processes()
{
	local running
	running=$(left_behind) # before there is a sed with these words
	grep -v -e '--matrix m[.]conf' <<<"$running" | sed -n "s/^\([0-9]*\): .*$1.*/\1/p"
}

# Open connections of the run.
connections()
{
	find "/proc/$pid/fd" -lname 'socket:*' 2>/dev/null | grep -c .
}

# killed NAME WORDS MODEL SERVER REQUESTS LINE…: three cells, which the lines make of their bursts of requests; the server,
# whose command line has these words, is killed while the second one is answered.
killed()
{
	local name=$1 words=$2 requests=$5
	printf '%s\n' "server: $4" "model: '$3'" 'parallel: 2' 'warmup: 0' 'sample_interval: 100ms' 'calibrate: false' \
		'ready_timeout: 2m' "requests: $requests" "${@:6}" >m.conf
	start "$LLMBENCH" --matrix m.conf --out "$name"
	wait_for "cat '$name'/m/*/cells.jsonl 2>/dev/null | grep -q . || ! kill -0 $pid 2>/dev/null"
	wait_for "[ \"\$(connections)\" -ge $((requests * 3 / 4)) ] || ! kill -0 $pid 2>/dev/null"
	# shellcheck disable=SC2046 # each is a word
	kill -KILL $(processes "$words")
	finished
	is "$status" 1 "$name, killed: the sweep goes to its end, but a cell failed"
	like "$(cat "$(run_folder "$name")/cells.jsonl")" '"reason":"the server ended [(]killed by signal 9' "the journal tells how it ended"
	is "$(grep -c '"status":"done"' "$(run_folder "$name")/cells.jsonl")" 2 "the cells before and after it are done"
	is "$(grep -vc '"left_out"' "$(run_folder "$name")/records.jsonl")" $((requests * 3)) "every request has a record"
	none_left_behind
}

# unseen TRIALS: the server of a cell is killed while llmbench stands still in its first trial. No other trial is
# fired at what is not there any more, and the records of this one are the cell's.
unseen()
{
	local name=unseen-$1
	printf '%s\n' "server: {start: '$simulator --speed 20'}" 'model: llama3.2' 'parallel: 2' 'warmup: 0' 'sample_interval: 100ms' \
		'calibrate: false' 'requests: 64' 'output_tokens: 250' "trials: $1" >m.conf
	start "$LLMBENCH" --matrix m.conf --out "$name"
	wait_for "[ \"\$(connections)\" -ge 48 ] || ! kill -0 $pid 2>/dev/null"
	kill -STOP "$pid"
	# shellcheck disable=SC2046 # each is a word
	kill -KILL $(processes llmbench-sim)
	perl -e 'select undef, undef, undef, 2' # longer than it may stand still
	kill -CONT "$pid"
	finished
	is "$status" 1 "$name, killed while llmbench stood still: the cell failed"
	like "$(cat "$(run_folder "$name")/cells.jsonl")" '"reason":"the server ended [(]killed by signal 9' "the journal tells how it ended"
	like "$stdout" 'trial 1 llmbench stood still for [0-9.]* s' "its row has a flag"
	is "$(grep -c . "$(run_folder "$name")/records.jsonl")" 64 "each request of the one trial has a record"
	none_left_behind
}

# refused NAME SERVER MODEL WORDS WHAT LINE…: the first of two servers, whose settings these are, cannot come up or load the
# model; the second is the simulator, or with a task another server of the lines.
refused()
{
	local second="{name: second, start: '$LLMBENCH_SIM ${simulated:---device m4-16g --speed 1000}', models: {'$3': '${stands_for:-llama3.2:1b}'}}"
	printf '%s\n' 'server:' "  - {name: first, ${2#\{}" "  - $second" "model: '$3'" 'parallel: 2' 'warmup: 0' \
		'requests: 4' 'output_tokens: 8' 'calibrate: false' 'ready_timeout: 60s' "${@:6}" >m.conf
	run "$LLMBENCH" --matrix m.conf --out "$1"
	is "$status" 1 "$1, $5: its cell failed"
	like "$(grep '^| first ' "$1/m.md")" "$4" "its row has the reason" && diagnose "$(grep '^| first ' "$1/m.md")"
	like "$(cat "$1/m.md")" '^[|] second [|].*[|] [0-9.]+ [|] 0 [|]' "the next server is measured"
	none_left_behind
}

# Settings of a server that may have so many KiB of address space.
limited()
{
	printf '{start: "sh -c '"'ulimit -v %s; exec %s'"'"}' "$1" "$2"
}

untested()
{
	echo "# $1: not tested: $2 does not name one"
}

RUN_LIMIT=120
lengths='output_tokens: [8, 250, 9]'
simulator="$LLMBENCH_SIM --device m4-16g"
killed simulator llmbench-sim llama3.2 "{start: '$simulator --speed 20'}" 64 "$lengths"
unseen 1
unseen 3
refused simulator-starved "$(limited 3000 "$simulator")" llama3.2 'memory|failed to|alloc' "with too little memory"

if [ -n "${LLAMA_SERVER:-}" ]; then
	options="--host 127.0.0.1 --port {port} -np {parallel} -c {context_total}"
	killed llama-server llama-server "$MODELS/text.gguf" "{start: '$LLAMA_SERVER -m {model} $options'}" 64 "$lengths"
	refused llama-server-starved "$(limited 400000 "$LLAMA_SERVER -m {model} -c 500000 --host 127.0.0.1 --port {port}")" \
		"$MODELS/text.gguf" 'alloc' "with a context that its memory has no room for"
	refused llama-server-lacks "{start: '$LLAMA_SERVER -m {model} $options'}" "$MODELS/none.gguf" 'none.gguf|load' \
		"without its model"
else
	untested llama-server LLAMA_SERVER
fi
if [ -n "${WHISPER_SERVER:-}" ]; then
	options="-m {model} --host 127.0.0.1 --port {port}"
	speech=('task: transcribe' "audio: '$ROOT/configs/media/sky.wav'")
	killed whisper-server whisper-server "$MODELS/whisper.bin" "{start: '$WHISPER_SERVER $options'}" 12 "${speech[@]}" 'seed: [1, 2, 3]'
	simulated='--api whisper --speed 1000 --port {port}' stands_for=whisper-base
	refused whisper-server-starved "$(limited 60000 "$WHISPER_SERVER $options")" "$MODELS/whisper.bin" '[Mm]emory|alloc|map' \
		"with too little memory" "${speech[@]}"
	unset simulated stands_for
else
	untested whisper-server WHISPER_SERVER
fi
if [ -n "${MLX_SERVER:-}" ]; then
	options="--model {model} --host 127.0.0.1 --port {port} --decode-concurrency {parallel}"
	killed mlx_lm mlx_lm.server "$MODELS_HERE/text-hf" "{start: '$MLX_SERVER $options'}" 16 "$lengths"
	refused mlx_lm-starved "$(limited 200000 "$MLX_SERVER $options")" "$MODELS_HERE/text-hf" '[Mm]emory|alloc|map' "with too little memory"
else
	untested mlx_lm.server MLX_SERVER
fi
if [ -n "${TRANSFORMERS_SERVER:-}" ]; then
	options="{model} --host 127.0.0.1 --port {port}"
	killed transformers 'transformers serve' "$MODELS/text-hf" "{kind: transformers, start: '$TRANSFORMERS_SERVER $options'}" \
		16 "$lengths"
	refused transformers-starved "$(limited 300000 "$TRANSFORMERS_SERVER $options")" "$MODELS/text-hf" '[Mm]emory|alloc|map' \
		"with too little memory"
else
	untested 'transformers serve' TRANSFORMERS_SERVER
fi
if [ -n "${STORE_OF_OLLAMA:-}" ]; then
	killed ollama 'ollama serve' text "{start: ollama serve, env: {OLLAMA_MODELS: '$STORE_OF_OLLAMA'}}" 16 "$lengths"
else
	untested Ollama STORE_OF_OLLAMA
fi
finish
