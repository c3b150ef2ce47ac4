#!/usr/bin/env bash
# The whole of seed 000: configs/m4.conf against the simulated M4. The report is compared with an expected file in which
# durations, latencies, times and versions are masked; the memory column and the cells that fail are compared with the
# seed's own numbers. M4_SPEED shortens simulated time.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# What the seed measured: model, parallel, GiB. Where a row has no number there, it has none here.
seed_memory()
{
	cat <<'EOF'
llama3.2 64 9.895
llama3.2 32 9.386
llama3.2 16 7.274
llama3.2 8 4.743
llama3.2 4 3.477
llama3.2 2 2.876
llama3.2 1 2.657
mistral 32 9.894
mistral 16 10.127
mistral 8 7.096
mistral 4 5.580
mistral 2 4.822
mistral 1 4.453
deepseek-r1:1.5b 64 8.070
deepseek-r1:1.5b 32 4.695
deepseek-r1:1.5b 16 3.008
deepseek-r1:1.5b 8 2.164
deepseek-r1:1.5b 4 1.820
deepseek-r1:1.5b 2 1.711
deepseek-r1:1.5b 1 1.656
deepseek-r1:7b 4 5.547
deepseek-r1:7b 2 5.145
deepseek-r1:7b 1 5.036
GandalfBaum/llama3.1-claude3.7 1 5.076
EOF
}

# row MODEL PARALLEL: that row of the report.
row()
{
	awk -v model="$1" -v parallel="$2" -F ' *[|] *' \
		'/^## Model: /{ now = $0; sub(/^## Model: /, "", now); sub(/ \(.*/, "", now) }
		 now == model && $2 == 512 && $5 == parallel' report.md
}

RUN_LIMIT=300 run "$LLMBENCH" --matrix "$ROOT/configs/m4.conf" --out out --quiet \
	--set "server.start=$LLMBENCH_SIM --device m4-16g --speed ${M4_SPEED:-4000}"
is "$status" 1 "cells fail as they did in the seed: status 1"
printf '%s\n' "$stdout" >report.md

perl -pe 's/^(\| 512 \| 2048 \| 128 \| \d+ \|) [\d.]+ \|/$1 DURATION |/;
	s/(?<=\| )[\d.]+(?= \|)/N/g if /^## Latency and throughput/ .. /^- /;
	exit if /^## (Queue|How this was measured)/' report.md >masked.md
same_file expected/m4.md masked.md "the report of the seed's matrix"

is "$(grep -c '^| 512 | 2048 | 128 |' report.md)" 40 "40 rows"
while read -r model parallel memory; do
	got=$(row "$model" "$parallel" | sed -n 's/.*Memory Usage: \([0-9.]*\)Gi\/16[.]000Gi.*/\1/p')
	awk -v got="${got:-0}" -v want="$memory" 'BEGIN { exit !(got - want <= 0.05 && want - got <= 0.05) }'
	ok $? "$model at $parallel: ${got:-none} GiB, the seed has $memory" || diagnose "more than 0.05 apart"
done < <(seed_memory)
for model in llama3.2 mistral deepseek-r1:1.5b deepseek-r1:7b GandalfBaum/llama3.1-claude3.7; do
	is "$(row "$model" 128)" '| 512 | 2048 | 128 | 128 |  |  | Could not run 128 runners. |' "$model at 128 as in the seed"
done
is "$(row mistral 64)" \
	'| 512 | 2048 | 128 | 64 | n/a | 1 | failed to allocate Metal buffer of size 8891928576 |' "mistral at 64 as in the seed"
finish
