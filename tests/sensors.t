#!/usr/bin/env bash
# A whole run with the sensors of this machine: the simulated server, with the processes that stand beside it, is sampled
# as a real one is. What of it the matrix asks for is in the Notes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

cat >m.conf <<END
server: {start: "sh -c 'sleep 60 & exec $LLMBENCH_SIM --device m4-16g --speed 20 --no-memory-file'"}
model: llama3.2:1b
parallel: 2
requests: 8
output_tokens: 100
sample_interval: 100ms
calibrate: false
notes: [server, change]
END
run "$LLMBENCH" --matrix m.conf --out out
is "$status" 0 "a run with the sensors of this machine"
row=$(grep '| 8 | 2 |' out/m.md)
like "$row" 'Memory Usage: [0-9.]+Gi/[0-9.]+Gi; Server Memory: 0[.]0[0-9]+Gi; Change from Idle: ' "notes in the matrix's order"
like "$(cat out/m.md)" '^## Machine$' "the report has what the machine did"
like "$(cat out/m.md)" 'Idle is before .*, after is .*, both by the last sample of their phase; the others are the highest' \
	"and says which sample of a phase stands in the table"
like "$(cat out/m.md)" '[|] Server CPU [(]%[)] [|] Client CPU' "processors"
samples=$(cat out/m/*/samples.jsonl)
known=$(grep -c '"server_cpu_ns":[0-9]' <<<"$samples")
is "$known" "$(grep -c . <<<"$samples")" "each sample has the server"
less=$(sed -n 's/.*"server_cpu_ns":\([0-9]*\).*/\1/p' <<<"$samples" | awk 'NR > 1 && $1 < last { less++ } { last = $1 } END { print less + 0 }')
is "$less" 0 "its CPU time only grows"
like "$(cat out/m/*/summary.json | tr -d ' \n\t')" '"server_cpu_pct":[0-9]' "and is a figure of the cell"

run "$LLMBENCH" --matrix m.conf --out without --no-sample
is "$status" 0 "the same with --no-sample"
row=$(grep '| 8 | 2 |' without/m.md)
like "$row" '[|] 0 [|]' "its row"
is "$(grep -c 'Memory\|Change' <<<"$row")" 0 "has no notes of what was not sampled"
is "$(grep -c '^## Machine$' without/m.md)" 0 "and has no section"
is "$(cat without/m/*/samples.jsonl 2>/dev/null | grep -c .)" 0 "nothing was read"
finish
