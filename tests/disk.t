#!/usr/bin/env bash
# A full disk, one that can only be read or that fails, no descriptors, no processes, no locks, a clock that is set, another
# time zone: a message that says what was wrong, where and what cures it; what was measured is kept and shown, nothing is
# left running, and --resume goes on with the run until each request is there once.
# shellcheck source=tests/lib.sh
# shellcheck disable=SC2016 # words between back quotes are what messages say
. "$(dirname "$0")/lib.sh"

printf '%s\n' "server: {start: '$LLMBENCH_SIM --device m4-16g --speed 1000'}" 'model: llama3.2' 'parallel: [2, 1]' \
	'requests: 4' 'output_tokens: 8' 'warmup: 1' 'calibrate: false' 'sample_interval: 100ms' >m.conf

# The newest run directory of the results folder.
run_folder()
{
	find out/m -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort | tail -n 1
}

# How many lines of the run's records there are, and how many different requests stand in them.
recorded()
{
	echo "$(grep -c . "$1/records.jsonl") $(grep -o '"cell":"[^"]*","trial":1,"request":[0-9]*' "$1/records.jsonl" | sort -u | grep -c .)"
}

# resumes WHAT: the newest run can be reported (where a cell was finished) and is continued to its end.
resumes()
{
	local folder
	folder=$(run_folder)
	if [ -s "$folder/cells.jsonl" ]; then
		run "$LLMBENCH" report "$folder"
		is "$status" 0 "$1: what was measured can be reported"
	fi
	run "$LLMBENCH" --matrix m.conf --out out --resume --quiet
	is "$status" 0 "$1: it is resumed"
	is "$(recorded "$folder")" "8 8" "$1: then each request has one record"
	is "$(grep -c '"status":"done"' "$folder/cells.jsonl")" 2 "$1: and each cell is done"
}

# --- Without anything that stands in front of the system's calls ---

# In blocks of 512 bytes, or of 1024.
run bash -c 'ulimit -f 8; exec "$@"' - "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 3 "files must not grow: the run ends"
like "$stderr" 'cannot write "out/m/[^"]*": it would be larger than files may be [(]raise `ulimit -f`[)]' "it says which one, and the cure"
like "$stderr" 'what was measured so far is in out/m/[0-9TZ]*, and --resume goes on with it' "where the rest is"
like "$stdout" '^[|] Queue Size' "the report stands on standard output nevertheless"
resumes "files that must not grow"
rm -rf out

run bash -c 'ulimit -n 40; exec "$@"' - "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 2 "too few descriptors are told before anything is measured"
like "$stderr" '4 requests in flight need [0-9]+ open files, allowed are 40: run `ulimit -n [0-9]+` first .*or have fewer in flight [(]concurrency[)]' "with both cures"
[ ! -e out ]
ok $? "and nothing is written"
run bash -c 'ulimit -Sn 40; exec "$@"' - "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 0 "a soft limit is raised"
rm -rf out
run bash -c 'ulimit -n 100; exec "$@"' - "$LLMBENCH" --matrix m.conf --set requests=300 --set rate=4000 --out out --quiet
is "$status" 0 "an open loop makes do with the descriptors that there are"
like "$stderr" 'no more than 36 requests can be in flight at once, for want of open files' "and says so"
is "$(recorded "$(run_folder)")" "600 600" "each request has a record"
is "$(grep -c '"outcome":"ok"' "$(run_folder)/records.jsonl")" 600 "and is answered"
rm -rf out

if [ -w /dev/full ]; then
	status=0
	"$LLMBENCH" --matrix m.conf --out out --quiet >/dev/full 2>"$scratch/.stderr" || status=$?
	is "$status" 3 "standard output that is full"
	like "$(cat "$scratch/.stderr")" 'cannot write to standard output: ' "is told"
	[ -s out/m.md ]
	ok $? "and the report is in its file"
	rm -rf out
fi

# What is printed goes into no file that happens to get the number of a closed descriptor.
status=0
"$LLMBENCH" --matrix m.conf --out out <&- >&- 2>&- || status=$?
is "$status" 3 "standard output that is closed is told by the status"
is "$(cat "$(run_folder)"/*.jsonl | grep -v '^{.*}$')" "" "and nothing that was printed is in the run's files"
is "$(recorded "$(run_folder)")" "8 8" "which are whole"
rm -rf out

# A disk that is full at another file each time; when it has grown, the run goes on.
mkdir small
if [ "$(id -u)" = 0 ] && unshare -m mount -t tmpfs none small 2>/dev/null; then
	for size in 24 48 72 96 120; do
		unshare -m bash -c 'mount -t tmpfs -o size="$1"k none small && cd small || exit
			"$2" --matrix ../m.conf --out out --quiet >../first.out 2>../first.err
			echo $? >../first.status
			mount -o remount,size=10m "$PWD"
			"$2" --matrix ../m.conf --out out --quiet --resume >../second.out 2>&1
			echo $? >../second.status
			cp -r out ..' - "$size" "$LLMBENCH"
		is "$(cat first.status)" 3 "a disk of $size KiB: the run ends"
		like "$(cat first.err)" 'cannot write "out/m[^"]*": no space left on the disk [(]free some[)]; what was measured so far is in out/m/' "it says why"
		like "$(cat first.out)" '^# ' "what there is is shown"
		is "$(cat second.status)" 0 "with more room it is resumed" || diagnose "$(cat second.out)"
		is "$(recorded "$(run_folder)")" "8 8" "then each request has one record"
		rm -rf out
	done
else
	echo "# skipped: a small disk: only root may mount one, and not everywhere"
fi

# UTC, wherever we are and whenever summer is.
for zone in Pacific/Kiritimati EST5EDT '<+14>-14'; do
	before=$(date -u +%Y%m%dT%H%M%SZ)
	TZ=$zone run "$LLMBENCH" --matrix m.conf --out out --quiet
	name=$(basename "$(run_folder)")
	after=$(date -u +%Y%m%dT%H%M%SZ)
	[ ! "$name" \< "$before" ] && [ ! "$name" \> "$after" ]
	ok $? "in $zone the run is named by UTC" || diagnose "$before $name $after"
	like "$stdout" "from ${name:0:4}-${name:4:2}-${name:6:2}T${name:9:2}:${name:11:2}:${name:13:2}Z to $(date -u +%Y)" "as the report says"
	rm -rf out
done

if ! has_shortage; then
	echo "# skipped: calls that fail: $shortage_lacks"
	finish
fi

# --- Before anything is measured ---

# RULE | STATUS | MESSAGE
while IFS='|' read -r rule want message; do
	short "$rule" "$LLMBENCH" --matrix m.conf --out out --quiet
	is "$status" "$want" "$rule: the run does not begin"
	like "$stderr" "^llmbench: $message" "$rule: it says why"
	unlike "$stderr" 'so far' "$rule: and speaks of no results"
	rm -rf out
done <<-'END'
	mkdir:1:EROFS|3|cannot make the folder "out/m": the disk can only be read [(]choose another folder[)]
	mkdir:1:EACCES|2|cannot make the folder "out/m": permission denied
	mkdir:2:EDQUOT|3|cannot make the folder "out/m": your quota of the disk is used up [(]free some of it[)]
	mkdir:3|3|cannot make the folder "out/m/[0-9TZ]*": no space left on the disk [(]free some[)]
	fsync@out/m:1|3|cannot write the folder "out/m": the disk failed
	open@lock:1|3|cannot write "out/m/[0-9TZ]*/lock": too many files are open in this program [(]raise `ulimit -n`[)]
	open@samples.jsonl:1:ENFILE|3|cannot write "out/m/[0-9TZ]*/samples.jsonl": too many files are open in the system
	open@m.conf:1|3|cannot read "m.conf": too many files are open in this program
END

# --- While it goes on ---

while IFS='|' read -r rule message; do
	short "$rule" "$LLMBENCH" --matrix m.conf --out out --quiet
	is "$status" 3 "$rule: the run ends"
	like "$stderr" "^llmbench: $message" "$rule: it says why"
	like "$stdout" '^# ' "$rule: what there is is shown"
	resumes "$rule"
	rm -rf out
done <<-'END'
	write@records.jsonl:2|cannot write "out/m/[0-9TZ]*/records.jsonl": no space left on the disk [(]free some[)]; what was measured so far is in out/m/
	write@records.jsonl:6:half write@records.jsonl:7:EDQUOT|cannot write "out/m/[0-9TZ]*/records.jsonl": your quota of the disk
	write@samples.jsonl:3:EIO|cannot write "out/m/[0-9TZ]*/samples.jsonl": the disk failed
	write@cells.jsonl:2:EROFS|cannot write "out/m/[0-9TZ]*/cells.jsonl": the disk can only be read
	write@run.json:1|cannot write "out/m/[0-9TZ]*/run.json": no space
	write@summary.json:2|cannot write "out/m/[0-9TZ]*/summary.json": no space
	write@out/m.md:1|cannot write "out/m.md": no space left on the disk [(]free some[)]; what was measured so far is in out/m/
	fsync@records.jsonl:1|cannot write "out/m/[0-9TZ]*/records.jsonl": the disk failed
	fsync@cells.jsonl:2:ENOSPC|cannot write "out/m/[0-9TZ]*/cells.jsonl": no space
	rename@summary.json:2|cannot write "out/m/[0-9TZ]*/summary.json": no space
	rename@run.json:3:EDQUOT|cannot write "out/m/[0-9TZ]*/run.json": your quota
	rename@out/m.md:1:ESTALE|cannot write "out/m.md": the network disk has lost it
	open@server-1.log:1|cannot write the server's log "out/m/[0-9TZ]*/server-1.log": too many files
	open@/dev/null:1|cannot start "[^"]*": too many files are open in this program
	pipe:1+|cannot start "[^"]*": too many files are open in this program
	pipe:3:ENFILE|cannot start "[^"]*": too many files are open in the system
	fork:1|cannot start "[^"]*": no more processes are allowed [(]raise `ulimit -u`[)]
	fork:2|cannot start "[^"]*": no more processes are allowed
	descriptor:120+|.*too many files are open in this program
