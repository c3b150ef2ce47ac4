#!/usr/bin/env bash
# llmbench-sim --api openai and --api whisper, as clients see them: every kind of server to the letter, its overload and
# its start, answers that break off, caches, images, metrics, recordings.
# shellcheck source=tests/lib.sh disable=SC2016 # conditions are evaluated later
. "$(dirname "$0")/lib.sh"

# serve OPTION…: starts a simulator on a port that the system picks and reads it from what it says.
serve()
{
	[ -z "$sim_pid" ] || sim_stop
	rm -f sim.err truth
	"$LLMBENCH_SIM" --port 0 --truth truth "$@" </dev/null >sim.out 2>sim.err &
	sim_pid=$!
	wait_for 'grep -q Listening sim.err 2>/dev/null'
	sim_url=http://127.0.0.1:$(sed -n 's/.*Listening on 127\.0\.0\.1:\([0-9]*\) .*/\1/p' sim.err)
}

# ask CURL-OPTION…: sets status (of HTTP; 000 none), body and curl_status.
ask()
{
	curl_status=0
	status=$(curl -s -N -m 30 -o reply -w '%{http_code}' "$@") || curl_status=$?
	body=$(cat reply 2>/dev/null)
	rm -f reply
}
get() { ask "$sim_url$1"; }
post() { ask "$sim_url$1" -d "$2"; }

question='"messages":[{"role":"user","content":"Why is the blue sky blue?"}]'
chat() { post /v1/chat/completions "{\"stream\":true,$question,$1}"; }
whole() { post /v1/chat/completions "{$question,$1}"; }

# The text of a stream's events, and how many events have some.
words() { sed -n 's/^data:.*"\(content\|text\)":"\([^"]*\)".*/\2/p' <<<"$body" | tr -d '\n'; }
events() { grep -Ec '"(content|reasoning|reasoning_content)":"[^"]' <<<"$body"; }

# value KEY: the string that the reply has under this key
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$body"; }

# What differs from run to run is put out of the way.
plain() { sed -E 's/"created":[0-9]+/"created":0/; s/"memory_file":"[^"]*"/"memory_file":"FILE"/; s/^Content-Length: .*/Content-Length: N/' | tr -d '\r' | grep -v '^Date:'; }

# --- every kind, to the letter

# show METHOD PATH [BODY]: the whole exchange
show()
{
	echo ">>> $1 $2 ${3:-}"
	if [ "$1" = GET ]; then
		curl -s -N -i -m 30 "$sim_url$2"
	else
		curl -s -N -i -m 30 "$sim_url$2" -d "$3"
	fi
	echo
}

show_all()
{
	local short='"max_tokens":3,"seed":1'
	for path in /health /v1/models /version /props /info /get_server_info /api/extra/version /api/v0/models /readyz /nowhere; do
		show GET $path
	done
	show POST /v1/chat/completions "{\"stream\":true,\"stream_options\":{\"include_usage\":true},$question,$short}"
	show POST /v1/chat/completions "{\"stream\":true,$question,$short}"
	show POST /v1/completions "{\"stream\":true,\"prompt\":\"Why?\",$short}"
	show POST /v1/chat/completions "{$question,$short}"
	show POST /v1/chat/completions "{$question,$short,\"ignore_eos\":true}"
	show POST /v1/chat/completions "{$question,$short,\"model\":\"another\"}"
	show POST /v1/chat/completions '{"stream":true}'
	show POST /v1/chat/completions '{"broken'
	show POST /v1/embeddings '{"input":"x"}'
}

kinds='llama-server vllm mlx_lm mlx-vlm sglang tgi transformers koboldcpp lm-studio localai vllm-mlx openai'
for kind in $kinds; do
	# So fast that the times are always the same, and whatever waits for a wake-up is there at the first one.
	serve --api openai --kind "$kind" --device instant --speed 1000000 --no-prompt-cache
	wait_for '[ "$(curl -s -o /dev/null -w "%{http_code}" "$sim_url/v1/models")" = 200 ]'
	show_all 2>&1 | plain >"$kind.txt"
	same_file "expected/sim_api/$kind.txt" "$kind.txt" "$kind: replies, to the letter"
	headers=$(grep -c '^HTTP/' "$kind.txt")
	is "$(grep -c '^X-Llmbench-Simulated: {"device":"instant","speed":1000000,"memory_file":"FILE"}$' "$kind.txt" || true)" \
		"$headers" "$kind: every reply says that it is simulated"
