#!/usr/bin/env bash
# usage: sensors.sh SERVER MODEL
# What llmbench says of a real server's memory and CPU time, beside what /proc says when it is read by hand. SERVER is a
# command that starts llama-server, as tests/faults.t takes it; MODEL is a file as that command sees it. The server is
# kept under load, and its whole process tree is read twice, 8 s apart, while it is measured; the samples nearest to those
# moments must agree within 2 %: memory, and the CPU time between the two. LLMBENCH names another llmbench. Linux. The
# server has one thread, as in scripts/real-servers: several wait for each other by spinning, for very long on a busy
# machine.
#
# CPU time at a moment is taken from the line between the samples around it, 100 ms apart; the kernel counts it in ticks
# of 10 ms, and a reading by hand takes up to 30 ms. A busy machine adds some 50 ms to that; 2 % of 8 s are 160 ms.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 2
[ $# = 2 ] || {
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
}

llmbench=${LLMBENCH:-$PWD/llmbench}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/llmbench-sensors.XXXXXX") || exit 2
run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; wait; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cat >"$scratch/m.conf" <<END
server: {start: "$1 -m {model} --host 127.0.0.1 --port {port} -t 1 -np {parallel} -c {context_total}"}
model: '$2'
parallel: 4
context_size: 2048
requests: 16
concurrency: 4
output_tokens: 200
trials: 1000
calibrate: false
sample_interval: 100ms
END

# A process and all that descend from it.
tree()
{
	local child
	echo "$1"
	# shellcheck disable=SC2013 # each word is one
	for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
		tree "$child"
	done
}

# "UPTIME_S RESIDENT_KB TICKS" of the server, read within 30 ms: a busy machine may need several tries.
by_hand()
{
	local pids paths=() pid tries before after resident ticks
	pids=$(tree "$1")
	for pid in $pids; do
		paths+=("/proc/$pid")
	done
	for ((tries = 0; tries < 100; tries++)); do
		read -r before _ </proc/uptime
		resident=$(cat "${paths[@]/%//status}" 2>/dev/null | awk '/^VmRSS:/ { sum += $2 } END { print sum }')
		ticks=$(cat "${paths[@]/%//stat}" 2>/dev/null | sed 's/.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum }')
		read -r after _ </proc/uptime
		! awk "BEGIN { exit $after - $before > 0.03 }" || break
	done
	echo "$(awk "BEGIN { print ($before + $after) / 2 }") $resident $ticks"
}

server()
{
	local pid
	for pid in $(tree "$run"); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != llama-server ] || echo "$pid"
	done | head -n 1
}

# Records are written at the end of each trial.
until_answered()
{
	until cat "$scratch"/out/m/2*/records.jsonl 2>/dev/null | grep -q .; do
		kill -0 "$run" 2>/dev/null || {
			echo "sensors: llmbench ended too early: $(tail -n 1 "$scratch/log")" >&2
			exit 3
		}
		sleep 0.1
	done
}

"$llmbench" --matrix "$scratch/m.conf" --out "$scratch/out" --quiet >"$scratch/report" 2>"$scratch/log" &
run=$!
until_answered
leader=$(server)
[ -n "$leader" ] || {
	echo "sensors: llmbench started no llama-server" >&2
	exit 3
}
first=$(by_hand "$leader")
sleep 8
second=$(by_hand "$leader")
kill "$run" # there are more trials than any machine needs
wait "$run"
status=$?
[ "$status" = 3 ] || {
	echo "sensors: llmbench ended with status $status: $(tail -n 1 "$scratch/log")" >&2
	exit 3
}
run=

# shellcheck disable=SC2086 # three words each
perl -MJSON::PP -e '
	my ($folder, @words) = @ARGV;
	sub document { local (@ARGV, $/) = ($folder . shift); return decode_json(<>) }
	my $origin_ns = document("/run.json")->{origin_monotonic_ns};
	my $ticks_each_s = `getconf CLK_TCK`;
	my @hand = map { { at_s => $words[3 * $_], kb => $words[3 * $_ + 1], cpu_s => $words[3 * $_ + 2] / $ticks_each_s } } 0, 1;
	open my $lines, "<", "$folder/samples.jsonl" or die "sensors: $folder/samples.jsonl: $!\n";
	my @samples = grep { defined $_->{server_cpu_ns} && defined $_->{server_resident_bytes} } map { decode_json($_) } <$lines>;
	$_->{at_s} = ($_->{at_ns} + $origin_ns) / 1e9 for @samples;

	# CPU time on the line between the samples around a moment; memory of the nearer one.
	sub told {
		my ($at_s) = @_;
		for my $i (1 .. $#samples) {
			my ($before, $after) = @samples[$i - 1, $i];
			next if $after->{at_s} < $at_s || $before->{at_s} > $at_s || $after->{at_s} == $before->{at_s};
			my $part = ($at_s - $before->{at_s}) / ($after->{at_s} - $before->{at_s});
			return {
				kb => ($part < 0.5 ? $before : $after)->{server_resident_bytes} / 1024,
				cpu_s => ($before->{server_cpu_ns} + $part * ($after->{server_cpu_ns} - $before->{server_cpu_ns})) / 1e9,
			};
		}
		die "sensors: no samples around the moment of reading\n";
	}
	my @told = map { told($_->{at_s}) } @hand;
	my $held = 1;
	sub row {
		my ($what, $format, $by_hand, $by_llmbench) = @_;
		my $off = $by_hand > 0 ? 100 * ($by_llmbench - $by_hand) / $by_hand : 100;
		$held &&= abs($off) <= 2;
		printf "| %s | $format | $format | %+.2f |\n", $what, $by_hand, $by_llmbench, $off;
	}
	print "| Server | /proc by hand | llmbench | Difference (%) |\n|----|---:|---:|---:|\n";
	row("resident memory, first (kB)", "%.0f", $hand[0]{kb}, $told[0]{kb});
	row("resident memory, second (kB)", "%.0f", $hand[1]{kb}, $told[1]{kb});
	row(sprintf("CPU time of %.1f s between them (s)", $hand[1]{at_s} - $hand[0]{at_s}), "%.2f",
		$hand[1]{cpu_s} - $hand[0]{cpu_s}, $told[1]{cpu_s} - $told[0]{cpu_s});
	print "sensors: ", $held ? "they agree within 2 %" : "they differ by more than 2 %", "\n";
	exit !$held;
' "$(find "$scratch/out/m" -mindepth 1 -maxdepth 1 -type d)" $first $second
