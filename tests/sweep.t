#!/usr/bin/env bash
# What a run does when the server or the user gets in its way: a clear message, the right status, nothing measured
# lost, no process left behind.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

simulator="$LLMBENCH_SIM --device m4-16g"

# matrix LINE…: writes m.conf: the lines, and what keeps a run short.
matrix()
{
	printf '%s\n' 'title: Test' 'warmup: 0' 'sample_interval: 100ms' "$@" >m.conf
}
small='requests: 4'

# The newest run directory; rows of its report; lines of one of its files.
run_folder()
{
	find "$1/m" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1
}

rows()
{
	grep -c '^| [0-9]* | 2048 |' "$(run_folder "$1")/report.md"
}

lines_of()
{
	grep -c '' "$(run_folder "$1")/$2"
}

# --- all is well

matrix "server: {start: '$simulator --speed 1000'}" 'model: llama3.2' 'parallel: [2, 1]' 'output_tokens: 8' "$small"
run "$LLMBENCH" --matrix m.conf --out good
is "$status" 0 "a run that goes well: status 0"
is "$(lines_of good cells.jsonl)" 2 "a line for each cell"
is "$(lines_of good records.jsonl)" 8 "a line for each request"
is "$stdout" "$(without_charts "$(run_folder good)/report.md")" "the report is on stdout"
is "$(without_charts good/m.md)" "$stdout" "and published"
like "$stderr" '^cell 1/2 llama3[.]2.*: done' "a plain line for each cell"
like "$stderr" '^cell 2/2 llama3[.]2.*: done' "also for the last"
none_left_behind

run "$LLMBENCH" --matrix m.conf --out quiet --quiet
is "$stderr" "" "--quiet: nothing on stderr"

run "$LLMBENCH" report good/m --format json
is "$status" 0 "the run can be reported again"
like "$stdout" '"schema": *"llmbench[.]summary/1"' "as JSON"
run "$LLMBENCH" report good/m
is "$stdout" "$(without_charts good/m.md)" "as markdown it is the same"
run "$LLMBENCH" report good/m --format html --output page.html
is "$status $(head -n 1 page.html)" "0 <!DOCTYPE html>" "as a page"
is "$(grep -c '<td class="number" data-value="2048">2048</td>' page.html)" 2 "with the table's rows"

# --- a server that is running already

sim_start --device m4-16g --speed 1000
matrix "server: {url: '$sim_url'}" 'model: llama3.2' 'parallel: 4' 'output_tokens: 8' "$small"
run "$LLMBENCH" --matrix m.conf --out running
is "$status" 0 "a server that is running already is used"
like "$stderr" "^llmbench: $sim_url is already running: .*parallel.* cannot be set" "what cannot be set there is told"
like "$stdout" '^[|].*[|] 4 [|] 4 [|].*not set on a running server: parallel' "also in the row"
kill -0 "$sim_pid"
ok $? "it is left running"
sim_stop

# --- the server cannot be had

matrix "server: {start: 'no-such-program --port {port}'}" 'model: llama3.2'
run "$LLMBENCH" --matrix m.conf --out absent
is "$status" 2 "a program that is not there: status 2"
is "$(grep -c '"reason": *"bringing the server up: no program ..no-such-program.. in PATH' absent/m/*/summary.json)" 1 \
	"the cell tells the reason too"

port=$(free_port)
matrix "server: {url: 'http://127.0.0.1:$port'}" 'model: llama3.2'
run "$LLMBENCH" --matrix m.conf
is "$status" 3 "a port where nothing listens: status 3"
like "$stderr" "^llmbench: no server at http://127.0.0.1:$port: .*start:" "with the URL and the cure"
[ ! -e results/m.md ]
ok $? "and no report is published"

matrix 'server: {start: "no-such-server --port {port}"}' 'model: llama3.2'
run "$LLMBENCH" --matrix m.conf
is "$status" 2 "a server program that does not exist: status 2"
like "$stderr" '^llmbench: .*no-such-server' "it is named"

matrix 'server: {adapter: ollama, start: "sh -c '"'"'echo cannot open the model store; exit 7'"'"'"}' 'model: llama3.2' 'parallel: [2, 1]'
run "$LLMBENCH" --matrix m.conf --out ends
is "$status" 1 "a server that ends at once: the cells fail"
like "$stderr" 'exit status 7' "with its exit status"
is "$(rows ends)" 2 "both cells have a row"
like "$(cat "$(run_folder ends)"/server-*.log)" 'cannot open the model store' "its output is kept"
is "$(grep -c '^|.*|  |  | cannot open the model store |$' "$(run_folder ends)/report.md")" 2 "and its last words are the row's"
none_left_behind