done

# --- points in which servers differ

# quirk WORDS PATTERN WHAT: the stream of a server that differs from llama-server in these
quirk()
{
	local options=()
	for word in $1; do
		options+=(--quirk "$word")
	done
	serve --api openai --device instant --speed 100 --ready-after 0s "${options[@]}"
	wait_for 'curl -sf -o /dev/null "$sim_url/health"'
	curl -s -N -i "$sim_url/v1/chat/completions" -d "{\"stream\":true,$question,\"max_tokens\":3}" >stream
	like "$(tr '\r\n' '\\|' <stream)" "$2" "$1: $3"
}

quirk lines=crlf 'finish_reason":null.*\}\\\|\\\|data: \[DONE\]\\\|\\\|$' "lines end with CR LF"
quirk done=unended '\|data: \[DONE\]$' "the last line has no end"
quirk 'done=absent first=none' '"finish_reason":"length"\}\][^|]*\|\|$' "no [DONE]"
quirk 'data=bare first=none' '\|data:\{"choices":.*data:\[DONE\]' "no blank after data:"
quirk http=1.0 '^HTTP/1.0 200 OK' "HTTP/1.0"
quirk usage=each '(.*"usage":\{"prompt_tokens":8,"completion_tokens":[123],){4}' "counts on every chunk"
quirk usage=always '"choices":\[\],.*"usage":' "counts that nobody asked for"
quirk timings=old '"predicted_n":3,"predicted_ms":0\.400,"predicted_per_token_ms":0\.133333,"predicted_per_second":7500\.' "the older definition of a rate"
quirk writes=split '"content":" energy".*data: \[DONE\]' "events in two writes"
quirk events=merged '\[DONE\]' "tokens of a wake-up in one event"
quirk 'usage=always timings=metrics' '"metrics":\{"time_to_first_token_ms":.*"queue_time_ms":' "times of a request"

serve --api openai --device instant --speed 100 --ready-after 0s --half-characters 2 --stream-interval 1
chat '"max_tokens":4'
is "$(grep -c '"content":""' <<<"$body") $(events)" "1 3" "a token that ends inside of a character has no text; the last one's half comes"
serve --api openai --kind mlx_lm --device instant --speed 100 --ready-after 0s --half-characters 2
chat '"max_tokens":4'
is "$(grep -c '"content":""' <<<"$body")" 0 "… or no event"
serve --api openai --device instant --speed 100 --ready-after 0s --stream-interval 4
chat '"max_tokens":10'
is "$(events)" 3 "10 tokens in events of 4"
whole_text=$(words)
whole '"max_tokens":10'
is "$(value content)" "$whole_text" "the same words when not streamed"

serve --api openai --kind vllm --model deepseek-r1:1.5b --device instant --speed 100 --ready-after 0s
chat '"max_tokens":8'
is "$(grep -c '"reasoning":"' <<<"$body") $(grep -c '"content":"[^"]' <<<"$body")" "2 6" "thoughts, then the answer"
serve --api openai --kind tgi --model deepseek-r1:1.5b --device instant --speed 100 --ready-after 0s
chat '"max_tokens":8'
like "$(words)" 'u003cthink.u003e.*u003c/think.u003e' "thoughts in the text, in tags"

# --- how long an answer is

serve --api openai --device instant --speed 10000 --ready-after 0s --context-size 1000
whole '"max_tokens":900'
like "$body" '"finish_reason":"stop"' "an answer ends by itself"
whole '"max_tokens":900,"ignore_eos":true'
like "$body" '"finish_reason":"length".*"completion_tokens":900,' "ignore_eos: it does not"
whole '"ignore_eos":true'
like "$body" '"prompt_tokens":8,"completion_tokens":992,' "the context's end ends it"
whole '"max_tokens":5,"n_predict":7'
like "$body" '"completion_tokens":7,' "n_predict comes before max_tokens"
whole '"max_tokens":"x"'
is "$status" 400 "a limit that is no number"
whole '"max_tokens":3,"n":2'
is "$status" 400 "one choice only"
serve --api openai --kind transformers --device instant --speed 10000 --ready-after 0s
whole '"generation_config":"{\"max_new_tokens\":600,\"min_new_tokens\":600}"'
like "$body" '"completion_tokens":600,' "transformers: a generation_config forces the length"

