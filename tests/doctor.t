#!/usr/bin/env bash
# doctor: one screen with the machine, its sensors, the server and its models, and which cells of a matrix would fit.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# row NAME: the sensor's row
row()
{
	grep "^| $1 " <<<"$stdout"
}

# --- the machine

run "$LLMBENCH" doctor --server http://127.0.0.1:1
is "$status" 0 "without a server"
like "$stdout" '^# llmbench .* on .' "which program on which machine"
like "$stdout" '^- Machine: .*B of memory' "what the machine is"
like "$stdout" '^- Load engine: libcurl/' "the load engine"
like "$(row memory)" 'used [0-9.]+GiB, total [0-9.]+GiB.*[|] *[0-9.]+ *[|] *[0-9.]+ *[|]$' "memory, with the cost of a reading"
like "$(row server)" '–: the server.s process is not known *[|] –' "a sensor that is not here says why"
like "$(row cpu)" 'client cpu [0-9.]+ %, cpu busy [0-9.]+ %' "counters as they grow in a second"
like "$stdout" '^- http://127.0.0.1:1: not recognized: GET / had no answer' "nobody answers"
unlike "$stdout" '[ -](nan|inf)([ ,]|$)' "no nonsense"
[ "$(wc -l <<<"$stdout")" -le 50 ]
ok $? "it fits one screen" || diagnose "$stdout"
row memory | awk -F'|' '{ exit !($4 > 0 && $5 + 0.1 >= $4) }'
ok $? "the longest reading is not shorter than the mean" || diagnose "$(row memory)"

run "$LLMBENCH" doctor --server localhost:11434
is "$status" 2 "a URL without its beginning is the user's mistake"
like "$stderr" '--server localhost:11434: it takes http://HOST:PORT' "which is told"

# --- a server

sim_start --device m4-16g --speed 1000
run "$LLMBENCH" doctor --server "$sim_url"
is "$status" 0 "with a server"
like "$stdout" "^- $sim_url: .* by the adapter ollama" "it is told"
like "$stdout" '^[|] llama3.2:latest *[|] 2.0GB *[|] Q4_K_M *[|]$' "with its models, their sizes and quantizations"
if [ "$(uname)" = Linux ] && [ -n "$(readlink /proc/self/fd/0)" ]; then
	like "$(row server)" 'server resident [0-9.]+GiB' "the process behind its port is found"
	like "$stdout" ", process $sim_pid$" "and named"
fi

# --- a matrix

printf '%s\n' "server: {url: '$sim_url'}" 'model: [llama3.2, mistral]' 'context_size: 2048' 'parallel: [1, 4]' \
	'queue_size: 8' 'requests: 8' 'output_tokens: 8' >m.conf
run "$LLMBENCH" doctor --matrix m.conf
is "$status" 0 "with a matrix"
like "$stdout" "^- $sim_url: " "its server is the one that is asked"
like "$stdout" '^- While it runs it keeps its own: queue_size, parallel$' "what it does not heed of all that is set"
run "$LLMBENCH" doctor --matrix m.conf --set kv_cache_type='[q8_0, f16]' --set flash_attention=true
like "$stdout" '^- While it runs it keeps its own: queue_size, parallel, flash_attention, kv_cache_type$' "once each"
run "$LLMBENCH" doctor --matrix m.conf
like "$stdout" '^## m.conf: 4 cells$' "its cells"
like "$stdout" '^[|] llama3.2 *[|] yes *[|] [0-9.]+GiB to [0-9.]+GiB *[|] parallel 1; parallel 4 *[|]$' "which of them will fit"
sim_stop

printf '%s\n' 'model: [llama3.2, no-such-model]' 'parallel: [1, 64]' 'queue_size: 64' 'requests: 64' 'context_size: 2048' >m.conf
run "$LLMBENCH" doctor --matrix m.conf --server http://127.0.0.1:1 --only parallel=64
is "$status" 0 "a matrix without a server that runs"
like "$stdout" '^## m.conf: 2 cells$' "--only keeps some of its cells"
like "$stdout" '^[|] no-such-model *[|] cannot be predicted: .* [|] – *[|] parallel 64' "what is not known is said"
printf 'model: [\n' >m.conf
run "$LLMBENCH" doctor --matrix m.conf
is "$status" 2 "a matrix with a mistake"
like "$stderr" 'm.conf:' "is told with its place"
finish
