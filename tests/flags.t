#!/usr/bin/env bash
# Flags, on whole runs: each is raised by the cells that have its cause, by no other, and a clean cell has none. The
# settings of a matrix that come out wrong are wrong in the simulator as they are in Ollama.
# shellcheck source=tests/lib.sh disable=SC2317 # some functions are called by settled
. "$(dirname "$0")/lib.sh"

simulator="$LLMBENCH_SIM --device m4-16g"

# matrix LINE…: writes m.conf: the lines, and what keeps a run short.
matrix()
{
	printf '%s\n' 'title: Test' 'sample_interval: 100ms' "$@" >m.conf
}

# --- one matrix with a reload, a cache hit, a cut prompt, an architecture that is forced to one slot

words=$(printf 'tell%.0s ' $(seq 240))
matrix "server: {start: '$simulator --ollama-version 0.24.0 --speed 200'}" \
	'model: [llama3.2, qwen3-vl:2b]' 'parallel: 2' 'concurrency: 1' 'requests: 4' 'output_tokens: 8' \
	'unique_prompts: [off, on]' 'keep_alive: [30m, "0"]' 'context_size: [2048, 256]' \
	"prompt: [Why is the sky blue?, '$words']"
run "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 0 "the matrix of flags runs"
printf '%s\n' "$stdout" >report.md
cell_flags out/m model unique_prompts keep_alive context_size prompt | sed "s/$words/LONG/; s/ Why .*blue?/ SHORT/" >got

# What causes what; in the order of the table of flags.
expected()
{
	local model unique keep context prompt flags
	for model in llama3.2 qwen3-vl:2b; do for unique in off on; do for keep in 30m 0; do
		for context in 2048 256; do for prompt in SHORT LONG; do
			flags=
			[ $model = llama3.2 ] ||
				flags="$flags + asked parallel 2, got 1 (the architecture qwen3vl is forced to 1)"
			[ $prompt$context != LONG256 ] || flags="$flags + 4 of 4 prompts were cut to fit the context"
			[ $keep = 30m ] || flags="$flags + the model was loaded again while measuring: 4 times"
			[ $unique = on ] || flags="$flags + fixed prompt: prefill may be from the cache"
			[ $unique$keep$prompt != off30mLONG ] ||
				flags="$flags + 3 of 4 prompts were prefilled from the cache"
			echo "$model $unique $keep $context $prompt = ${flags# + }"
		done; done
	done; done; done
}
expected | sort >want
sort got >sorted
diff -u want sorted >differences
ok $? "each cell has the flags of its causes, and no other" || diagnose "$(head -n 40 differences)"
is "$(grep -c ' = $' got)" 3 "and the clean ones have none"
like "$(grep -m 1 'asked parallel' report.md)" '^[|].*[|] .*Gi; asked parallel 2, got 1 .* [|]$' "what differs is in the Notes"
unlike "$(grep '^|' report.md)" 'fixed prompt|from the cache' "what is asked for is not"
like "$(cat report.md)" '^- [*][*]fixed-prompt[*][*]: .* Cure: ' "but under the tables, with what it means and the cure"
like "$(cat report.md)" '^  - 4 of 4 prompts|^  - 3 of 4 prompts .*: model llama3.2, context_size 2048, .*; ' "and with its cells"

# --- further settings that come out otherwise

matrix "server: {start: '$simulator --ollama-version 0.24.0 --speed 1000', env: {OLLAMA_NUM_THREADS: 4}}" 'model: mistral' \
	'requests: 1' 'output_tokens: 100' 'context_size: [64, 40000]' 'kv_cache_type: q8_0' 'flash_attention: off'
run "$LLMBENCH" --matrix m.conf --out out --quiet
is "$(cell_flags out/m context_size)" "64 = Ollama has no variable OLLAMA_NUM_THREADS + asked KV cache q8_0, got f16 + \
1 of 1 answers ran past the context of 64
40000 = Ollama has no variable OLLAMA_NUM_THREADS + asked context 40000, got 32768 (the model was trained for that) + \
asked KV cache q8_0, got f16" "context, KV cache, a variable that does not exist, an answer that does not fit"

matrix "server: {start: '$simulator --speed 1000'}" 'model: llama3.2' 'requests: 1' 'output_tokens: 8' 'parallel: 32' \
	'num_gpu: [-1, 10, 0]'
run "$LLMBENCH" --matrix m.conf --out out --quiet
is "$(cell_flags out/m num_gpu)" "-1 = 20 of 29 layers on the GPU
10 = 
0 = " "layers that the server left to the CPU, not those that the matrix did"

# --- prompts from a file are unique, in each run the same

printf 'one two three\nfour five six\n' >p.txt
for run in first second; do
	matrix "server: {start: '$simulator --speed 1000 --truth $scratch/$run.truth'}" 'model: llama3.2' 'requests: 4' \
		'trials: 2' 'warmup: 2' 'output_tokens: 8' 'concurrency: 1' 'prompts: p.txt'
	run "$LLMBENCH" --matrix m.conf --out out --quiet
	sed -n 's/.*"prompt":"\([0-9a-f]* [^"]*\)".*/\1/p' $run.truth >$run.prompts
done
is "$(cell_flags out/m prompts)" "p.txt = " "prompts from a file: no flag"
is "$(cut -d ' ' -f 1 first.prompts | sort -u | grep -cE '^[0-9a-f]{16}$')" 10 "each begins with a nonce of its own"
is "$(cat second.prompts)" "$(cat first.prompts)" "the same in each run"

