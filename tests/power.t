#!/usr/bin/env bash
# Power while a sweep runs: the machine is kept awake, by a systemd-inhibit of our own; and what `on_battery` says is done,
# by power supplies of our own in a mount namespace, where the system allows one.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# A server that is not a simulated one: it answers each request of the interface of OpenAI with three words, after DELAY s.
cat >server.pl <<'END'
use strict; use warnings; use IO::Socket::INET;
my ($port, $delay) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64, ReuseAddr => 1) or die;
$SIG{CHLD} = 'IGNORE';
while (my $client = $listener->accept) {
	next if fork;
	my ($head, $length) = ('', 0);
	while (my $line = <$client>) { $head .= $line; $length = $1 if $line =~ /^content-length: *(\d+)/i; last if $line eq "\r\n" }
	read $client, my $body, $length;
	my ($type, $reply) = ('application/json', '{"object":"list","data":[{"id":"m","object":"model","owned_by":"test"}]}');
	if ($head =~ /^POST/) {
		select undef, undef, undef, $delay;
		$type = 'text/event-stream';
		$reply = join '', map({ "data: {\"choices\":[{\"index\":0,\"text\":\"$_\",\"finish_reason\":null}]}\n\n" } qw(one two three)),
			"data: {\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":3}}\n\n",
			"data: [DONE]\n\n";
	}
	print $client "HTTP/1.1 200 OK\r\nContent-Type: $type\r\nContent-Length: ", length $reply, "\r\nConnection: close\r\n\r\n$reply";
	exit;
}
END

# matrix DELAY LINE…: writes m.conf.
matrix()
{
	printf '%s\n' "server: {adapter: openai, start: 'perl $scratch/server.pl {port} $1'}" 'title: Test' 'model: m' 'warmup: 0' \
		'calibrate: false' 'requests: 4' 'output_tokens: 3' "${@:2}" >m.conf
}

# --- awake

if [ "$(uname)" = Linux ]; then
	mkdir bin
	cat >bin/systemd-inhibit <<END
#!/bin/sh
echo "held \$*" >>$scratch/log
while [ \$1 != cat ]; do shift; done
"\$@"
echo released >>$scratch/log
END
	chmod +x bin/systemd-inhibit
	matrix 0 'on_battery: allow'
	PATH=$scratch/bin:$PATH run "$LLMBENCH" --matrix m.conf --out awake
	is "$status" 0 "a run that is kept awake"
	is "$(cut -d ' ' -f 1,2 log)" $'held --what=idle:sleep\nreleased' "the lock is taken, and given back"
	like "$(cat awake/m/*/run.json)" '"sleep_prevented": *true' "run.json says so"
	like "$stdout" '^- Sleep of the machine was prevented[.]$' "and so does the report"
	run env PATH="$scratch/bin:$PATH" "$LLMBENCH" doctor
	like "$stdout" '^- Sleep: prevented while llmbench measures$' "and doctor"

	rm log
	matrix 1 'on_battery: allow' 'trials: 100'
	start env PATH="$scratch/bin:$PATH" "$LLMBENCH" --matrix m.conf --out killed
	wait_for 'grep -q . killed/m/*/records.jsonl 2>/dev/null'
	is "$(cut -d ' ' -f 1 log)" held "while it measures the lock is held"
	kill -KILL "$pid"
	finished
	wait_for 'grep -q released log'
	is "$(tail -n 1 log)" released "kill -9 releases it"
	none_left_behind

	printf '#!/bin/sh\necho "no bus\033[2J" >&2\nexit 1\n' >bin/systemd-inhibit
	matrix 0 'on_battery: allow'
	PATH=$scratch/bin:$PATH run "$LLMBENCH" --matrix m.conf --out asleep
	is "$status" 0 "one that cannot be kept awake"
	like "$(cat asleep/m/*/run.json)" '"sleep_prevented": *false' "run.json says so"
	like "$(cat asleep/m/*/run.json)" '"sleep_why": *"systemd-inhibit: no bus' "and why"
	like "$stdout" '^- Sleep of the machine was not prevented: systemd-inhibit: no bus' "and the report"
	unlike "$stdout" $'\033' "in words without control bytes"
	run env PATH="$scratch/bin:$PATH" "$LLMBENCH" doctor
	like "$stdout" '^- Sleep: [*][*]not prevented[*][*] while llmbench measures: systemd-inhibit: no bus' "and doctor"
fi

# --- on battery