END

# A socket that llmbench does not get is not the server's doing, at whichever request.
got=
for n in 20 40 60 80; do
	short "socket:$n+" "$LLMBENCH" --matrix m.conf --out out --quiet
	[ "$status" = 0 ] || {
		like "$stderr" 'too many files are open in this program [(]raise `ulimit -n`[)]$' "no sockets from the $n-th on: it says so"
		got="$got $status $(grep -c '"outcome":"[^o]' "$(run_folder)/records.jsonl")"
	}
	rm -rf out
done
like "$got" '^( 3 0)+$' "and no request is recorded as failed"

# --- What goes on, and is told ---

for error in ENOLCK EOPNOTSUPP ENOSYS; do
	short "flock:1:$error" "$LLMBENCH" --matrix m.conf --out out --quiet
	is "$status" 0 "a disk without locks ($error) can be measured on"
	like "$stderr" 'the disk of out/m/[0-9TZ]* has no locks [(].*[)]: see that no other llmbench writes there$' "and that is told"
	rm -rf out
done
short "fsync:1+:EINVAL" "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status $stderr" "0 " "a disk that cannot be told to write now can be measured on"
rm -rf out

short "space:1+:4096" "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 0 "a disk that is nearly full is no reason not to begin"
like "$stderr" 'the results will take about 0[.][1-9] MiB, and the disk of out/m/[0-9TZ]* has 0[.]0 MiB left: free some now' "but it is told"
short "space:1+:100000000" "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status $stderr" "0 " "where there is room, nothing is"
taken=$(cat "$(run_folder)"/* | wc -c)
[ "$taken" -gt 50000 ] && [ "$taken" -lt 400000 ]
ok $? "what it took is what was foretold" || diagnose "$taken bytes"
rm -rf out

# --- The clock ---

# set SECONDS FROM: from its FROM-th reading on, the wall clock is so far off; the run's times must not be.
for clock in -86400:2 7200:2 -86400:60 1000000000:60; do
	seconds=${clock%:*}
	short "clock:${clock#*:}+:$seconds" "$LLMBENCH" --matrix m.conf --out out --quiet
	is "$status" 0 "a clock that is set by $seconds s meanwhile: all is measured"
	like "$stderr" "the system's clock was set by [+]?$seconds s while the run went on" "and that is told"
	took=$(perl -MTime::Local -ne '
		push @times, timegm($6, $5, $4, $3, $2 - 1, $1) while /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z/g;
		END { print $times[1] - $times[0] }' < <(grep -o '"\(started\|finished\)_utc":[^,]*' "$(run_folder)/summary.json" | sort -r))
	[ "$took" -ge 0 ] && [ "$took" -lt 60 ]
	ok $? "the run has ended after it began" || diagnose "after $took s"
	is "$(perl -ne '
		my $line = $_;
		my ($due, $sent, $done) = map { $line =~ /"${_}_ns":(\d+)/ } "due", "sent", "done";
		print "$due $sent $done\n" unless $due <= $sent && $sent < $done && $done - $due < 30e9' "$(run_folder)/records.jsonl")" \
		'' "and so has each request"
	rm -rf out
done

# Set back before a second run: the names of runs stay apart, and it is told which one counts as the newest.
run "$LLMBENCH" --matrix m.conf --out out --quiet
first=$(run_folder)
short "clock:1+:-86400" "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 0 "a run before the newest one"
like "$stderr" "the clock was set back: out/m/[0-9TZ]* is older by its name than $(basename "$first"), which" "is told"
is "$(find out/m -mindepth 1 -maxdepth 1 -type d | grep -c .)" 2 "both are there"
finish
