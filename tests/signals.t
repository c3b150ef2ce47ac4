#!/usr/bin/env bash
# How a sweep is ended from outside, and what is left of it: the first and the second Ctrl-C, TERM, a closed terminal, a
# reader that has had enough; llmbench that is stopped for a while; and llmbench that is killed at each of its phases, with
# servers that do not want to go.

# shellcheck disable=SC2016,SC2317 # conditions are evaluated by wait_for, which calls what they name

# What these tests send may be ignored by whoever runs them, under nohup for one, and a shell cannot heed it again.
if [ -z "${SIGNALS_HEEDED:-}" ]; then
	export SIGNALS_HEEDED=1
	exec perl -e '$SIG{$_} = "DEFAULT" for qw(HUP INT TERM PIPE TSTP); exec @ARGV' bash "$0" "$@"
fi
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# matrix SPEED LINE…: writes m.conf. Two requests at a time, and a line of `truth` for each that the server has answered.
matrix()
{
	printf '%s\n' "server: {start: '$LLMBENCH_SIM --device m4-16g --truth $scratch/truth --speed $1'}" 'title: Test' \
		'model: llama3.2' 'warmup: 0' 'calibrate: false' 'parallel: 2' 'concurrency: 2' "${@:2}" >m.conf
	rm -f truth
}

# shellcheck disable=SC2002 # 0 without the file, too
answered() { cat truth 2>/dev/null | grep -c .; }
# wait_answered COUNT: until the server has answered so many requests, or what was started has ended.
wait_answered() { wait_for "[ \"\$(answered)\" -ge $1 ] || ! kill -0 $pid 2>/dev/null"; }
outcomes() { grep -hc "\"outcome\":\"$2\"" "$1"/m/*/records.jsonl; }
cells() { grep -h '"llmbench.cell/1"' "$1"/m/*/cells.jsonl; }

# kept OUT WHAT: both reports of an interrupted run are there, and the server is gone.
kept()
{
	is "$status" 3 "$2: status 3"
	like "$(cat "$1"/m/*/report.md)" '^[|].*interrupted' "the report of the run says what was interrupted"
	like "$(cat "$1"/m/*/summary.json)" '"status": *"unfinished"' "and so does its summary"
	none_left_behind
}

# --- Ctrl-C, once and twice

# A request takes about 0.3 s.
matrix 20 'requests: 30' 'trials: 3' 'output_tokens: 96'
start "$LLMBENCH" --matrix m.conf --out once
wait_answered 34 # in the second trial
kill -INT "$pid"
finished
kept once "Ctrl-C"
like "$stderr" 'stopping when the requests in flight have ended [(][12][)]; a second signal ends them now' "what is waited for is said"
like "$stderr" 'interrupted in cell 1 of 1.*--resume' "and how to go on"
is "$(outcomes once ok)" "$(answered)" "each request that was sent has its answer"
is "$(($(outcomes once ok) + $(outcomes once cancelled)))" 60 "the others were not sent"
is "$(grep -hc '"left_out":"interrupted after [0-9]* of 30 requests"' once/m/*/records.jsonl)" 30 \
	"the trial that was cut short is kept, and says so"
like "$(cells once)" '"sent":30,"ok":30,"failed":0' "figures are of the whole one"
like "$stdout" '^[|].*trial 2 left out: interrupted after [0-9]* of 30 requests' "and the row has a flag"
run "$LLMBENCH" --matrix m.conf --out once --resume
is "$status" 0 "it can be resumed"
like "$stderr" '1 more has finished trials' "with the whole trial"
is "$(grep -c . once/m/*/records.jsonl)" 90 "the other two are measured"

matrix 20 'requests: 30' 'output_tokens: 96'
start "$LLMBENCH" --matrix m.conf --out first
wait_answered 4
kill -TERM "$pid"
finished
kept first "TERM in the only trial"
like "$stdout" '^[|].*trial 1 interrupted after [0-9]* of 30 requests' "what there is of it stands in the row"
is "$(outcomes first ok)" "$(answered)" "all of it"

