# Tests of whole commands, in TAP. Works in bash 3.2 (macOS). A test file says:
#
#	. "$(dirname "$0")/lib.sh"
#	run "$LLMBENCH" --version
#	is "$status" 0 "--version ends well"
#	finish
#
# Each file runs in a scratch folder of its own, with nothing of the caller's that could change a result; what it
# starts is stopped when it ends, and a process that is left behind then is a failed test.
# shellcheck shell=bash disable=SC2034,SC2016,SC2009 # test files use what is set here; conditions are evaluated later
set -u

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LLMBENCH=${LLMBENCH:-$ROOT/llmbench}
LLMBENCH_SIM=${LLMBENCH_SIM:-$ROOT/llmbench-sim}
SHORTAGE_LIBRARY=${SHORTAGE_LIBRARY-$ROOT/build/fake/shortage.so}
NVML_LIBRARY=${NVML_LIBRARY-$ROOT/build/fake/usr/lib/libnvidia-ml.so.1}

unset "${!OLLAMA_@}" http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
export LC_ALL=C TZ=UTC

scratch=$(mktemp -d "${TMPDIR:-/tmp}/llmbench-test.XXXXXX") || exit 1
scratch=$(cd "$scratch" && pwd -P)
export LLMBENCH_TEST="$scratch" # inherited by everything that is started: see left_behind
cd "$scratch" || exit 1

test_count=0
test_failed=0

# ok STATUS WHAT: passed when STATUS is 0. Like the tests below it returns false when it failed.
ok()
{
	test_count=$((test_count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $test_count - $2"
		return 0
	fi
	echo "not ok $test_count - $2"
	echo "# at ${BASH_SOURCE[2]:-$0}:${BASH_LINENO[1]:-0}"
	test_failed=$((test_failed + 1))
	return 1
}

diagnose()
{
	printf '%s\n' "$1" | sed 's/^/#  /'
}

is()
{
	[ "$1" = "$2" ]
	ok $? "$3" || {
		diagnose "got:  $1"
		diagnose "want: $2"
		diagnose "stderr of the last command: $(head -n 5 "$scratch/.stderr" 2>/dev/null)"
		return 1
	}
}

# like TEXT PATTERN WHAT: an extended regular expression, found in one of the lines of the text.
like()
{
	grep -Eq -- "$2" <<<"$1"
	ok $? "$3" || {
		diagnose "got:  $1"
		diagnose "want: /$2/"
		return 1
	}
}

unlike()
{
	! grep -Eq -- "$2" <<<"$1"
	ok $? "$3" || {
		diagnose "got:  $1"
		diagnose "not wanted: /$2/"
		return 1
	}
}

# same_file EXPECTED ACTUAL WHAT: EXPECTED is under tests/. UPDATE=1 writes it anew: look at the difference before committing.
same_file()
{
	if [ "${UPDATE:-0}" = 1 ]; then
		mkdir -p "$(dirname "$ROOT/tests/$1")"
		cp "$2" "$ROOT/tests/$1"
	fi
	diff -u "$ROOT/tests/$1" "$2" >"$scratch/.diff" 2>&1
	ok $? "$3" || {
		diagnose "$(head -n 60 "$scratch/.diff")"
		return 1
	}
}

# run COMMAND…: sets status, stdout, stderr. A command that runs longer than RUN_LIMIT seconds is ended (status 142).
run()
{
	status=0
	perl -e 'alarm shift; exec @ARGV or exit 127' "${RUN_LIMIT:-60}" "$@" \
		</dev/null >"$scratch/.stdout" 2>"$scratch/.stderr" || status=$?
	stdout=$(cat "$scratch/.stdout")
	stderr=$(cat "$scratch/.stderr")
}

# Whether calls of the system can be made to fail here: sets shortage_lacks, the reason why not.
has_shortage()
{
	shortage_lacks="calls can be made to fail only by glibc's loader, and not in front of a sanitizer"
	[ -e "$SHORTAGE_LIBRARY" ] && LD_PRELOAD="$SHORTAGE_LIBRARY" ls / >/dev/null 2>&1
}

# short RULES COMMAND…: the same, while calls of the system fail as the rules of fake/shortage/rules.h say.
short()
{
	local rules=$1
	shift
	run env LD_PRELOAD="$SHORTAGE_LIBRARY" SHORTAGE="$rules" "$@"
}

# start COMMAND…: in the background, ignoring nothing (a shell's background jobs ignore INT); sets pid.
start()
{
	perl -e '$SIG{INT} = "DEFAULT"; $SIG{QUIT} = "DEFAULT"; exec @ARGV or exit 127' "$@" \
		</dev/null >"$scratch/.stdout" 2>"$scratch/.stderr" &
	pid=$!
}

# finished: waits for what start began, at most RUN_LIMIT seconds; sets status, stdout, stderr.
finished()
{
	status=0
	{ # the shell's own words about a process that a signal ended go nowhere
		wait_for "! kill -0 $pid" || kill -KILL "$pid"
		wait "$pid" || status=$?
	} 2>/dev/null
	stdout=$(cat "$scratch/.stdout")
	stderr=$(cat "$scratch/.stderr")
}

# wait_for CONDITION: evaluates it 20 times per second until it holds; false after RUN_LIMIT seconds.
wait_for()
{
	local tries=$((${RUN_LIMIT:-60} * 20))
	until eval "$1"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

# cell_flags RUN KNOB…: a line for each cell of the run: the values of these knobs, and its flags in their order.
cell_flags()
{
	"$LLMBENCH" report "$1" --format json | perl -e '
		shift;
		my ($head, @cells) = split /"id":/, join "", <STDIN>;
		for my $cell (@cells) {
			my @values = map { $cell =~ /"$_":\s*"?([^",\n]*)/ } @ARGV;
			my ($flags) = $cell =~ /.*"flags":\s*\[(.*?)\]/s; # the last: conditions have theirs
			print "@values = ", join(" + ", $flags =~ /"([^"]*)"/g), "\n";
		}' "$@"
}

