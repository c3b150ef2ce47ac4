#!/usr/bin/env bash
# Servers of a matrix: recognized by asking, several of them in one table, and what is told of one that cannot be had.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

simulator="$LLMBENCH_SIM --device m4-16g --speed 1000"

# matrix LINE…: writes m.conf: the lines, and what keeps a run short.
matrix()
{
	printf '%s\n' 'title: Test' 'warmup: 0' 'sample_interval: 100ms' 'requests: 4' 'output_tokens: 8' 'calibrate: false' \
		"$@" >m.conf
}

# The newest run directory of results/OUT.
run_folder()
{
	find "$1/m" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1
}

# A server of loopback that answers every request with one status, and is none that llmbench knows; sets stranger_url.
stranger()
{
	local port
	port=$(free_port)
	perl -MIO::Socket::INET -e '
		my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 9, ReuseAddr => 1);
		while (my $client = $listener->accept) {
			while (<$client>) { last if /^\r?$/ }
			print $client "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
			close $client;
		}' "$port" </dev/null >/dev/null 2>&1 &
	stranger_pid=$!
	stranger_url=http://127.0.0.1:$port
	wait_for "[ \"\$(curl -s -o /dev/null -w '%{http_code}' $stranger_url/)\" = 404 ]"
}

stranger_stop()
{
	kill "$stranger_pid"
	wait "$stranger_pid" 2>/dev/null
}

# --- by asking

sim_start --device m4-16g --speed 1000
matrix "server: {url: '$sim_url'}" 'model: llama3.2'
run "$LLMBENCH" --matrix m.conf --out asked
is "$status" 0 "a server at a URL is asked what it is"
like "$(cat "$(run_folder asked)/run.json")" '"adapter": *"ollama"' "its adapter stands in run.json"
like "$(cat "$(run_folder asked)/summary.json")" '"kind": *"[a-z-]+"' "its kind in summary.json"
run "$LLMBENCH" doctor --server "$sim_url"
is "$status" 0 "doctor"
like "$stdout" "^- $sim_url: .*simulated.*by the adapter ollama" "tells which server answers"
like "$stdout" '^- It can list its models, .*unload a model' "what it can do"
like "$stdout" '^- While it runs it keeps its own: .*parallel' "and what only a start can set"
sim_stop

stranger
matrix "server: {url: '$stranger_url'}" 'model: llama3.2'
run "$LLMBENCH" --matrix m.conf
is "$status" 2 "a server that is none of those known: status 2"
like "$stderr" "^llmbench: $stranger_url: it is no server that llmbench recognizes [(]GET / answered 404.*kind.*ollama" \
	"it says what was tried, and the cure"
run "$LLMBENCH" doctor --server "$stranger_url"
like "$stdout" "^- $stranger_url: not recognized: GET / answered 404" "so does doctor"
stranger_stop

printf '%s\n' '#!/bin/sh' "exec $simulator --port \"\$2\"" >wrapper
chmod +x wrapper
matrix "server: {start: '$scratch/wrapper --port {port}'}" 'model: llama3.2'
run "$LLMBENCH" --matrix m.conf --out wrapped
is "$status" 0 "a server behind a program of another name is asked when it runs"
like "$stdout" '^- Server: wrapper, a [a-z-]+, version .*started by' "the report tells its name and its kind"
none_left_behind

matrix "server: {start: 'perl -e sleep(600) {port}'}" 'model: llama3.2' 'ready_timeout: 1s'
run "$LLMBENCH" --matrix m.conf --out silent
is "$status" 1 "a server that never answers: its cells fail"
like "$stderr" 'not ready within 1 s: it is no server that llmbench recognizes [(]GET / had no answer' "with what was tried"
none_left_behind

# --- several

