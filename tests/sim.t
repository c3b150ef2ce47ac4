#!/usr/bin/env bash
# llmbench-sim as a client sees it: routes, errors, queue, reload, slots, memory, disconnects, its end.
# shellcheck source=tests/lib.sh disable=SC2016 # conditions are evaluated later
. "$(dirname "$0")/lib.sh"

# serve VARIABLE=VALUE… -- OPTION…: starts a simulator on a port that the system picks and reads it from the log.
serve()
{
	local variables=()
	while [ "$1" != -- ]; do
		variables+=("$1")
		shift
	done
	shift
	[ -z "$sim_pid" ] || sim_stop
	rm -f sim.err sim.out
	env ${variables[@]+"${variables[@]}"} "$LLMBENCH_SIM" serve --port 0 "$@" </dev/null >sim.out 2>sim.err &
	sim_pid=$!
	wait_for 'grep -q "Listening on" sim.err 2>/dev/null'
	sim_url=http://127.0.0.1:$(sed -n 's/.*msg="Listening on 127\.0\.0\.1:\([0-9]*\) (version .*/\1/p' sim.err)
}

# get PATH, post PATH BODY: set status (of HTTP; 000 none), body and curl_status.
ask()
{
	curl_status=0
	status=$(curl -s -m 30 -o reply -w '%{http_code}' "$@") || curl_status=$?
	body=$(cat reply 2>/dev/null)
	rm -f reply
}
get() { ask "$sim_url$1"; }
post() { ask "$sim_url$1" -d "$2"; }

# generate MODEL TOKENS [MEMBERS]: members begin with a comma
generate() { post /api/generate "{\"model\":\"$1\",\"prompt\":\"Why is the blue sky blue?\",\"options\":{\"num_predict\":$2,\"num_ctx\":2048}${3:-}}"; }

memory_file() { curl -s "$sim_url/api/version" | sed 's/.*"memory_file":"\([^"]*\)".*/\1/'; }
memory_gib() { awk '{ printf "%.3f", $1 / 1073741824 }' "$(memory_file)"; }
running() { kill -0 "$sim_pid" 2>/dev/null; }

# --- command line

for words in '--prot 1=did you mean "--port"' '--device m5-16g=allowed: m4-16g, .*did you mean "m4-16g"' \
	'--api opnai=no such api "opnai"; allowed: ollama, openai, whisper' '--script x=not available in this version' \
	'--port 99999=allowed: 0 to 65535' '--speed 0=allowed: ' '--ollama-version x=allowed: ' '--port=needs a value' \
	'--fault stopp=no such fault .*allowed: repeat, .*did you mean "stop"' '--fault stop=allowed: 1 to 1000000' \
	'--fault=needs a value'; do
	IFS='=' read -r arguments pattern <<<"$words"
	# shellcheck disable=SC2086 # several words
	run "$LLMBENCH_SIM" $arguments
	is "$status" 2 "$arguments: status 2"
	like "$stderr" "^llmbench-sim: .*$pattern" "$arguments: told"
done
run "$LLMBENCH_SIM" --list
like "$stdout" '^  m4-16g ' "--list: devices"
like "$stdout" '^  deepseek-r1:1.5b .*1\.1GB' "--list: models"
like "$stdout" '^  refuse=MS ' "--list: faults"
for words in stop=0 stop=x refuse=60001 no-flash-attention=1; do
	run "$LLMBENCH_SIM" --fault "$words"
	is "$status" 2 "--fault $words: status 2"
	like "$stderr" '^llmbench-sim: --fault .*(allowed: 1 to|takes no value)' "--fault $words: told"
done
run "$LLMBENCH_SIM" --help
like "$stdout" '^  --ollama-version V ' "--help: options"

# --- what needs no runner

serve OLLAMA_NUM_PARALLEL=2 OLLAMA_KEEP_ALIVE=90s -- --speed 1000
like "$(cat sim.err)" 'server config env="map\[.*OLLAMA_KEEP_ALIVE:1m30s .*OLLAMA_NUM_PARALLEL:2\]"' "the log tells the environment"
get /
is "$status $body" "200 Ollama is running" "/"
get /api/version
like "$body" '^\{"version":"0\.6\.3","simulated":\{"device":"m4-16g","speed":1000,"memory_file":"/[^"]*"\}\}$' "/api/version"
get /api/tags
like "$body" '"name":"llama3.2:latest",.*"size":2019393189,"digest":"[0-9a-f]{64}",' "/api/tags"
get /api/ps
is "$body" '{"models":[]}' "/api/ps of an idle server"
post /api/show '{"model":"llama3.2"}'
like "$body" '"llama.embedding_length":3072' "/api/show: shape"
unlike "$body" '"capabilities"' "/api/show: no capabilities before 0.6.4"
is "$(curl -s -I "$sim_url/api/version" | head -n 1 | tr -d '\r')" "HTTP/1.1 200 OK" "HEAD"
like "$(cat sim.out)" '^\[GIN\] [0-9/]+ - [0-9:]+ \| 200 \| .* \| +127\.0\.0\.1 \| GET +"/api/tags"$' "access log"