matrix 'server: {adapter: ollama, start: "sh -c '"'"'sleep 600 & sleep 600'"'"'"}' 'model: llama3.2' 'ready_timeout: 1s'
run "$LLMBENCH" --matrix m.conf --out never
is "$status" 1 "a server that never becomes ready: the cell fails"
like "$stderr" 'not ready within 1 s' "and why is told"
like "$(cat "$(run_folder never)/report.md")" '^[|].*[|]  [|]  [|] .* [|]$' "its row has neither duration nor errors"
none_left_behind

matrix "server: {start: '$simulator --speed 1000'}" 'model: [llama3.2, no-such-model]' "$small"
run "$LLMBENCH" --matrix m.conf --out unknown
is "$status" 2 "a model that the server does not have: status 2"
like "$stderr" '^llmbench: .*no-such-model' "it is named"
is "$(lines_of unknown records.jsonl)" 0 "before anything was measured"
none_left_behind

matrix "server: {start: '$simulator --speed 1000'}" 'model: llama3.2' "$small"
run "$LLMBENCH" --matrix m.conf --out /dev/null/results
is "$status" 2 "a folder that cannot be made: status 2"
like "$stderr" '^llmbench: .*/dev/null/results' "it is named"

# --- in the middle of a sweep: the first cell is quick, the second takes seconds

# The process of the simulator that the run under test started.
simulator_pid()
{
	left_behind | sed -n 's/^\([0-9]*\): .*llmbench-sim .*/\1/p' | head -n 1
}

# begin FOLDER: starts a run and waits until requests of its second cell have been answered: the simulator's truth has
# one line for each answer.
begin()
{
	matrix "server: {start: '$simulator --speed 20 --truth $scratch/$1.truth'}" 'model: llama3.2' 'parallel: 1' \
		'requests: [1, 100]' 'output_tokens: 40'
	start "$LLMBENCH" --matrix m.conf --out "$1"
	wait_for "[ \"\$(grep -c . $1.truth 2>/dev/null)\" -ge 5 ] 2>/dev/null || ! kill -0 $pid 2>/dev/null"
}

begin dies
kill -KILL "$(simulator_pid)"
finished
is "$status" 1 "a server that dies in the middle: the sweep goes to its end, but a cell failed"
is "$(rows dies)" 2 "every cell has a row"
is "$(lines_of dies cells.jsonl)" 2 "and a line in the journal"
is "$(lines_of dies records.jsonl)" 101 "and every request a record"
like "$(cat "$(run_folder dies)/report.md")" '^[|].*[|] 100 [|] 1 [|] [^|]* [|] [1-9][0-9] [|] .* [|]$' "the failed ones are counted"
none_left_behind

for signal in INT TERM; do
	begin "stopped-$signal"
	kill -s "$signal" "$pid"
	finished
	is "$status" 3 "$signal in the middle: status 3"
	like "$stderr" '^llmbench: interrupted in cell 2 of 2' "it says where"
	is "$(rows "stopped-$signal")" 2 "the report has a row for each cell"
	is "$(lines_of "stopped-$signal" records.jsonl)" 101 "every request that was sent or due has a record"
	[ "$(grep -c '"ok"' "$(run_folder "stopped-$signal")/records.jsonl")" -gt 1 ]
	ok $? "also the ones that were answered in the second cell"
	[ ! -e "stopped-$signal/m.md" ]
	ok $? "an unfinished report is not published"
	run "$LLMBENCH" report "$(run_folder "stopped-$signal")"
	is "$status" 0 "but can be had from its folder"
	like "$stdout" '^[|].*[|] 1 [|] 1 [|] [0-9]' "with what was measured"
	none_left_behind
done

for signal in KILL SEGV; do
	begin "crashed-$signal"
	kill -s "$signal" "$pid"
	finished
	[ "$status" -gt 128 ]
	ok $? "$signal in the middle: dies of it"
	is "$(lines_of "crashed-$signal" cells.jsonl)" 1 "the finished cell is on disk"
	none_left_behind
done
finish
