#!/usr/bin/env bash
# No memory: the N-th allocation of a small run fails, or it and all after it (N+). Each time the run ends by itself with a
# message that says so, or goes on without what was asked for; no server is left, and what is on the disk can be reported
# and resumed. MEMORY_STEP says how far one N lies from the next (1: each of the first 2,000), MEMORY_START the first.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

if ! has_shortage; then
	echo "1..0 # SKIP $shortage_lacks"
	exit 0
fi

step=${MEMORY_STEP:-101}
start=${MEMORY_START:-$((RANDOM % step + 1))}
echo "# MEMORY_STEP=$step MEMORY_START=$start"

printf '%s\n' "server: {start: '$LLMBENCH_SIM --device m4-16g --speed 1000'}" 'model: llama3.2' 'parallel: [2, 1]' \
	'requests: 4' 'output_tokens: 8' 'warmup: 1' 'calibrate: false' 'sample_interval: 100ms' >m.conf

# What is wrong with the run that just ended, or nothing. It is resumed, if it came so far as to have a directory.
complaint()
{
	local ended=$status said=$stderr folder
	case $ended in
	0) ;;
	[123]) grep -q memory <<<"$said" || echo "status $ended says: $said" ;;
	*) echo "status $ended: $said" ;;
	esac
	folder=$(find out/m -mindepth 1 -maxdepth 1 -type d 2>/dev/null)
	[ -n "$folder" ] || return
	run "$LLMBENCH" report "$folder"
	[ "$status" = 0 ] || grep -q 'no cell of it was finished' <<<"$stderr" ||
		echo "its report, status $status: $stderr"
	[ "$ended" = 3 ] || return
	run "$LLMBENCH" --matrix m.conf --out out --quiet --resume
	[ "$status" = 0 ] || echo "resumed, status $status: $stderr"
	[ "$(grep -o '"cell":"[^"]*","trial":1,"request":[0-9]*' "$folder/records.jsonl" | sort -u | wc -l)" = 8 ] &&
		[ "$(wc -l <"$folder/records.jsonl")" = 8 ] || echo "resumed, it has not each request once"
}

# fails_at RULE FIRST STEP LAST: the rule has an N for the number of the allocation.
fails_at()
{
	local rule=$1 n wrong problems='' runs=0 counts=''
	for ((n = $2; n <= $4; n += $3)); do
		rm -rf out
		short "${rule//N/$n}" "$LLMBENCH" --matrix m.conf --out out --quiet
		counts="$counts$status "
		runs=$((runs + 1))
		wrong=$(complaint)
		[ -z "$wrong" ] || problems="$problems${rule//N/$n}: $wrong"$'\n'
	done
	echo "# $rule, N of $2 to $4: $runs runs, of each status: $(tr ' ' '\n' <<<"$counts" | grep . | sort | uniq -c | awk '{ printf "%s%s: %s", sep, $2, $1; sep = ", " }')"
	is "$problems" '' "$rule: each run ends cleanly"
}

SHORTAGE_LOG=$scratch/calls
export SHORTAGE_LOG
short 'malloc:0 malloc@own:0' "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 0 "with all memory the run comes to its end"
all=$(sed -n 's/^malloc calls //p' "$SHORTAGE_LOG")
own=$(sed -n 's/^malloc@own calls //p' "$SHORTAGE_LOG")
echo "# a whole run has $all allocations, $own of them llmbench's own and those of the libraries that it lends its allocator"
unset SHORTAGE_LOG
[ "${own:-0}" -gt 2000 ]
ok $? "it allocates more often than is tried"

fails_at malloc:N+ "$start" "$step" 2000
fails_at malloc@own:N "$start" "$step" 2000
# One that a library can do without changes nothing; such a run goes on to its end, which takes longer.
fails_at malloc:N "$start" $((3 * step)) 2000
# All of the run: the server is up, requests are under way, files are written.
fails_at malloc@own:N+ "$start" $(((own - start) / (2000 / step) + 1)) "$own"
finish