# In flight is all that is left, since the fifth was sent when the third was answered: nothing is cut short.
matrix 20 'requests: 5' 'output_tokens: 200' 'seed: [1, 2]'
sed -i.bak 's/^parallel: 2/parallel: 1/' m.conf
start "$LLMBENCH" --matrix m.conf --out whole
wait_answered 4
kill -INT "$pid"
finished
is "$status" 3 "Ctrl-C when all requests are in flight: status 3"
like "$(cells whole)" '"status":"done"' "the cell is done all the same"
like "$stderr" 'interrupted in cell 1 of 2' "the next one is not begun"
none_left_behind

# The fifth answer never ends.
stalling()
{
	rm -f truth
	printf '%s\n' "server: {start: '$LLMBENCH_SIM --api openai --kind llama-server --port {port} --truth $scratch/truth --fault stall=3,request=5'}" \
		'model: llama3.2' 'warmup: 0' 'calibrate: false' 'requests: 8' 'concurrency: 2' 'output_tokens: 8' >m.conf
	start "$@" "$LLMBENCH" --matrix m.conf --out "$out"
	wait_answered 7
	kill -INT "$pid"
	wait_for "grep -q 'stopping when' $scratch/.stderr || ! kill -0 $pid 2>/dev/null"
}

out=twice
stalling env
kill -INT "$pid"
RUN_LIMIT=20 finished
kept twice "Ctrl-C, twice"
is "$(outcomes twice ok) $(outcomes twice cancelled)" '7 1' "what was in flight is cancelled"

# A server of somebody else that is there, and silent: it does not say what it is, or that it is ready.
for words in '' 'adapter: ollama, kind: ollama, '; do
	port=$(free_port)
	rm -f listens asked
	perl -MIO::Socket::INET -e '
		my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 5) or die;
		open my $listens, ">", "listens";
		my $client = $server->accept;
		<$client>;
		open my $asked, ">", "asked";
		sleep 60' "$port" &
	silent=$!
	printf '%s\n' "server: {${words}url: 'http://127.0.0.1:$port'}" 'model: llama3.2' 'calibrate: false' >m.conf
	wait_for '[ -e listens ]'
	rm -rf silent
	start "$LLMBENCH" --matrix m.conf --out silent
	wait_for "[ -e asked ] || ! kill -0 $pid 2>/dev/null"
	kill -INT "$pid"
	finished
	kill "$silent"
	is "$status" 3 "Ctrl-C while a silent server is asked${words:+ whether it is ready}: status 3"
	like "$stderr" 'interrupted in cell 1 of 1.*--resume' "and how to go on"
	unlike "$stderr" 'no server|no answer' "of the server nothing is said"
	like "$(cat silent/m/*/summary.json)" '"status": *"unfinished"' "the cell is not finished"
done

# --- nobody is there any more

matrix 20 'requests: 30' 'output_tokens: 96'
start env PATH="$PATH" nohup "$LLMBENCH" --matrix m.conf --out nohup
wait_answered 4
kill -HUP "$pid"
wait_answered 12
kill -0 "$pid"
ok $? "nohup: HUP is not heeded"
kill -TERM "$pid"
finished
is "$status" 3 "but TERM is"

matrix 20 'requests: 30' 'output_tokens: 96'
start "$LLMBENCH" --matrix m.conf --out hangup
wait_answered 4
kill -HUP "$pid"
wait_for "grep -q 'stopping when' $scratch/.stderr || ! kill -0 $pid 2>/dev/null"
kill -HUP "$pid"
finished
kept hangup "HUP, twice: as the first Ctrl-C"
is "$(outcomes hangup ok)" "$(answered)" "requests in flight are let finish"

