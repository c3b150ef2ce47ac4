#!/usr/bin/env bash
# Servers of the OpenAI interface, from the matrix to the report, against simulated ones of each kind: recognized, asked
# in every way, and their figures as they count them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# serve KIND OPTION…: on a free port; sets port.
serve()
{
	port=$(free_port)
	"$LLMBENCH_SIM" --api openai --kind "$1" --port "$port" --device instant --speed 20 --ready-after 0s "${@:2}" \
		</dev/null >.server.log 2>&1 &
	server=$!
	wait_for "curl -s -o /dev/null http://127.0.0.1:$port/"
}

stop()
{
	kill "$server" && wait "$server" 2>/dev/null
}

# matrix NAME LINE…
matrix()
{
	printf '%s\n' "server: {url: http://127.0.0.1:$port}" 'model: llama3.2' 'requests: 4' 'concurrency: 1' 'output_tokens: 8' \
		'calibrate: false' "${@:2}" >"$1.conf"
}

# counted FIELD VALUE: in how many of the run's records it is so.
counted()
{
	grep -c "\"outcome\":\"ok\".*\"$1\":$2[,}]" out/*/*/records.jsonl
}

for kind in llama-server vllm mlx_lm mlx-vlm sglang tgi transformers koboldcpp lmstudio localai vllm-mlx openai; do
	serve "$kind"
	matrix "$kind" 'api: [chat, generate]' 'stream: [true, false]' 'ignore_eos: true'
	rm -rf out
	run "$LLMBENCH" --matrix "$kind.conf" --out out --quiet
	is "$status" 0 "$kind: status 0"
	like "$(cat out/*/*/run.json)" "\"kind\": ?\"$kind\"" "$kind: recognized"
	like "$stdout" 'Simulated' "$kind: told to be simulated"
	is "$(counted output_tokens 8)" 16 "$kind: chat and plain, streamed and not: the tokens that it counted"
	stop
done

# --- vectors

serve llama-server --embeddings
matrix embed 'task: embed'
rm -rf out
run "$LLMBENCH" --matrix embed.conf --out out --quiet
is "$status" 0 "vectors: status 0"
is "$(counted dimensions '[1-9][0-9]*')" 4 "vectors: their dimensions"
stop

# --- what goes wrong in a stream is told for what it is

for fault in end=3:truncated done=3:truncated error=3:error_line cut=3:transfer reset=3:transfer; do
	serve llama-server --fault "${fault%:*},request=2"
	matrix fault 'warmup: 0'
	rm -rf out
	run "$LLMBENCH" --matrix fault.conf --out out --quiet
	is "$(grep -o '"outcome":"[a-z_0-9]*"' out/*/*/records.jsonl | sort | uniq -c | tr -s ' \n' ' ' | sed 's/"outcome"://g')" \
		" $(printf '%s\n' "3 \"ok\"" "1 \"${fault#*:}\"" | sort -k2 | tr '\n' ' ')" "${fault%:*}: one request fails so"
	stop
done

# --- mistakes

serve vllm
matrix mistake
run "$LLMBENCH" --matrix mistake.conf --set model=nope --quiet
is "$status" 2 "a model that it does not list: status 2"
like "$stderr" 'the server has no model "nope"; it lists llama3.2' "and what it lists"
stop
matrix nobody
run "$LLMBENCH" --matrix nobody.conf --set server.adapter=openai --quiet
is "$status" 3 "nobody there: status 3"

finish