# --- a running server shows its slots by what it does

slots()
{
	OLLAMA_NUM_PARALLEL=$1 sim_start --device m4-16g --speed 15
	matrix "server: {url: '$sim_url'}" 'model: llama3.2' "parallel: $2" 'requests: 6' 'output_tokens: 100' \
		'unique_prompts: on'
	run "$LLMBENCH" --matrix m.conf --out out --quiet
	cell_flags out/m parallel
	sim_stop
}

none='not set on a running server: parallel'
is "$(slots 3 3)" "3 = $none" "as many at once as were asked for"
is "$(slots 3 1)" "1 = $none + parallel 1, but 3 requests were answered at once" "more"
is "$(slots 1 3)" "3 = $none + parallel 3 and 6 in flight, but no more than 1 was ever answered at once" "fewer"

# --- what goes wrong on the server: in the cell that it touches, and not in the one that it does not

# broken FAULT LINE…: a matrix against a server with this fault
broken()
{
	matrix "server: {start: '$simulator --speed 1000 --fault $1'}" 'model: llama3.2' 'unique_prompts: on' \
		'requests: 4' "${@:2}"
	run "$LLMBENCH" --matrix m.conf --out out --quiet
}

broken repeat=5 'output_tokens: [35, 36]'
is "$(cell_flags out/m output_tokens)" "35 = 
36 = 4 of 4 streams ended without their final line" "streams that end without their final line"
is "$status" 1 "which are failures"
broken stop=5 'output_tokens: [5, 6]'
is "$(cell_flags out/m output_tokens)" "5 = 
6 = 4 of 4 answers stopped before 6 tokens" "answers that the model ends"
broken no-flash-attention 'output_tokens: 8' 'flash_attention: [off, on]'
is "$(cell_flags out/m flash_attention)" "false = 
true = asked flash attention on, got off" "flash attention that the GPU does not support"
broken gpu-layers=6 'output_tokens: 8' 'num_gpu: [6, 7]'
is "$(cell_flags out/m num_gpu)" "6 = 
7 = asked num_gpu 7, got 6 of 29 layers" "layers for which the GPU has no room"
broken refuse=100 'output_tokens: 8' 'seed: [1, 2]'
is "$(cell_flags out/m seed | sed 's/= [1-9][0-9]* /= N /')" "1 = N connects were refused and tried again
2 = " "connects that are refused"

matrix "server: {start: '$simulator --speed 1000'}" 'model: llama3.2' 'requests: 2' 'output_tokens: 8' 'unique_prompts: on' \
	'flash_attention: [off, on]' 'kv_cache_type: [f16, q8_0]'
run "$LLMBENCH" --matrix m.conf --out out --quiet
is "$(cell_flags out/m flash_attention kv_cache_type)" "false f16 = 
false q8_0 = asked KV cache q8_0, got f16
true f16 = 
true q8_0 = " "a KV cache in another format needs flash attention"

for keep in '"0"' 30m; do
	matrix "server: {start: '$simulator --speed 1000'}" 'model: llama3.2' 'requests: 2' 'concurrency: 1' \
		'output_tokens: 8' 'unique_prompts: on' "keep_alive: $keep"
	run "$LLMBENCH" --matrix m.conf --out out --quiet
	cell_flags out/m keep_alive
done >got
is "$(cat got)" "0 = the server does not list the model as loaded + the model was loaded again while measuring: 2 times
30m = " "a model that is gone as soon as it is loaded"

# --- a queue size is no limit of a model that is loaded

matrix "server: {start: '$simulator --speed 1000'}" 'model: llama3.2' 'requests: 16' 'output_tokens: 8' 'unique_prompts: on' \
	'queue_size: [1, 512]'
run "$LLMBENCH" --matrix m.conf --out queue --quiet
is "$status $(cat queue/m/*/records.jsonl | grep -c '"outcome":"ok"')" "0 32" "a burst over the queue size is answered"
run "$LLMBENCH" help queue_size
like "$stdout" 'cannot change the figures of a warm' "as the knob's help says"

# --- trials that do not repeat each other: each takes 0.6 s, and what disturbs one 1 s

# trials FAULT LINE…
trials()
{
	matrix "server: {start: '$LLMBENCH_SIM --device instant --speed 2 --fault $1'}" 'model: llama3.2' 'requests: 1' \
		'output_tokens: 60' 'unique_prompts: on' 'trials: 5' "${@:2}"
	run "$LLMBENCH" --matrix m.conf --out out --quiet
	cell_flags out/m seed | sed 's/[1-9][0-9.]* \(connects\|%\)/N \1/g'
}

refused='N connects were refused and tried again'
want='1 = drift: output tokens/s falls by N % per trial'
is "$(settled "$want" trials heat=20)" "$want" "a machine that throttles from trial to trial"
want="1 = $refused + slow first trial: output tokens/s N % below the median (more warmup?)
2 = "
is "$(settled "$want" trials refuse=600 'seed: [1, 2]')" "$want" "a first trial that is slow, and five that are alike"
want="1 = $refused + outliers: output tokens/s of 1 of 5 trials"
is "$(settled "$want" trials refuse=600 'warmup: 0')" "$want" "a later one"

run "$LLMBENCH" help prompt-cache
like "$stdout" '^  prompt-cache  .*repeated prompt' "help explains a flag"
finish