# Cells tell of their end on stderr, whose reader takes one line.
matrix 1000 'requests: 4' 'output_tokens: 8' 'seed: [1, 2, 3, 4, 5, 6]'
status=0
{ "$LLMBENCH" --matrix m.conf --out unread </dev/null 2>&1 >/dev/null || echo $? >unread.status; } | head -n 1 >unread.line
is "$(cat unread.status)" 3 "nobody reads stderr any more: status 3"
like "$(cat unread.line)" '^cell 1/6' "what was read before"
[ "$(cells unread | grep -c '"done"')" -lt 6 ]
ok $? "the sweep ends"
like "$(cat unread/m/*/report.md)" '[*][*]Unfinished[*][*]' "and its report is written"

# A reader of stdout that has seen enough has no influence.
matrix 1000 'requests: 4' 'output_tokens: 8'
{ "$LLMBENCH" --matrix m.conf --out seen --quiet </dev/null 2>seen.stderr; echo $? >seen.status; } | head -n 1 >seen.line
is "$(cat seen.status) $(cat seen.line)" '0 # Test' "stdout into head: status 0"
is "$(head -n 1 seen/m.md)" '# Test' "the report is published"
is "$(cat seen.stderr)" '' "and nobody complains"
{ "$LLMBENCH" help; echo $? >seen.status; } | :
is "$(cat seen.status)" 0 "so it is for help"

# on_terminal COMMAND…: as start, on a terminal; closing it is killing pid.
if script --version 2>/dev/null | grep -q util-linux; then
	on_terminal()
	{
		printf '%q ' "$@" >in-terminal.sh
		start script -qec 'sh in-terminal.sh' /dev/null
	}
else
	on_terminal()
	{
		printf '%q ' "$@" >in-terminal.sh
		start script -q /dev/null sh in-terminal.sh
	}
fi
# Waits for an llmbench that is not our child.
gone() { wait_for '[ -s "$1/m/"*/report.md ] && [ -z "$(left_behind)" ]'; }

on_terminal echo works
finished
if grep -q works <<<"$stdout"; then
	for how in "a closed terminal" "a closed terminal without its HUP"; do
		out=closed${how//[^H]/}
		matrix 20 'requests: 30' 'output_tokens: 96'
		case $how in
		*HUP) on_terminal perl -MPOSIX -e 'if (fork) { sleep 1 while 1 } POSIX::setsid(); exec @ARGV' "$LLMBENCH" --matrix m.conf --out "$out" ;;
		*) on_terminal "$LLMBENCH" --matrix m.conf --out "$out" ;;
		esac
		wait_answered 4
		kill -KILL "$pid"
		finished
		wait_for '[ -z "$(left_behind)" ]'
		like "$(cat "$out"/m/*/report.md)" '^[|].*trial 1 interrupted after [0-9]* of 30 requests' "$how: the report is written"
		is "$(outcomes "$out" ok)" "$(answered)" "and requests in flight were let finish"
		none_left_behind
	done
else
	ok 0 "# skip no script(1) to make a terminal with"
fi

# --- llmbench stands still

# stands_still SIGNAL LINE…: stopped for two seconds in the first trial.
stands_still()
{
	matrix 20 'requests: 30' 'output_tokens: 96' "${@:3}"
	# In a group of its own: TSTP does not stop one whose parents all are in it, as where these tests lead a session.
	set -m
	start "$LLMBENCH" --matrix m.conf --out "$2"
	set +m
	wait_answered 4
	kill -s "$1" "$pid"
	perl -e 'select undef, undef, undef, 2'
	kill -CONT "$pid"
	finished
}