matrix "server:" "  - {name: one, start: '$simulator'}" "  - {name: gone, start: 'no-such-server --port {port}'}" \
	"  - {name: ends, start: 'sh -c \"echo no room for {model}; exit 3\" {port}'}" \
	"  - {name: away, url: 'http://127.0.0.1:$(free_port)'}" "  - {name: two, start: '$simulator', models: {tiny: 'llama3.2:1b'}}" \
	"  - {name: lacks, start: '$simulator'}" 'model: [llama3.2, tiny]' \
	'except: [{server: one, model: tiny}, {server: [gone, ends, away, lacks], model: llama3.2}]' 'parallel: 2'
run "$LLMBENCH" --matrix m.conf --out several
is "$status" 1 "servers that cannot be had fail their cells, and the sweep goes on"
report=$(cat several/m.md)
like "$report" '^[|] Framework [|] Queue Size [|] Context Size [|] Requests [|] Number of Parallel' "one table with the servers"
like "$report" '^[|] one [|]  [|] 2048 [|] 4 [|] 2 [|] [0-9.]+ [|] 0 [|] Memory Usage' "a server that runs has its figures"
is "$(grep -c '^| two |  | 2048 | 4 | 2 | [0-9.]* | 0 | Memory' <<<"$report")" 2 "so has the last, by its own name of a model"
like "$report" '^[|] gone [|].*[|]  [|]  [|] .*no program "no-such-server" in PATH.* [|]$' \
	"a program that is not there has a row with the reason"
like "$report" '^[|] ends [|].*[|]  [|]  [|] no room for tiny [|]$' "a server that ends tells its last words"
like "$stderr" '^cell .*no server at http://127.0.0.1' "nobody at a URL fails the cell"
like "$stderr" '^cell .*"tiny" is not installed on this server' "so does a model that one of them lacks"
is "$(grep -c '^- Server: ' <<<"$report")" 6 "each server is told under the tables"
like "$report" '^- Server: two, a llmbench-sim, version .*model tiny is llama3.2:1b' "with its kind and its name of the model"
none_left_behind

# --- one that is replaced

# forward FILE FIRST SECOND: a server that passes connections on to the port FIRST, and once FILE has a line to SECOND;
# sets forward_pid and forward_url.
forward()
{
	local port
	port=$(free_port)
	perl -MIO::Socket::INET -e '
		my ($port, $file, @to) = @ARGV;
		$SIG{CHLD} = "IGNORE";
		my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 64, ReuseAddr => 1);
		while (my $client = $listener->accept) {
			next if fork;
			my $second = grep { -s } glob $file;
			my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $to[$second ? 1 : 0]) or exit;
			my ($from, $into) = fork ? ($client, $server) : ($server, $client);
			my $bytes;
			syswrite $into, $bytes while sysread $from, $bytes, 65536;
			shutdown $into, 1;
			exit;
		}' "$port" "$@" </dev/null >/dev/null 2>&1 &
	forward_pid=$!
	forward_url=http://127.0.0.1:$port
	wait_for "curl -s -o /dev/null $forward_url/"
}

sim_start --device m4-16g --speed 1000
first=$sim_pid:${sim_url##*:}
sim_start --device m4-16g --speed 1000 --ollama-version 0.9.0
forward "$PWD/replaced/m/*/cells.jsonl" "${first#*:}" "${sim_url##*:}"
matrix "server: {url: '$forward_url'}" 'model: llama3.2' 'concurrency: [1, 2, 3]'
run "$LLMBENCH" --matrix m.conf --out replaced
is "$status" 0 "a server at a URL that is replaced during the run"
like "$stderr" "$forward_url is another server than before" "is told once"
is "$(grep -c 'is another server' <<<"$stderr")" 1 "and not for each cell"
is "$(grep -o 'its server was replaced during the run: version 0.9.0' "$(run_folder replaced)/cells.jsonl" | grep -c .)" 2 \
	"the cells after it are flagged"
unlike "$(head -n 1 "$(run_folder replaced)/cells.jsonl")" 'was replaced' "the one before it is not"
kill "$forward_pid" "${first%:*}"
wait "$forward_pid" "${first%:*}" 2>/dev/null
sim_stop
none_left_behind
finish