run "$LLMBENCH" help on_battery
like "$stdout" 'stop, with status 3' "the key is in the help"
matrix 0 'on_battery: never'
run "$LLMBENCH" plan --matrix m.conf
is "$status" 2 "a word that it does not have"
like "$stderr" 'm[.]conf:8:13: on_battery cannot be "never"; it is one of stop, pause, allow' "is told with its place"

# What /sys tells in the namespace; status "Discharging" or "Charging".
mkdir -p supplies/power_supply/BAT0 supplies/power_supply/AC
supply()
{
	local online=1
	[ "$1" = Charging ] || online=0
	printf '%s\n' Mains >supplies/power_supply/AC/type
	printf '%s\n' $online >supplies/power_supply/AC/online
	printf '%s\n' Battery >supplies/power_supply/BAT0/type
	printf '%s\n' 41 >supplies/power_supply/BAT0/capacity
	printf '%s\n' "$1" >supplies/power_supply/BAT0/status
}

cat >laptop.sh <<END
mount --bind $scratch/supplies /sys/class && exec "\$@"
END
supply Discharging
laptop=(unshare -m sh "$scratch/laptop.sh")
[ "$(id -u)" = 0 ] || laptop=(unshare -rm sh "$scratch/laptop.sh")
if [ "$("${laptop[@]}" cat /sys/class/power_supply/BAT0/status 2>/dev/null)" != Discharging ]; then
	ok 0 "# skip no mount namespace here: a battery cannot be made"
	finish
fi

matrix 0
run "${laptop[@]}" "$LLMBENCH" --matrix m.conf --out refused
is "$status" 2 "a start on battery: status 2"
like "$stderr" 'runs on battery [(]41 %[)].*plug it in; on_battery: allow in the matrix [(]--set on_battery=allow[)]' "it is told what to write"
run "${laptop[@]}" "$LLMBENCH" --matrix m.conf --out allowed --set on_battery=allow
is "$status" 0 "allowed"
like "$stdout" 'on battery' "the report says that it was"
printf '%s\n' "server: {start: '$LLMBENCH_SIM --device m4-16g --speed 1000'}" 'model: llama3.2' 'calibrate: false' >s.conf
run "${laptop[@]}" "$LLMBENCH" --matrix s.conf --out simulated
is "$status" 0 "a simulated device does not hang on it"

# unplugged OUT OPTION…: the battery takes over after the first of 30 trials.
unplugged()
{
	supply Charging
	matrix 0.2 'concurrency: 4' 'trials: 30'
	start "${laptop[@]}" "$LLMBENCH" --matrix m.conf --out "$@"
	wait_for "grep -q . '$1'/m/*/records.jsonl 2>/dev/null || ! kill -0 $pid 2>/dev/null"
	supply Discharging
}

unplugged stopped
finished
is "$status" 3 "unplugged in the middle: status 3"
like "$stderr" 'went on battery [(]41 %[)]: --resume goes on' "it is told how to go on"
like "$(cat stopped/m/*/report.md)" '^[|].*the machine ran on battery' "the report is written, and says why"
unlike "$(grep -h '"llmbench.cell/1"' stopped/m/*/cells.jsonl)" '"status":"done"' "the cell is not done"
trials=$(grep -hc '"llmbench.trial/1"' stopped/m/*/cells.jsonl)
[ "$trials" -gt 0 ]
ok $? "its trials are kept ($trials)"
run "${laptop[@]}" "$LLMBENCH" --matrix m.conf --out stopped --resume
is "$status $(grep -c . stopped/m/*/records.jsonl)" "3 $((trials * 4))" "still on battery, --resume measures nothing"
supply Charging
run "${laptop[@]}" "$LLMBENCH" --matrix m.conf --out stopped --resume
is "$status" 0 "with mains power it goes on"
is "$(grep -c . stopped/m/*/records.jsonl)" 120 "to the end"

unplugged paused --set on_battery=pause
wait_for "grep -q 'waiting for mains power' $scratch/.stderr || ! kill -0 $pid 2>/dev/null"
kill -0 "$pid"
ok $? "pause: it waits"
supply Charging
finished
is "$status" 0 "until there is mains power"
is "$(grep -c . paused/m/*/records.jsonl)" 120 "and measures all"

unplugged waiting --set on_battery=pause
wait_for "grep -q 'waiting for mains power' $scratch/.stderr || ! kill -0 $pid 2>/dev/null"
kill -TERM "$pid"
RUN_LIMIT=20 finished
is "$status" 3 "a wait can be ended"
like "$(cat waiting/m/*/report.md)" '^[|].*interrupted' "like the rest"
finish
