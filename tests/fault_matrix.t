#!/usr/bin/env bash
# Faults of servers, of the machine and of its user, in each phase of a run: what became of the requests, the exit status,
# what is left running, and whether each request that was asked for is accounted for once. The table stands in
# expected/fault-matrix.txt. Rows run side by side; FAULT_JOBS says how many, FAULT_ROWS (a regular expression) which.
# shellcheck source=tests/lib.sh
# shellcheck disable=SC2317,SC2016 # what the rows call; conditions are evaluated later
. "$(dirname "$0")/lib.sh"

jobs_most=${FAULT_JOBS:-6}
requests=6

# What goes wrong | in which phases. With both adapters, and a server that is started (support/bad_server.pl), which does it
# to every second request. What is closed, reset or held after the line that says that the answer is done takes nothing
# from it.
server_rows='reset unread read header token line end final
close unread read header token line end final
stall unread read header token line end final
kill unread read header token line end final
stop read token
404 -
429 -
500 -
503-burst -
redirect -
error-first -
error-line -
no-final-line -
empty -
html -
wrong-json -
wrong-chunk -
long-length -
short-length -
no-http -
half-lines -
drip -'

# Of Ollama alone: others load their model when they start. Connections are refused once it is loaded.
load_rows='refuse -
refuse-100 -
reset load
close load
stall load
kill load'

# What is done to llmbench, or lacks. Their servers are sound, or stall in the phase that is wanted.
own_rows='llmbench-killed token
llmbench-stopped token
interrupted-twice token
server-not-found start
server-ends start
server-and-child-killed token
few-descriptors start'

# The same by calls of the system that fail (fake/shortage): the rules of each are below.
short_rows='disk-full start
disk-full records
disk-full journal
disk-full summary
rename start
rename summary
no-thread measuring
no-process start'

# matrix ADAPTER FAULT PHASE
matrix()
{
	local concurrency=2
	[ "$2" != kill ] || concurrency=1 # what others in flight come to depends on the moment
	printf '%s\n' "server: {adapter: $1, start: '${SERVER_PREFIX:-}perl $ROOT/tests/support/bad_server.pl {port} $2 $3'}" 'model: m' \
		"requests: $requests" "concurrency: $concurrency" 'warmup: 0' 'calibrate: false' 'prompt: sky' 'timeout: 3s' \
		'idle_timeout: 1500ms' 'load_timeout: 2s' 'ready_timeout: 20s' >m.conf
}

# outcomes "FAULT PHASE": of the run in this folder: how often each, and how many of the requests have one record. A request that is
# sent while its server dies is refused, or accepted by the system and reset: that depends on the moment.
outcomes()
{
	cat out/m/*/records.jsonl 2>/dev/null | perl -e '
		my ($requests, $what) = @ARGV;
		@ARGV = ();
		my (%times, %seen, %trials, $lines);
		# One that has several ends, and which of them comes depends on the moment.
		my $ends = $what =~ /kill/ ? "connect or transfer" : $what eq "reset final" ? "ok or transfer" : "";
		while (<STDIN>) {
			my ($request) = /"request":(\d+)/ or next;
			my ($trial) = /"trial":(\d+)/;
			my ($outcome) = /"outcome":"(\w+)"/;
			$outcome = "left out" if /"left_out":"/; # of a trial that was made up for
			$outcome = $ends if grep { $_ eq $outcome } split / or /, $ends;
			$times{$outcome}++;
			$seen{"$trial $request"}++;
			$trials{$trial}++;
			$lines++;
		}
		my $text = join ", ", map { "$times{$_} $_" } sort keys %times;
		printf "%s | %s", $text || "-", !$lines ? "no record" :
			$lines == keys %seen && $lines == $requests * keys %trials ? "all" : "$lines records of " . keys(%seen)' "$requests" "$1"
}

cell_status()
{
	cat out/m/*/cells.jsonl 2>/dev/null | perl -e '
		my $status = "-";
		while (<STDIN>) {
			$status = $1 if /"status":"(\w+)"/;
		}
		print $status'
}

# Waits until the server has been asked for text: it has a connection that it holds.
being_answered()
{
	RUN_LIMIT=20 wait_for "[ -e asked ] || ! kill -0 $pid 2>/dev/null"
}

llmbench_run()
{
	run "$LLMBENCH" --matrix m.conf --out out --quiet --no-sample
}

short_run()
{
	short "$1" "$LLMBENCH" --matrix m.conf --out out --quiet --no-sample
}