for signal in STOP TSTP; do
	stands_still "$signal" "still-$signal"
	is "$status" 0 "$signal and CONT: the sweep goes on"
	like "$stdout" '^[|].*trial [0-9]* left out: llmbench stood still for [0-9]*[.][0-9] s' "the row has a flag that says how long"
	like "$(cells "still-$signal")" '"sent":30,"ok":30,.*"requests_per_s":[^}]*"trials":1' "the trial is made up for by another"
	left_out=$(grep -c '"left_out":"llmbench stood still' "still-$signal"/m/*/records.jsonl)
	[ "$left_out" -ge 30 ] # more where the machine is busy
	ok $? "its records are kept, and say so"
	is "$(($(grep -c . "still-$signal"/m/*/records.jsonl) - left_out))" 30 "beside those of the one that counts"
done
# A trial that was left out is known of when the run goes on after a crash.
matrix 20 'requests: 30' 'output_tokens: 96' 'trials: 3'
start "$LLMBENCH" --matrix m.conf --out crashed
wait_answered 4
kill -STOP "$pid"
perl -e 'select undef, undef, undef, 2'
kill -CONT "$pid"
wait_for "[ \"\$(cat crashed/m/*/records.jsonl | grep -c .)\" -ge 60 ] || ! kill -0 $pid 2>/dev/null"
kill -KILL "$pid"
finished
run "$LLMBENCH" --matrix m.conf --out crashed --resume
is "$status" 0 "kill -9 after a trial that was left out, and --resume"
like "$(cells crashed)" '"sent":90,"ok":90,.*"requests_per_s":[^}]*"trials":3' "the cell has all its trials"
is "$(grep -vc '"left_out"' crashed/m/*/records.jsonl)" 90 "none was measured twice"

run "$LLMBENCH" help stood-still
like "$stdout" 'Ctrl-Z' "the flag is in the help"

# --- kill -9

# A server that does not want to end, and a child of it in a session of its own.
cat >stubborn.pl <<'END'
use POSIX;
$SIG{$_} = 'IGNORE' for qw(TERM INT HUP);
if (!fork) { POSIX::setsid(); sleep 1 while 1 }
exec @ARGV or die if !fork;
sleep 1 while 1;
END

# murdered PHASE CONDITION: kills llmbench when it holds.
murdered()
{
	start "$LLMBENCH" --matrix m.conf --out "$1"
	wait_for "{ $2; } || ! kill -0 $pid 2>/dev/null"
	[ "$(left_behind | grep -c stubborn)" -ge 2 ]
	ok $? "$1: the server runs, and its child"
	kill -KILL "$pid"
	finished
	is "$status" 137 "llmbench is killed"
	none_left_behind
}

stubborn() { sed -i.bak "s|start: '|start: 'perl $scratch/stubborn.pl |" m.conf; }

printf '%s\n' "server: {start: 'perl $scratch/stubborn.pl $LLMBENCH_SIM --api openai --port {port} --ready-after 1h'}" 'model: llama3.2' >m.conf
murdered starting '[ "$(left_behind | grep -c stubborn)" -ge 2 ]'
matrix 0.01 'requests: 4' 'output_tokens: 8'
stubborn
murdered loading 'grep -q "POST .*/api/show" loading/m/*/server-*.log 2>/dev/null && [ "$(left_behind | grep -c stubborn)" -ge 2 ]'
matrix 20 'requests: 30' 'output_tokens: 96'
stubborn
murdered measuring '[ "$(answered)" -ge 4 ]'
matrix 1000 'requests: 4' 'output_tokens: 8'
stubborn
murdered stopping 'grep -q llmbench.cell/1 stopping/m/*/cells.jsonl 2>/dev/null'

# While the server is being stopped nobody wants to wait for it.
matrix 1000 'requests: 4' 'output_tokens: 8'
stubborn
start "$LLMBENCH" --matrix m.conf --out impatient
wait_for "grep -q llmbench.cell/1 impatient/m/*/cells.jsonl 2>/dev/null"
kill -INT "$pid"
perl -e 'select undef, undef, undef, 1' # two that wait to be heeded are one
kill -INT "$pid"
RUN_LIMIT=7 finished
is "$status" 3 "Ctrl-C, twice, while the server does not end: llmbench does"
none_left_behind
finish