# --- the prompt cache, and images

serve --api openai --device instant --speed 100 --ready-after 0s
whole '"max_tokens":2'
whole '"max_tokens":2'
like "$body" '"cached_tokens":7.*"cache_n":7,"prompt_n":1,' "the same prompt again: all but one token are cached"
whole '"max_tokens":2,"cache_prompt":false'
like "$body" '"cached_tokens":0.*"prompt_n":8,' "cache_prompt false"
serve --api openai --kind sglang --device instant --speed 100 --ready-after 0s --quirk cached=said
wait_for 'curl -sf -o /dev/null "$sim_url/v1/models"'
whole '"max_tokens":2'
whole '"max_tokens":2,"cache_salt":"a"'
like "$body" '"cached_tokens":0' "another cache_salt"
whole '"max_tokens":2'
like "$body" '"cached_tokens":7' "… and the old one"
post /flush_cache ''
whole '"max_tokens":2'
like "$body" '"cached_tokens":0' "/flush_cache"

png=iVBORw0KGgoAAAANSUhEUgAA
# see IMAGE: asks what is on it
see() { post /v1/chat/completions "{\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is this?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"$1\"}}]}]${2:-}}"; }
prompt_ms() { sed -n 's/.*"prompt_ms":\([0-9]*\)\..*/\1/p' <<<"$body"; }

serve --api openai --model qwen3-vl:2b --speed 10 --ready-after 0s --quirk cache=by-request
see "data:image/png;base64,${png}AAAA"
like "$body" '"prompt_tokens":260,' "an image is 256 tokens, the text 4"
cold=$(prompt_ms)
see "data:image/png;base64,${png}BBBB"
like "$body" '"cached_tokens":0[},]' "another image: another slot"
see "data:image/png;base64,${png}AAAA"
like "$body" '"cached_tokens":259[},]' "the same image again is cached"
see "data:image/png;base64,${png}AAAA" ',"cache_prompt":false'
again=$(prompt_ms)
[ "$again" -ge 58 ]
ok $? "cache_prompt false encodes it again: $again ms"
[ "$cold" -ge 58 ]
ok $? "an encoder's time is in prompt_ms: $cold ms"
see "data:image/png;base64,xx"
is "$status" 400 "no image"
serve --api openai --device instant --speed 100 --ready-after 0s
see "data:image/png;base64,$png"
is "$status" 500 "a model that does not see"
serve --device instant --speed 100
wait_for 'curl -sf -o /dev/null "$sim_url/api/version"'
post /api/generate "{\"model\":\"qwen3-vl:2b\",\"prompt\":\"x\",\"stream\":false,\"images\":[\"$png\"],\"options\":{\"num_predict\":1}}"
like "$body" '"prompt_eval_count":258,' "Ollama: images count"
post /api/generate "{\"model\":\"llama3.2\",\"prompt\":\"x\",\"stream\":false,\"images\":[\"$png\"]}"
is "$status $body" '500 {"error":"this model is missing data required for image input"}' "Ollama: a model that does not see"

# --- slots, queues, overload

serve --api openai --device instant --speed 10 --ready-after 0s --parallel 1 --metrics
for i in 1 2 3; do
	curl -s -N -o "$i.out" -w '%{time_starttransfer} %{time_total}\n' "$sim_url/v1/chat/completions" \
		-d "{\"stream\":true,$question,\"max_tokens\":100}" >"$i.times" &
	clients[i]=$!