# without_charts FILE: a report as it stands on stdout, where pictures have no place.
without_charts()
{
	awk '/^## / { skip = $0 == "## Charts" } !skip' "$1"
}

# shown COLUMNS COMMAND: what it prints on a terminal of that width.
shown()
{
	printf 'stty cols %s rows 40 </dev/tty\n%s\n' "$1" "$2" >in-terminal.sh
	if script --version 2>/dev/null | grep -q util-linux; then
		script -qec 'sh in-terminal.sh' /dev/null </dev/null
	else
		script -q /dev/null sh in-terminal.sh </dev/null
	fi | tr -d '\r\004\010' | sed 's/^\^D//'
}

# Whether shown works here: there is a script(1), and it can make a terminal.
has_terminal()
{
	command -v script >/dev/null && [ "$(shown 100 'echo works')" = works ]
}

# settled WANT COMMAND…: what the command prints. When that is not WANT the command is run again, three times in all:
# for measurements that a pause of a busy machine spoils, as it should.
settled()
{
	local want=$1 got tries=3
	shift
	while got=$("$@") && [ "$got" != "$want" ] && [ "$tries" -gt 1 ]; do
		tries=$((tries - 1))
	done
	printf '%s\n' "$got"
}

# A port of loopback on which nothing listens; below those that systems give to connections, one of which could take it
# before it is used.
free_port()
{
	perl -MIO::Socket::INET -e '
		do { $port = 10000 + int rand 22000 } until IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 1);
		print $port'
}

# sim_start OPTION…: starts llmbench-sim on a free port; sets sim_pid and sim_url once it answers.
sim_start()
{
	local port
	port=$(free_port)
	"$LLMBENCH_SIM" --port "$port" "$@" </dev/null >"$scratch/.sim.log" 2>&1 &
	sim_pid=$!
	sim_url=http://127.0.0.1:$port
	wait_for "curl -s -o /dev/null $sim_url/ || ! kill -0 $sim_pid 2>/dev/null"
	kill -0 "$sim_pid" 2>/dev/null || {
		ok 1 "llmbench-sim $* starts"
		diagnose "$(head -n 5 "$scratch/.sim.log")"
	}
}

sim_stop()
{
	kill "$sim_pid" 2>/dev/null
	wait "$sim_pid" 2>/dev/null
	sim_pid=
}
sim_pid=

# The processes that this test started and that still run: they inherited its LLMBENCH_TEST. (This shell and its
# subshells were started before it was set: their environment, as the system keeps it, does not have it.)
left_behind()
{
	local process
	if [ -d /proc/self ]; then
		for process in $(grep -lsa "LLMBENCH_TEST=$scratch" /proc/[0-9]*/environ | tr -dc '0-9\n'); do
			[ ! -e "/proc/$process/cmdline" ] || echo "$process: $(tr '\0' ' ' <"/proc/$process/cmdline")"
		done 2>/dev/null
	else
		ps -A -ww -E -o pid=,command= | grep "LLMBENCH_TEST=$scratch" | grep -Ev "^ *$$ |grep|ps -A"
	fi
}

none_left_behind()
{
	local left
	# A process that was just killed may still be on its way out.
	RUN_LIMIT=5 wait_for '[ -z "$(left_behind)" ]'
	left=$(left_behind)
	[ -z "$left" ]
	ok $? "nothing is left running" || diagnose "$left"
}

finish()
{
	[ -z "$sim_pid" ] || sim_stop
	none_left_behind
	echo "1..$test_count"
	exit $((test_failed > 0))
}

clean_up()
{
	local process
	[ -z "$sim_pid" ] || sim_stop
	left_behind >"$scratch/.left"
	while IFS=': ' read -r process _; do
		kill -KILL "$process" 2>/dev/null
	done <"$scratch/.left"
	cd / && rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
