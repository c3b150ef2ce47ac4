#!/usr/bin/env bash
# What waits for a server and in which order it is served, on whole runs.
# shellcheck source=tests/lib.sh disable=SC2317 # the functions are called by settled
. "$(dirname "$0")/lib.sh"

# cell FOLDER: the first cell of the newest run in FOLDER, on one line.
cell()
{
	local run last=
	for run in "$1"/2*/; do last=$run; done
	head -n 1 "$last/cells.jsonl"
}

# --- a burst on two slots

cat >m.conf <<EOF
title: Test
server: {start: '$LLMBENCH_SIM --device m4-16g --speed 20'}
model: llama3.2
parallel: 2
requests: 20
output_tokens: 64
calibrate: false
EOF

# What of a run does not depend on the machine. The second request may wait a moment too, for the prefill of the first.
burst()
{
	run "$LLMBENCH" --matrix m.conf --out out --quiet
	printf '%s\n' "$stdout" >report.md
	cell out/m | grep -oE '"status":"[a-z]*"|"waiting":[{].*"max":20[}],|"fifo":[a-z]*|"overload":[{].*"arrivals"|"server_metrics":[^,]*' |
		sed -E 's/"mean":[^,]*,//; s/"requests":19,"positions":\[\[2,20\]\]/"requests":18,"positions":[[3,20]]/'
}
want='"status":"done"
"waiting":{"max":20},
"fifo":null
"overload":{"refused":{"busy":0,"error_in_200":0,"positions":[]},"waited":{"requests":18,"positions":[[3,20]]}},"arrivals"
"server_metrics":null'
is "$(settled "$want" burst)" "$want" "all but the first two wait; Ollama has no metrics"
pairs=$(cell out/m | sed -E 's/.*"pairs":([0-9]*).*/\1/')
[ "$pairs" -gt 100 ] && [ "$pairs" -le 190 ]
ok $? "most pairs could have been served out of order: $pairs"
fair=$(cell out/m | sed -E 's/.*"fairness_index":([0-9.e-]*),.*/\1/')
awk -v fair="$fair" 'BEGIN { exit !(fair > 0.5 && fair <= 1) }'
ok $? "answers of one length are served evenly: $fair"
waits()
{
	burst >/dev/null
	cell out/m | grep -oE '"queue_wait_p50_ms":[0-9.]+' | cut -d: -f2 | sort -cg 2>&1
}
is "$(settled '' waits)" "" "each tenth of the arrivals waits longer than the one before"
like "$(cat report.md)" '^## Queue$' "the report has the section"
like "$(cat report.md)" '^[|] llama3.2 [|]  [|] TTFT p50 \(ms\) [|]( [0-9.]+ [|]){10}$' "with TTFT by tenths"
unlike "$(cat report.md)" 'Server: queue mean' "and no column of metrics that no server tells"
run "$LLMBENCH" report out/m
is "$stdout" "$(cat report.md)" "a report of the stored run is the same"

# --- requests that come one after the other, some 15 ms, while others wait

in_turn()
{
	run "$LLMBENCH" --matrix m.conf --out turn --quiet --set rate=60/s --set arrival=constant --set parallel=1
	cell turn/m | grep -oE '"inverted_apart":[0-9]*|"fifo":[a-z]*'
}
want='"inverted_apart":0
"fifo":true'
is "$(settled "$want" in_turn)" "$want" "the simulator serves them in their order"

# --- nothing waits where one after the other is sent

run "$LLMBENCH" --matrix m.conf --out alone --quiet --set concurrency=1 --set requests=4 --set parallel=1
like "$(cell alone/m)" '"max":1[}],"fairness_index":[0-9.]*,"order":[{]"pairs":0,"inverted":0,"inverted_share":null,"pairs_apart":0,"inverted_apart":0,"fifo":null[}]' \
	"one after the other: no order to invert"
unlike "$stdout" '^## Queue$' "and no section"
finish