done
wait_for 'curl -s "$sim_url/metrics" | grep -q "^llamacpp:requests_deferred 2"'
like "$(curl -s "$sim_url/metrics")" '^llamacpp:requests_processing 1$' "/metrics: one is answered, two wait"
get '/slots?fail_on_no_slot=1'
is "$status" 503 "/slots?fail_on_no_slot=1"
get /slots
like "$body" '^\[\{"id":0,"n_ctx":4096,"speculative":false,"is_processing":true,"n_prompt_tokens":8,.*"n_decoded":[0-9]+\}\]\}\]$' "/slots"
wait "${clients[1]}" "${clients[2]}" "${clients[3]}"
first=$(sort -n ./*.times | sed -n '3s/ .*//p')
perl -e 'exit !($ARGV[0] > 0.3)' "$first"
ok $? "the last one's header came when its turn came: after $first s"
metrics=$(curl -s "$sim_url/metrics")
like "$metrics" '^llamacpp:tokens_predicted_total 300$' "/metrics: tokens of all three"
unlike "$metrics" '^llamacpp:predicted_tokens_seconds 0$' "/metrics: a rate since the last scrape"
like "$(curl -s "$sim_url/metrics")" '^llamacpp:predicted_tokens_seconds 0$' "… which a scrape resets"

# overload OPTION… -- STATUS PATTERN WHAT: a stream that is one too many
overload()
{
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	serve --api openai --device instant --ready-after 0s --parallel 1 --queue-limit 0 "${options[@]}"
	wait_for 'curl -sf -o /dev/null "$sim_url/v1/models"'
	rm -f first
	curl -s -N -o first "$sim_url/v1/chat/completions" -d "{\"stream\":true,$question,\"ignore_eos\":true}" &
	client=$!
	wait_for '[ -s first ]'
	chat '"max_tokens":2'
	is "$status" "$2" "$4"
	like "$body" "$3" "… in its own words"
	kill "$client"
	wait "$client" 2>/dev/null
	wait_for 'curl -s "$sim_url/v1/chat/completions" -d "{\"max_tokens\":1,$question}" | grep -q completion_tokens'
	ok $? "… and a client that goes away leaves its slot"
}

overload --kind vllm -- 503 '^\{"error":\{"message":"The request queue is full.",.*"code":503\}\}$' "vllm: 503 at once"
overload --kind openai -- 429 '"code":429' "429 at once"
overload --kind koboldcpp -- 503 '^\{"detail":\{"msg":"Server is busy; please try again later.","type":"service_unavailable"\}\}$' "koboldcpp: 503"
overload --kind sglang -- 200 '^data: \{"error":\{"object":"error".*"code":503\}\}$' "sglang: an error in a stream with status 200"
overload --kind tgi -- 200 '^data: \{"error":\{"message":"Model is overloaded","http_status_code":422\}\}$' "tgi: the same"

# --- the start

serve --api openai --device instant --ready-after 700ms
get /health
is "$status $(value message)" "503 Loading model" "llama-server: 503 while the model loads"
wait_for 'curl -sf -o /dev/null "$sim_url/health"'
ok $? "… then ready"
port=$(free_port)
"$LLMBENCH_SIM" --api openai --kind vllm --port "$port" --ready-after 700ms </dev/null >sim.out 2>sim.err2 &
other=$!
ask "http://127.0.0.1:$port/health"
is "$curl_status" 7 "vllm: no connection while the model loads"
wait_for 'curl -sf -o /dev/null "http://127.0.0.1:$port/health"'
ok $? "… then ready"
kill "$other"
wait "$other"
serve --api openai --kind mlx_lm --device instant --ready-after 3s
get /health
is "$status" 200 "mlx_lm: always well"
ask -w '%{http_code} %{time_total}' "$sim_url/v1/chat/completions" -d "{\"max_tokens\":1,$question}"
perl -e 'exit !((split " ", $ARGV[0])[1] > 0.5)' "$status"
ok $? "… but the first answer waits for the model: $status"
memory=$(sed -n 's/.*"memory_file":"\([^"]*\)".*/\1/p' <<<"$(curl -s "$sim_url/v1/models")")
like "$(cat "$memory")" '^[1-9][0-9]+ 1099511627776$' "the memory file has the model"
run "$LLMBENCH_SIM" --api openai --model llama3.1:70b --device cpu-8g --port 0
is "$status" 3 "a model that does not fit: the server does not start"
like "$stderr" '^llmbench-sim: cannot load llama3.1:70b: ' "… and says so"

# --- connections

serve --api openai --device instant --ready-after 0s
wait_for 'curl -sf -o /dev/null "$sim_url/health"'
urls=()
for _ in $(seq 120); do
	urls+=(-o /dev/null "$sim_url/health")
done
is "$(curl -s -w '%{num_connects} ' "${urls[@]}" | tr -d ' 0')" 11 "llama-server: 100 requests of a connection, then another"

# --- answers that break off

# broken KIND FAULT CURL-STATUS PATTERN WHAT
broken()
{
	serve --api openai --kind "$1" --device instant --speed 100 --ready-after 0s --ping-interval 100ms --fault "$2"
	wait_for 'curl -sf -o /dev/null "$sim_url/v1/models"'
	ask -m 1 "$sim_url/v1/chat/completions" -d "{\"stream\":true,$question,\"max_tokens\":9}"
	is "$curl_status $(events)" "$3" "$1, $2: $5"
	like "$(tail -n 2 <<<"$body")" "$4" "… its last line"
	[ "$(grep -c '"finish_reason":"' <<<"$body")" = 0 ]
	ok $? "… without finish_reason"
}

broken llama-server stall=3 '28 3' '"content":"' "nothing more"
broken llama-server ping=3 '28 3' '^:$' "only comment lines"
broken llama-server reset=3 '56 3' '"content":"' "reset"
broken llama-server cut=3 '18 3' '"content":"' "no last chunk"
broken mlx_lm cut=3 '0 3' '"content":"' "HTTP/1.0 hides it"
broken llama-server end=3 '0 3' '"content":"' "ended as HTTP wants it"
broken llama-server done=3 '0 3' '^data: \[DONE\]$' "only [DONE]"
broken llama-server error=3 '0 3' '^data: \{"error":\{"code":500,' "an error"
broken vllm error=3 '0 3' '^data: \[DONE\]$' "an error, then [DONE]"
broken transformers error=0 '0 0' '^data: \{"error":"the simulated fault' "an error before the first token"
serve --api openai --device instant --speed 100 --ready-after 0s --fault cut=1,request=2 --fault reset=0,request=3
codes=
for _ in 1 2 3 4; do
	chat '"max_tokens":2'
	codes="$codes $curl_status"
done
is "$codes" " 0 18 56 0" "faults of single requests"
while IFS='~' read -r option value message; do
	run "$LLMBENCH_SIM" --api openai --port 0 "$option" "$value"
	is "$status" 2 "$option $value: status 2"
	like "$stderr" "^llmbench-sim: .*$message" "$option $value: told"
done <<'MISTAKES'
--fault~x~allowed: stall, ping, reset,
--fault~cut=x~allowed: 
--fault~cut,request=0~allowed: 
--kind~none~no such kind "none"; allowed: llama-server, vllm,
--quirk~done=x~no such done "x"; allowed: sent, absent, unended
--quirk~none~no such quirk "none"
--model~none~no such model "none"
--parallel~0~allowed: 1 to 
--ready-after~x~allowed: a time
MISTAKES
run "$LLMBENCH_SIM" --kind vllm
like "$stderr" '^llmbench-sim: --kind: only with --api openai or whisper$' "a kind of Ollama"

# --- embeddings, tokens, truths

serve --api openai --device instant --speed 100 --ready-after 0s --embeddings
post /v1/embeddings '{"model":"m","input":["a b","c"]}'
like "$body" '"index":1,"embedding":\[.*"model":"m","usage":\{"prompt_tokens":5,"total_tokens":5\}\}$' "embeddings"
post /v1/embeddings '{"input":"a","encoding_format":"base64"}'
is "$(value embedding | perl -MMIME::Base64 -ne 'print length decode_base64($_)')" 64 "embeddings in Base64: 16 floats"
post /tokenize '{"content":"a b c"}'
is "$body" '{"tokens":[1000,1001,1002,1003]}' "/tokenize"
rm -f truth
serve --api openai --device instant --speed 100 --ready-after 0s
chat '"max_tokens":4'
wait_for '[ -s truth ]'
like "$(cat truth)" '"prompt":"Why is the blue sky blue\?","complete":true,.*"token_due_ns":\[[0-9]+,[0-9]+,[0-9]+,[0-9]+\],"token_write_ns":\[[0-9]+,[0-9]+,[0-9]+,[0-9]+\]\}$' "--truth: when each token was due and written"

# --- recordings

perl -e 'my $n = 16000 * 2 * 40; print pack("a4Va4a4VvvVVvva4V", "RIFF", 36 + $n, "WAVE", "fmt ", 16, 1, 1, 16000, 32000, 2, 16, "data", $n), "\1\2" x ($n / 2)' >40s.wav
head -c 160044 40s.wav >5s.wav # its header says 40 s

# hear PATH FILE FIELD…
hear()
{
	local path=$1 file=$2 fields=()
	shift 2
	for field in "$@"; do
		fields+=(-F "$field")
	done
	ask "$sim_url$path" -F "file=@$file" "${fields[@]}"
}

for kind in whisper.cpp vllm speaches mlx-audio transformers localai openai; do
	serve --api whisper --kind "$kind" --device instant --speed 1000
	path=/v1/audio/transcriptions
	[ "$kind" != whisper.cpp ] || path=/inference
	send=(curl -s -i -N -H Expect: "$sim_url$path" -F file=@40s.wav -F model=m)
	{
		for format in default json text verbose_json srt vtt; do
			field=(-F "response_format=$format")
			[ $format != default ] || field=()
			echo ">>> $format"
			"${send[@]}" ${field[@]+"${field[@]}"}
			echo
		done
		echo ">>> stream"
		"${send[@]}" -F stream=true
		echo ">>> errors"
		curl -s -w ' %{http_code}\n' "$sim_url$path" -F model=m
		curl -s -w ' %{http_code}\n' "$sim_url$path" -F model=m -F file=@40s.wav -F beam_size=5 -F response_format=text
		curl -s -w ' %{http_code}\n' "$sim_url$path" -F model=m -F "file=@$ROOT/Makefile"
		curl -s -w ' %{http_code}\n' "$sim_url$path" -F file=@5s.wav -F response_format=text
		curl -s -w ' %{http_code}\n' "$sim_url/nowhere"
		curl -s "$sim_url/health"
	} 2>&1 | plain >"whisper-$kind.txt"
	same_file "expected/sim_api/whisper-$kind.txt" "whisper-$kind.txt" "$kind: replies, to the letter"
done

serve --api whisper --speed 20
times=()
for form in 'file=@5s.wav' 'file=@5s.wav' 'file=@40s.wav' 'file=@5s.wav response_format=verbose_json'; do
	fields=()
	for field in $form; do
		fields+=(-F "$field")
	done
	times+=("$(curl -s -o /dev/null -w '%{time_total}' "$sim_url/inference" "${fields[@]}")")
done
perl -e 'my ($cold, $warm, $long, $verbose) = @ARGV; my $w = 0.0100; exit !($cold > 4 * $w && $warm > $w && $long > 2 * $w && $verbose > 2 * $w)' "${times[@]}"
ok $? "the first is slower, 40 s are two windows, verbose_json detects the language first: ${times[*]}"
clients=()
for _ in 1 2 3; do
	curl -s -o /dev/null "$sim_url/inference" -F file=@40s.wav &
	clients+=($!)
done
wait "${clients[@]}"
wait_for '[ "$(grep -c complete truth)" = 7 ]'
is "$(grep -c '"model":"whisper-base"' truth)" 7 "--truth: a line for each"
perl -ne '
	my ($begin) = /"slot_ns":(\d+)/;
	my ($end) = /"prefill_end_ns":(\d+)/;
	exit 1 if $begin < ($last // 0) || $end <= $begin;
	$last = $end' truth
ok $? "one after the other"
serve --api whisper --kind openai --device instant --speed 100 --fault cut=1
hear /v1/audio/transcriptions 40s.wav model=m stream=true
is "$curl_status $(grep -c delta <<<"$body")" "18 1" "a stream that is cut after its first window"

curl -s -N -m 30 "$sim_url/v1/audio/transcriptions" -F file=@40s.wav -F model=m >/dev/null &
client=$!
kill -TERM "$sim_pid"
wait "$sim_pid"
is $? 0 "TERM: status 0"
wait "$client"
sim_pid=

finish
