#!/usr/bin/env bash
# A matrix with one cell for each thing that makes figures mean something else, and a clean one, slower than real time,
# so that any machine measures it well: exactly these flags, in summary.json and in the report. Then a client that is too
# slow for its load.
# shellcheck source=tests/lib.sh disable=SC2317 # some functions are called by settled
. "$(dirname "$0")/lib.sh"

# The version's cache shows itself by prompt tokens that are not counted. A first token takes 0.5 s, the next 0.2 s, so
# two requests a second apart never meet; at the millionfold rate no client can send three requests in two µs.
prompt=$(printf 'tell %.0s' $(seq 60))
cat >m.conf <<EOF
title: Test
server: {start: '$LLMBENCH_SIM --ollama-version 0.30.0 --device instant --speed 0.1'}
sample_interval: 100ms
requests: 3
output_tokens: 2
warmup: 0
parallel: 2
arrival: constant
prompt: '${prompt% }'
model: [llama3.2, qwen3-vl:2b]
unique_prompts: [on, off]
keep_alive: [30m, "0"]
context_size: [2048, 64]
rate: [1/s, 1000000/s]
except:
  - {model: qwen3-vl:2b, unique_prompts: off}
  - {model: qwen3-vl:2b, keep_alive: "0"}
  - {model: qwen3-vl:2b, context_size: 64}
  - {model: qwen3-vl:2b, rate: 1000000/s}
  - {unique_prompts: off, keep_alive: "0"}
  - {unique_prompts: off, context_size: 64}
  - {unique_prompts: off, rate: 1000000/s}
  - {keep_alive: "0", context_size: 64}
  - {keep_alive: "0", rate: 1000000/s}
  - {context_size: 64, rate: 1000000/s}
EOF

# How much too slow a client is depends on the machine.
any_speed()
{
	sed -e 's|asked [0-9.]*/s, sent [0-9.]*/s|asked R/s, sent S/s|' \
		-e 's/client-bound: .*sent at [0-9.e-]* % of the asked rate/client-bound: rate/'
}

measure()
{
	run "$LLMBENCH" --matrix m.conf --out out --quiet
	printf '%s\n' "$stdout" >report.md
	cell_flags out/m model unique_prompts keep_alive context_size rate | any_speed
}

want='llama3.2 on 30m 2048 1 = 
llama3.2 on 30m 2048 1000000 = asked R/s, sent S/s + client-bound: rate
llama3.2 on 30m 64 1 = 3 of 3 prompts were cut to fit the context
llama3.2 on 0 2048 1 = the model was loaded again while measuring: 2 times
llama3.2 off 30m 2048 1 = fixed prompt: prefill may be from the cache + 1 of 3 prompts were prefilled from the cache
qwen3-vl:2b on 30m 2048 1 = asked parallel 2, got 1 (the architecture qwen3vl is forced to 1)'
is "$(settled "$want" measure)" "$want" "summary.json: each cell has the flag of its cause, and the clean one none"

sed -n 's/^| .* | Memory Usage: [^;|]*\(.*\) |$/row\1/p' report.md | any_speed | sort >got
sort >want <<'EOF'
row
row
row; 3 of 3 prompts were cut to fit the context
row; asked R/s, sent S/s; client-bound: rate
row; asked parallel 2, got 1 (the architecture qwen3vl is forced to 1)
row; the model was loaded again while measuring: 2 times
EOF
diff -u want got >differences
ok $? "the report: what differs is in its row, and nothing in the rows of the clean cell and the cached one" ||
	diagnose "$(cat differences)"
is "$(sed -n '/^## Flags/,/^## [^F]/s/^- [*][*]\([a-z-]*\)[*][*]: .* Cure: .*/\1/p' report.md | sort | paste -s -d ' ' -)" \
	"client-bound fixed-prompt parallel-differs prompt-cache prompt-cut rate-not-sent reload" \
	"each flag is explained once, and no other"
is "$(sed -n '/^## Flags/,/^## [^F]/s/^  - \(.*\): model llama3.2, .*unique_prompts off.*/\1/p' report.md)" \
	"fixed prompt: prefill may be from the cache
1 of 3 prompts were prefilled from the cache" "and what was asked for stands there, with its cell"
like "$(cat report.md)" '^- [*][*]Client-bound[*][*]: 1 of 6 cells' "one cell of six is client-bound"

# --- short replies at a rate that no thread can send: a queue of requests grows in the client

printf '%s\n' 'title: Test' "server: {start: '$LLMBENCH_SIM --device h100-80g'}" 'model: qwen2.5:0.5b' 'rate: 100000/s' \
	'requests: 1000' 'parallel: 64' 'output_tokens: 2' 'unique_prompts: on' >fast.conf
run "$LLMBENCH" --matrix fast.conf --out out --quiet
is "$status" 0 "an open loop of 100000/s" || diagnose "$stderr"
cell=$(cat out/fast/*/cells.jsonl)
like "$cell" '"client_bound":\[[^]]*"send_lag","rate"\]' "a client that is late and slow is client-bound"
like "$stdout" '^[|].*; asked [0-9]*/s, sent [0-9]*/s; client-bound: .*sent up to [0-9.]* ms late; sent at [0-9.]* % of the asked rate' \
	"which the row tells"
# The same, where the limit of concurrency is what holds requests back.
run "$LLMBENCH" --matrix fast.conf --out limited --quiet --set concurrency=8 --set requests=50
like "$stdout" '^[|].*; asked [0-9]*/s, sent [0-9]*/s' "requests that wait for a place: the rate is not sent"
unlike "$(cat limited/fast/*/cells.jsonl)" '"client_bound":\[[^]]*"(send_lag|rate)"' "but that is not the client's doing"
finish