# PATH, body, status, answer
while IFS='~' read -r path sent code answer; do
	post "$path" "$sent"
	is "$status $body" "$code $answer" "$path $sent"
done <<'EOF'
/api/generate~~400~{"error":"missing request body"}
/api/generate~xx~400~{"error":"invalid character 'x' looking for beginning of value"}
/api/generate~{"model":5}~400~{"error":"json: cannot unmarshal number into Go struct field GenerateRequest.model of type string"}
/api/generate~{"model":"none"}~404~{"error":"model 'none' not found"}
/api/chat~{"model":"none"}~404~{"error":"model \"none\" not found, try pulling it first"}
/api/chat~{}~400~{"error":"model is required"}
/api/show~{"model":"none"}~404~{"error":"model 'none' not found"}
/api/embed~{"model":"none","input":"x"}~404~{"error":"model \"none\" not found, try pulling it first"}
/api/generate~{"model":"mistral","prompt":"x","raw":true,"system":"y"}~400~{"error":"raw mode does not support template, system, or context"}
/api/generate~{"model":"mistral","prompt":"x","options":{"num_ctx":"y"}}~500~{"error":"option \"num_ctx\" must be of type integer"}
/api/generate~{"model":"mistral","keep_alive":"abc"}~400~{"error":"time: invalid duration \"abc\""}
/nowhere~{}~404~404 page not found
EOF
get /api/generate
is "$status" 404 "wrong method before 0.7.0"
get /api/ps
is "$body" '{"models":[]}' "none of these loaded a model"

# --- loading, answering, unloading

is "$(cat "$(memory_file)")" "0 17179869184" "memory file: nothing loaded"
post /api/generate '{"model":"llama3.2","options":{"num_ctx":2048}}'
like "$body" '^\{"model":"llama3.2","created_at":"[^"]*Z","response":"","done":true,"done_reason":"load"\}$' "load"
is "$(memory_gib)" 2.876 "memory file: llama3.2 with 2 slots, as in seed 000"
get /api/ps
like "$body" '"name":"llama3.2:latest",.*"expires_at":"' "/api/ps: loaded"
like "$(cat sim.err)" 'starting llama server" cmd=".* --ctx-size 4096 .*--parallel 2 ' "log: runner's command"
like "$(cat sim.err)" 'offloaded 29/29 layers to GPU' "log: offload"
like "$(cat sim.err)" 'llama runner started in [0-9.]+ seconds' "log: started"
generate llama3.2 5
is "$(grep -c '"done":false' <<<"$body")" 5 "generate: a line for each token"
like "$(tail -n 1 <<<"$body")" '"response":"","done":true,"done_reason":"length","context":\[.*"load_duration":[0-9]+,"prompt_eval_count":[0-9]+,"prompt_eval_duration":[0-9]+,"eval_count":5,"eval_duration":' "generate: last line"
words=$(sed -n 's/.*"response":"\([^"]*\)".*/\1/p' <<<"$body" | tr -d '\n')
generate llama3.2 5 ',"stream":false,"raw":true'
like "$body" "^\{.*\"response\":\"$words\",\"done\":true" "the same words when not streamed"
unlike "$body" '"context"' "raw: no context"
post /api/chat '{"model":"llama3.2","messages":[{"role":"user","content":"x"}],"options":{"num_predict":2,"num_ctx":2048}}'
like "$(head -n 1 <<<"$body")" '"message":\{"role":"assistant","content":"[^"]+"\},"done":false\}$' "chat"
generate llama3.2 5 ',"format":"xml"'
is "$status $body" '200 {"error":"invalid format: \"\\\"xml\\\"\"; expected \"json\" or a valid JSON Schema object"}' \
	"a runner's error before 0.12.6: a line in a 200"
post /api/embed '{"model":"llama3.2","input":["a","b"]}'
like "$body" '"embeddings":\[\[.*\],\[.*\]\]' "embed"
is "$(grep -c 'starting llama server' sim.err)" 1 "the runner was loaded once"
post /api/generate '{"model":"llama3.2","prompt":"x","options":{"num_predict":1,"num_ctx":4096}}'
is "$(grep -c 'starting llama server' sim.err)" 2 "another num_ctx loads anew"
post /api/generate '{"model":"llama3.2","keep_alive":0}'
like "$body" '"done_reason":"unload"' "unload"
is "$(cat "$(memory_file)")" "0 17179869184" "memory file: unloaded"

# --- the end

