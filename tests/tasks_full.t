#!/usr/bin/env bash
# The reports by task and in full, from the matrices that come with llmbench to the documents, against simulated servers
# under the names of the real ones; one of which is not there.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# program NAME OPTION…: a program of that name that is a simulated server; it takes the port that it is told.
mkdir bin
program()
{
	local name=$1
	shift
	cat >"bin/$name" <<-END
		#!/bin/sh
		port=
		while [ \$# -gt 0 ]; do
			[ "\$1" != --port ] || port=\$2
			shift
		done
		exec "$LLMBENCH_SIM" $* \${port:+--port "\$port"} --device m4-16g --speed 200
	END
	chmod +x "bin/$name"
}
program ollama
program llama-server --api openai --kind llama-server --model llama3.1:8b
program whisper-server --api whisper --kind whisper.cpp --model whisper-base
PATH=$scratch/bin:$PATH

# measure NAME OPTION…: a run of configs/NAME.conf.
measure()
{
	run "$LLMBENCH" --matrix "$ROOT/configs/$1.conf" --quiet --set calibrate=false --set trials=1 "${@:2}"
}

# --- by task: three runs, one report

measure text --set 'model=[llama3.2, llama3.1:70b]' --set output_tokens=8 --set load_timeout=1ms
is "$status" 1 "texts: models that are not loaded in time are cells that fail"
mv results/text results/late
measure text --set 'model=[llama3.2, qwen2.5:0.5b]' --set output_tokens=8
is "$status" 0 "texts: status 0"
measure vision --set 'server.start=ollama serve' --set model=qwen3-vl:2b --set output_tokens=8
is "$status" 0 "pictures: status 0"
measure speech --set 'server.start=whisper-server --port {port}' --set model=whisper-base
is "$status" 0 "recordings: status 0"

run "$LLMBENCH" report --style tasks results/text results/vision results/speech
is "$status" 0 "report --style tasks: status 0"
is "$stderr" "" "and no complaint"
cp .stdout tasks.md
like "$stdout" '^# (.*; )?Pictures described(;|$)' "its title is that of all runs"
is "$(grep '^##' tasks.md)" "## Executive Summary
## Performance Results
### Text Generation Models
### Vision-Language Models
### Speech Recognition
## Resource Utilization
### Storage Requirements
### Memory Usage Patterns
## Recommendations
### For 16 GB of Memory
### For 24 GB of Memory
### For 32 GB of Memory
## How This Was Measured" "its sections, in the seed's order"
is "$(grep '^| Model' tasks.md)" "| Model | Parameters | Size | Speed | Memory | Notes |
| Model | Parameters | Size | Task | Latency | Memory | Notes |
| Model | Parameters | Size | Performance | Memory | Notes |" "its tables, with the seed's columns"
like "$stdout" '^\| \*\*llama3\.2\*\* \| 3\.2B \| 2\.0GB \| [0-9.]+ tokens/s \| [0-9.]+[GM]iB \|' "a model, its parameters and size as the server tells them"
like "$stdout" '^\| \*\*qwen2\.5:0\.5b\*\* \| 494M \| 398MB \| [0-9.]+ tokens/s \| (9[0-9][0-9]MiB|1\.0GiB) \|' \
	"the next one on the same server, without the memory of the one before"
like "$stdout" '^\| \*\*whisper-base\*\* \| – \| – \| .* RTF, [0-9]+ times as fast as it plays \|' "what a server does not tell is –"
like "$stdout" '^- \*\*Hardware\*\*: a simulated m4-16g$' "the machine"
like "$stdout" 'Simulated\*\*: these are figures of a model of a machine' "told to be simulated"
run "$LLMBENCH" report --style tasks results/speech results/text results/vision
cmp -s .stdout tasks.md
ok $? "the same bytes, in whichever order the runs are named"
run env LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo "$LLMBENCH" report --style tasks results/text results/vision results/speech
cmp -s .stdout tasks.md
ok $? "and in another locale and time zone"
run "$LLMBENCH" report --style tasks results/late
like "$stdout" '^## Pending Models$' "what failed is pending"
like "$stdout" '^- \*\*llama3.2\*\*: failed: ' "with its reason"
like "$stdout" '^- Nothing was measured: 2 of 2 cells failed' "and there is no finding but that"

# --- in full

# The simulated llama-server has a model by its name, not by a file.
cp "$ROOT/configs/questions.jsonl" .
sed 's|models/Meta.*gguf|llama3.1:8b|' "$ROOT/configs/full.conf" >full.conf
run "$LLMBENCH" --matrix full.conf --quiet --set calibrate=false --set trials=1 --set output_tokens=8 --set requests=2 \
	--only model=llama3.1:8b
is "$status" 1 "servers: one is not there, status 1"
run "$LLMBENCH" report --style full results/full
is "$status" 0 "report --style full: status 0"
cp .stdout full.md
is "$(grep -E '^##? |^### [A-Z]' full.md)" "# 8B models
## Executive Summary
### Key Findings
## Performance Comparison
### Best Performers
### Text Generation Models
## Detailed Model Analysis
## Where the memory goes
## Dataset Analysis
## Recommendations
### What Is Missing
## Technical Details
### Storage
### System Configuration
### Framework Status
### Model Files Tested
### Methodology
### Limitations" "its sections, in the seed's order"
like "$stdout" '^- \*\*Ollama [0-9.]+\*\*: measured, 1 of 1 cells$' "a server that was measured"
like "$stdout" '^- \*\*mlx_lm.server\*\*, of the kind mlx_lm: could not be measured: .*no program' "one that could not be had, and why"
unlike "$(sed -n '/^### Best/,/^### Text/p' full.md)" 'mlx_lm' "which is best at nothing"
like "$stdout" '^- \*\*Size:\*\* 5 samples$' "the file of prompts"
like "$stdout" '^- \*\*Prompt:\*\* .*Explain in simple words how a machine can learn\.$' "an example of what was asked"
like "$stdout" '^- \*\*Response:\*\* [a-z ]+$' "and answered"
like "$stdout" 'Fine-tuning with LoRA \(estimate\):\*\* would not fit: about 17\.[0-9]GiB of 16\.0GiB free' "an estimate is called one"
like "$stdout" 'cannot be estimated: not known: layers, free memory' "and there is none without its inputs"
# shellcheck disable=SC2016 # a backtick of Markdown
like "$stdout" '^1\. \*\*llama3\.1:8b\*\*: 4\.9GB, quantization Q4_K_M, digest `[0-9a-f]{64}`$' "the model's file"
like "$(cat results/full/*/summary.json)" '"parameters": *8030261312' "parameters stand in summary.json"
like "$(cat results/full/*/summary.json | tr -d '\n\t')" '"sample": *\{ *"prompt": *"[^"]*Explain in simple words' "and the example"

finish