# play ADAPTER FAULT PHASE: one row; sets status.
play()
{
	case $2-$3 in
	llmbench-killed-* | llmbench-stopped-* | interrupted-twice-*)
		matrix "$1" stall token
		sed -i.bak 's/^concurrency: .*/concurrency: 1/; s/^timeout: .*/timeout: 60s/' m.conf
		[ "$2" != llmbench-stopped ] || { # for longer than a reply may stand still
			matrix "$1" drip -
			sed -i.bak 's/^timeout: .*/timeout: 60s/' m.conf
		}
		[ "$2" = llmbench-stopped ] || sed -i.bak 's/^idle_timeout: .*/idle_timeout: 60s/' m.conf
		export BAD_SERVER_ASKED=$PWD/asked
		start "$LLMBENCH" --matrix m.conf --out out --quiet --no-sample
		being_answered
		case $2 in
		llmbench-killed) kill -KILL "$pid" ;;
		llmbench-stopped) kill -STOP "$pid" && sleep 2 && kill -CONT "$pid" ;;
		interrupted-twice) kill -INT "$pid" && sleep 0.1 && kill -INT "$pid" 2>/dev/null ;;
		esac
		finished
		;;
	server-not-found-*)
		matrix "$1" none - && sed -i.bak "s|start: '[^']*'|start: './no-such-program {port}'|" m.conf
		llmbench_run
		;;
	server-ends-*)
		matrix "$1" none - && sed -i.bak "s|start: '[^']*'|start: 'sh -c \"exit 7\"'|" m.conf
		llmbench_run
		;;
	server-and-child-killed-*)
		matrix "$1" kill token
		sed -i.bak "s|start: '\([^']*\)'|start: 'sh -c \"sleep 600 \& exec \1\"'|" m.conf
		llmbench_run
		;;
	few-descriptors-*)
		matrix "$1" none -
		sed -i.bak 's/^requests: .*/requests: 500/; s/^concurrency: .*/concurrency: 500/' m.conf
		ulimit -n 100
		llmbench_run
		;;
	disk-full-records) matrix "$1" none token && short_run 'write@records.jsonl:1+' ;;
	disk-full-journal) matrix "$1" none token && short_run 'write@cells.jsonl:1+' ;;
	disk-full-start) matrix "$1" none token && short_run 'write@summary.json:1+' ;;
	disk-full-summary) matrix "$1" none token && short_run 'write@summary.json:2+' ;;
	rename-start) matrix "$1" none token && short_run 'rename@summary.json:1+' ;;
	rename-summary) matrix "$1" none token && short_run 'rename@summary.json:2+' ;;
	no-thread-*) matrix "$1" none token && short_run 'thread:1+' ;;
	no-process-*) matrix "$1" none token && short_run 'fork:1+' ;;
	*)
		matrix "$1" "$2" "$3"
		llmbench_run
		;;
	esac
}

# row N ADAPTER FAULT PHASE: in a folder of its own, which marks what it starts.
row()
{
	local left came_to
	mkdir -p "$scratch/row-$1-" && cd "$scratch/row-$1-" || exit 1
	scratch=$scratch/row-$1-
	export LLMBENCH_TEST=$scratch
	trap - EXIT
	play "$2" "$3" "$4"
	RUN_LIMIT=5 wait_for '[ -z "$(left_behind)" ]'
	left=$(left_behind) # by itself: what counts would be counted
	left=$(printf '%s' "$left" | grep -c .)
	came_to=$(outcomes "$3 $4")
	printf '| %s | %s | %s | %s | %s | %s | %s | %s |\n' "$2" "$3" "$4" "${came_to%% | *}" "$(cell_status)" "$status" "$left" \
		"${came_to##* | }" >row
}

# rows ADAPTER TABLE: starts them, when there is room.
row_count=0
rows()
{
	local fault phases phase
	while read -r fault phases; do
		for phase in $phases; do
			row_count=$((row_count + 1))
			grep -Eq "${FAULT_ROWS:-.}" <<<"$1 $fault $phase" || continue
			while [ "$(jobs -r | grep -c .)" -ge "$jobs_most" ]; do sleep 0.05; done
			(row "$row_count" "$1" "$fault" "$phase") </dev/null &
		done
	done <<<"$2"
}

rows ollama "$load_rows"
rows ollama "$server_rows"
rows openai "$server_rows"
rows ollama "$own_rows"
if has_shortage; then
	rows ollama "$short_rows"
else
	echo "# without the rows of calls that fail: $shortage_lacks"
	missing='disk-full|rename|no-thread|no-process'
fi
wait

{
	echo '| adapter | fault | phase | requests | cell | exit status | processes left | accounted |'
	echo '|---|---|---|---|---|--:|--:|---|'
	for ((n = 1; n <= row_count; n++)); do cat "row-$n-/row" 2>/dev/null; done
} >table
sed 's/^/# /' table
expected=$ROOT/tests/expected/fault-matrix.txt
[ "${UPDATE:-0}" != 1 ] || cp table "$expected"
# Of the rows that were to be played.
perl -ne 'BEGIN { ($missing, $wanted) = splice @ARGV, 0, 2 } my ($name) = /^[|] (\S+ [|] \S+ [|] \S+)/;
	$name =~ s/ [|]//g;
	print if $. <= 2 || $name =~ /$wanted/ && $name !~ /^\S+ (?:$missing) /' "${missing:-none of them}" "${FAULT_ROWS:-.}" \
	"$expected" >wanted
diff -u wanted table >difference
ok $? "every fault ends as the table says" || diagnose "$(cat difference)"
is "$(awk -F ' *[|] *' 'NR > 2 && $8 != 0' table)" "" "nothing is left running, whatever happened"
finish