file=$(memory_file)
[ -f "$file" ]
ok $? "the memory file is there"
kill -TERM "$sim_pid"
wait "$sim_pid"
is $? 0 "TERM: status 0"
sim_pid=
[ -e "$file" ]
is $? 1 "TERM: no memory file is left"

serve -- --device instant
file=$(memory_file)
curl -s -m 30 -N "$sim_url/api/generate" -d '{"model":"llama3.2","prompt":"x","options":{"num_predict":3000}}' >stream &
client=$!
wait_for 'grep -q response stream 2>/dev/null'
kill -TERM "$sim_pid"
wait "$sim_pid"
is $? 0 "TERM while it answers: status 0 at once"
sim_pid=
wait "$client"
is $? 18 "… the client sees a cut stream"
[ -e "$file" ]
is $? 1 "… no memory file is left"

# --- queue, slots, disconnects

# burst N BODY: N requests at the same time; sets codes to "COUNT CODE" lines
burst()
{
	local i
	rm -f code.*
	for i in $(seq "$1"); do
		curl -s -m 30 -o /dev/null -w '%{http_code}\n' "$sim_url/api/generate" -d "$2" >"code.$i" &
	done
	# the simulator is a job of this shell too
	wait_for '[ "$(cat code.* 2>/dev/null | wc -l)" -eq '"$1"' ]'
	codes=$(cat code.* | sort | uniq -c | sed 's/^ *//')
}
body='{"model":"llama3.2","prompt":"x","options":{"num_predict":2}}'

serve OLLAMA_NUM_PARALLEL=1 OLLAMA_MAX_QUEUE=3 -- --speed 0.5
burst 9 "$body"
is "$codes" "5 200
4 503" "cold burst of 9, queue of 3: one loads, one is held, three wait"
burst 9 "$body"
is "$codes" "9 200" "the queue's limit means nothing once the model is loaded"

serve OLLAMA_NUM_PARALLEL=1 OLLAMA_MAX_QUEUE=3 -- --speed 0.5 --ollama-version 0.30.1
burst 9 "$body"
is "$codes" "4 200
5 503" "0.30.1: one loads, three wait"

serve OLLAMA_NUM_PARALLEL=1 -- --speed 1
curl -s -m 0.3 -o /dev/null "$sim_url/api/generate" -d "$body"
wait_for 'grep -q "| 499 |" sim.out'
ok $? "a client that goes away while the model loads is seen"
get /api/ps
is "$body" '{"models":[]}' "… and the load is aborted"

serve OLLAMA_NUM_PARALLEL=1 -- --device instant --truth truth
curl -s -m 0.3 -o /dev/null "$sim_url/api/generate" -d '{"model":"llama3.2","prompt":"x","options":{"num_predict":3000}}'
generate llama3.2 2
is "$status" 200 "a client that goes away while it is answered frees its slot"
wait_for '[ "$(wc -l <truth)" -eq 2 ]'
like "$(head -n 1 truth)" '"complete":false,' "truth: the request that was given up"
like "$(tail -n 1 truth)" '"complete":true,"arrival_ns":[0-9]+,"scheduled_ns":[0-9]+,"slot_ns":[0-9]+,"prefill_end_ns":[0-9]+,"done_ns":[0-9]+,"token_due_ns":\[[0-9]+,[0-9]+\],"token_write_ns":\[[0-9]+,[0-9]+\]\}$' \
	"truth: a complete one"
sed -n '2s/.*"token_due_ns":\[\([0-9]*\),\([0-9]*\)\].*/\1 \2/p' truth | {
	read -r first second
	[ $((second - first)) = 20000000 ]
}
ok $? "instant: 50 tokens/s"

sim_stop
rm -f truth
port=$(free_port)
"$LLMBENCH_SIM" --port "$port" --device instant --truth truth </dev/null >&- 2>&- &
sim_pid=$!
sim_url=http://127.0.0.1:$port
wait_for 'get / && [ "$status" = 200 ]'
generate llama3.2 2
wait_for '[ -s truth ]'
is "$(grep -v '^{.*}$' truth)" "" "with its output closed its log goes nowhere"

# --- what a machine cannot

serve OLLAMA_NUM_PARALLEL=64 -- --speed 1000
generate mistral 5
is "$status $body" '500 {"error":"llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB\nggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576"}' \
	"mistral with 64 slots: seed 000's failure"
like "$(cat sim.err)" '^ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576$' "… in the log too"
is "$(memory_gib)" 0.000 "… and nothing stays in memory"
generate llama3.2 1
like "$(cat sim.err)" 'offloaded 6/29 layers to GPU' "llama3.2 with 64 slots: a part of the layers"

