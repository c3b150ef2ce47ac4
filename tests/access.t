#!/usr/bin/env bash
# Keys of servers: sent to them, and never written; forms of giving one that are refused, with their cure. The server says
# its key wherever a server can say anything (support/echo_server.pl).
#
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

key=sk-0123/4567+89abcdef
export MY_KEY=$key ECHO_TEXT="bad key $key," ECHO_KEY=$key ECHO_MODELS=m
server="perl $ROOT/tests/support/echo_server.pl"

# matrix SERVER LINE…: a matrix of two cells.
matrix()
{
	printf '%s\n' "server: $1" 'model: m' 'seed: [1, 2]' 'requests: 12' 'concurrency: 2' 'calibrate: false' \
		'ready_timeout: 30s' "${@:2}" >m.conf
}

# Whatever of the results, stdout and stderr has the key, in any of the forms in which files have bytes.
leaks()
{
	grep -rlaF -e "$key" -e "${key//\//\\/}" out .stdout .stderr
}

# measured WHAT: the run with m.conf is measured, and the key stands nowhere.
measured()
{
	rm -rf out
	run "$LLMBENCH" --matrix m.conf --out out
	like "$(cat out/m/*/cells.jsonl)" '"ok":[1-9]' "$1: the server answers who has its key" || diagnose "$stderr"
	like "$(cat out/m/*/records.jsonl)" '"error":"bad key [*]+,"' "its errors are kept without the key"
	is "$(leaks)" "" "the key stands in no file of the results, nor on stdout or stderr"
	for format in md json csv html junit; do
		run "$LLMBENCH" report out/m --format "$format"
		is "$(leaks)" "" "nor in the report as $format"
	done
}

port=$(free_port)
$server "$port" >server.log 2>&1 &
echo_pid=$!
wait_for "grep -q listening server.log && curl -s -o /dev/null http://127.0.0.1:$port/"

matrix "{url: http://127.0.0.1:$port, api_key_env: MY_KEY}"
measured "a running server"
like "$(cat out/m/*/run.json)" '"api_key_env": "MY_KEY"' "the run tells the name of the variable"
run "$LLMBENCH" doctor --matrix m.conf
like "$stdout" '[|] m ' "the doctor is answered too"
is "$(leaks)" "" "and tells no key"
run "$LLMBENCH" plan --matrix m.conf
is "$(leaks)" "" "nor does the plan"

matrix "{url: http://127.0.0.1:$port}"
run "$LLMBENCH" --matrix m.conf --out none
is "$status" 3 "without the key nothing can be measured"
kill "$echo_pid"
wait "$echo_pid" 2>/dev/null

matrix "{start: '$server {port}', adapter: ollama, api_key_env: MY_KEY, env: {OTHER_TOKEN: 'tok-123456789'}}"
measured "a server that was started, which has the key in its environment"
like "$(cat out/m/*/server-1.log)" 'bad key [*]+,' "its log has stars where the key was"
is "$(grep -rlaF 'tok-123456789' out)" "" "variables of the matrix whose names tell of a secret are blank in its copy"
like "$(cat out/m/*/run.json)" 'OTHER_TOKEN: .[*]+' "which is otherwise as it was"

# Killed, llmbench cannot clean what its server has written; the run that goes on does.
rm -rf out
start "$LLMBENCH" --matrix m.conf --out out
wait_for "grep -qsaF '$key' out/m/*/server-1.log || ! kill -0 $pid 2>/dev/null"
kill -KILL "$pid"
finished
# shellcheck disable=SC2016 # evaluated by wait_for
RUN_LIMIT=20 wait_for '[ -z "$(left_behind)" ]'
run "$LLMBENCH" --matrix m.conf --out out --resume
like "$(cat out/m/*/cells.jsonl)" '"ok":[1-9]' "a run that was killed goes on" || diagnose "$stderr"
is "$(leaks)" "" "and then there is no key in it either"

# refused SERVER WORDS WHAT: the matrix is a mistake, which is told without the key.
refused()
{
	matrix "$1"
	run "$LLMBENCH" plan --matrix m.conf
	is "$status" 2 "$3: a mistake"
	like "$stderr" "^llmbench: m.conf:1:[0-9]+: $2" "with its place and the cure"
	unlike "$stdout$stderr" "${key//+/[+]}" "and not the key"
}

export EMPTY_KEY='' SHORT_KEY=abc BLANK_KEY='two words of it'
url='url: http://127.0.0.1:1'
refused "{$url, api_key_env: NO_SUCH_KEY}" 'the variable "NO_SUCH_KEY", which api_key_env names, is not set: export' "an unset variable"
refused "{$url, api_key_env: EMPTY_KEY}" 'the variable "EMPTY_KEY", which api_key_env names, is empty' "an empty one"
refused "{$url, api_key_env: SHORT_KEY}" 'the key in "SHORT_KEY" has 3 characters' "one that cannot be hidden"
refused "{$url, api_key_env: BLANK_KEY}" 'the value of "BLANK_KEY" is no key' "one that is none"
refused "{$url, api_key_env: $key}" 'api_key_env names no variable that is set; .*api_key_env: NAME' "the key instead of its variable"
refused "{$url, api_key: $key}" '"api_key": no key stands in a matrix.*api_key_env: NAME' "the key in the matrix"
refused "{$url, headers: {Authorization: Bearer $key}}" '"headers": no key stands in a matrix.*api_key_env: NAME' "a header"
refused "{url: 'http://me:$key@127.0.0.1:1'}" "url has a user's name or password.*api_key_env: NAME" "a password in the URL"
refused "{url: 'http://$key@127.0.0.1:1'}" "url has a user's name or password" "a key in the URL"
refused "{start: 'llama-server --port {port} --api-key $key'}" 'start has a key behind --api-key.*api_key_env: NAME' "a key in the command line"
refused "{start: 'vllm serve --port {port} --api-key=$key'}" 'start has a key behind --api-key' "the same in one word"
refused "{url: 'https://127.0.0.1:1', ca_file: none.pem}" 'ca_file: cannot read "none.pem"' "certificates that are not there"
refused "{url: 'https://127.0.0.1:1', ca_file: m.conf}" 'ca_file "m.conf" has no certificate' "a file without any"
run "$LLMBENCH" doctor --server "http://me:$key@127.0.0.1:1"
is "$status" 2 "doctor: a password in the URL is a mistake"
unlike "$stdout$stderr" "${key//+/[+]}" "that is told without it"
matrix "{$url}"
run "$LLMBENCH" plan --matrix m.conf --set server.api_key=x
like "$stderr" '^llmbench: --set server.api_key=x: "api_key": no key stands' "--set: the same"
finish