serve OLLAMA_NUM_PARALLEL=128 -- --speed 1000
generate llama3.2 5
is "$status $curl_status" "000 52" "128 slots: an empty reply"
unlike "$(cat sim.err)" 'level=ERROR|failed' "… without a word in the log"
running
ok $? "… and the server lives"
serve OLLAMA_NUM_PARALLEL=128 -- --device h100-80g --speed 1000
generate llama3.2 5
is "$status" 200 "another machine has no such limit"

# --- faults

serve -- --speed 1000 --fault repeat=5
generate llama3.2 35
like "$(tail -n 1 <<<"$body")" '"eval_count":35' "repeat: 30 repeats are allowed"
generate llama3.2 36
is "$status $(grep -c '"done":false' <<<"$body") $(grep -c '"done":true' <<<"$body")" "200 35 0" \
	"repeat: the stream ends without its final line"
is "$(tail -n 31 <<<"$body" | sed 's/.*"response"//' | sort -u | wc -l | tr -d ' ')" 1 "repeat: … and its last words are one"
generate llama3.2 36 ',"stream":false'
like "$status $body" '^200 [{].*"done":false[}]$' "repeat: an answer in one piece says that it is not done"

serve -- --speed 1000 --fault stop=5
generate llama3.2 5
like "$(tail -n 1 <<<"$body")" '"done_reason":"length",.*"eval_count":5,' "stop: no more were asked for"
generate llama3.2 6
like "$(tail -n 1 <<<"$body")" '"done_reason":"stop",.*"eval_count":5,' "stop: the model ends by itself"

serve -- --speed 1000 --fault refuse=2000
generate llama3.2 1
is "$status" 200 "refuse: the first answer"
get /api/version
is "$status $curl_status" "000 7" "refuse: then no connection"
wait_for 'curl -sf -o /dev/null "$sim_url/api/version"'
ok $? "refuse: until the time is over"
generate llama3.2 1
get /api/version
is "$status" 200 "refuse: only once"

serve OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0 OLLAMA_NUM_PARALLEL=1 -- --speed 1000
generate llama3.2 1
like "$(cat sim.err)" "flash_attn    = 1" "flash attention, as asked"
like "$(cat sim.err)" "type_k = 'q8_0'" "a KV cache in q8_0"
like "$(cat sim.err)" 'KV buffer size =   119[.]00 MiB' "… takes 34 bytes where f16 takes 64"
like "$(cat sim.err)" 'OLLAMA_KV_CACHE_TYPE:q8_0' "… and is in the environment"

serve OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0 -- --speed 1000 --fault no-flash-attention --fault gpu-layers=6
post /api/generate '{"model":"llama3.2","options":{"num_gpu":20}}'
like "$(cat sim.err)" 'msg="flash attention enabled but not supported by gpu"' "no-flash-attention: a warning"
like "$(cat sim.err)" "flash_attn    = 0" "no-flash-attention: off"
like "$(cat sim.err)" 'msg="quantized kv cache requested but flash attention disabled" type=q8_0' "… so the KV cache is"
like "$(cat sim.err)" "type_k = 'f16'" "… not quantized"
like "$(cat sim.err)" 'layers.requested=20 .*layers.offload=6' "gpu-layers: fewer than asked"
like "$(cat sim.err)" 'offloaded 6/29 layers to GPU' "gpu-layers: are on the GPU"

serve OLLAMA_KV_CACHE_TYPE=q3 -- --speed 1000
generate llama3.2 1
like "$(cat sim.err)" 'msg="unsupported OLLAMA_KV_CACHE_TYPE" type=q3' "a type that does not exist"

# --- newer versions

serve -- --speed 1000 --ollama-version 0.12.6
get /api/generate
is "$status" 405 "wrong method since 0.7.0"
generate llama3.2 5 ',"format":"xml"'
is "$status" 500 "a runner's error since 0.12.6: a status"
post /api/generate '{"model":"llama3.2","prompt":"a b c d e f","truncate":false,"options":{"num_ctx":4}}'
is "$status $body" '400 {"error":"the input length exceeds the context length"}' "truncate false"
post /api/chat '{"model":"none"}'
is "$body" "{\"error\":\"model 'none' not found\"}" "unknown model in chat"
post /api/show '{"model":"deepseek-r1:1.5b"}'
like "$body" '"capabilities":\["completion","thinking"\]' "/api/show: capabilities"
generate deepseek-r1:1.5b 8
like "$(head -n 1 <<<"$body")" '"response":"","thinking":"[^"]+","done":false' "a thinking model thinks by itself"
get /api/ps
like "$body" '"context_length":2048' "/api/ps: context_length"
generate deepseek-r1:1.5b 8 ',"think":false'
unlike "$body" thinking "think false"
generate llama3.2 8 ',"think":true'
is "$status $body" '400 {"error":"\"llama3.2\" does not support thinking"}' "think true for a model that cannot"

finish
