#!/usr/bin/env bash
# `llmbench plan`: the memory table of the five models on a 16 GiB M4 without any server, what is told of other models,
# machines and servers, and times from an earlier run.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

m4="--memory 16GiB --gpu metal"

# row MODEL PARALLEL COLUMN…: these columns of the plan's row, by their titles.
row()
{
	local model=$1 parallel=$2
	shift 2
	perl -e '
		my ($model, $parallel, @wanted) = @ARGV;
		my %at;
		while (<STDIN>) {
			next unless /^\|/ && !/^\|-/;
			my @cells = map { s/^\s+|\s+$//gr } split /\|/;
			%at = map { $cells[$_] => $_ } 0 .. $#cells unless %at;
			next unless $cells[$at{model}] eq $model && $cells[$at{parallel}] eq $parallel;
			print join(" ", @cells[@at{@wanted}]), "\n";
		}' "$model" "$parallel" "$@" <<<"$stdout"
}

# --- the table of configs/m4.conf

# shellcheck disable=SC2086 # two options and their values
run "$LLMBENCH" plan --matrix "$ROOT/configs/m4.conf" $m4
is "$status:$stderr" "0:" "the plan of the five models needs no server"
printf '%s\n' "$stdout" >plan.txt
same_file expected/m4-plan.txt plan.txt "its table"

# What nvtop showed where all layers were on the GPU: model, parallel, GiB.
while read -r model parallel gib; do
	is "$(row "$model" "$parallel" 'GPU memory' | awk -v want="$gib" '{ d = $1 - want; print (d < 0.0215 && d > -0.0215) }')" 1 \
		"$model at $parallel: $gib GiB were measured, $(row "$model" "$parallel" 'GPU memory') are predicted"
done <<'EOF'
llama3.2 16 7.274
llama3.2 1 2.657
mistral 16 10.127
mistral 1 4.453
deepseek-r1:1.5b 64 8.070
deepseek-r1:1.5b 1 1.656
deepseek-r1:7b 4 5.547
GandalfBaum/llama3.1-claude3.7 1 5.076
EOF
is "$(row mistral 64 Fits)" 'no: a buffer of 8891928576 bytes' "the buffer that failed, to the byte"
is "$(row llama3.2 32 'GPU layers' Fits)" '21/29 in part: 8 layers spill to the CPU' "layers that spill"
is "$(row llama3.2 128 Fits)" 'no: more than the memory' "what is too much"

# shellcheck disable=SC2086
run "$LLMBENCH" plan --matrix "$ROOT/configs/m4.conf" $m4 --format json --only model=mistral --only parallel=64
is "$(perl -MJSON::PP -e 'local $/; my $p = decode_json(<STDIN>); my $m = $p->{cells}[0]{memory};
	print join(" ", $p->{schema}, $p->{machine}{gpu_bytes}, @$m{qw(compute_bytes kv_cache_bytes layers fits)})' <<<"$stdout")" \
	'llmbench.plan/1 11453246122 8891928576 17179869184 33 fails' "the same in JSON"

# --- mistakes

# shellcheck disable=SC2086,SC2089,SC2090 # the options are words
for mistake in '--memory many=--memory many: it takes a size such as 16GiB' '--memory -1=--memory -1: ' \
	'--memory 16=--memory 16: it takes a size such as 16GiB' '--gpu 12=--gpu 12: it takes metal, none, or the size' \
	'--gpu cuda=--gpu cuda: it takes metal, none, or the size' '--format csv=no such format "csv" of a plan: md or json'; do
	run "$LLMBENCH" plan --matrix "$ROOT/configs/m4.conf" ${mistake%%=*}
	is "$status:$stdout" "2:" "${mistake%%=*}: a mistake"
	like "$stderr" "^llmbench: ${mistake#*=}" "${mistake%%=*}: told"
done

# --- other models and servers

cat >others.conf <<'EOF'
model: [phi3, mistral]
server:
  - {name: Ollama, start: ollama serve}
  - {name: llama-server, start: 'llama-server -m {model} --port {port}', models: {phi3: none.gguf}}
  - {name: vLLM, start: 'vllm serve {model} --port {port}'}
EOF
run "$LLMBENCH" plan --matrix others.conf --memory 8GiB --gpu 4GiB
is "$(row phi3 1 server Fits)" 'Ollama cannot be predicted: nothing is known of the model
llama-server cannot be predicted: the file of its model cannot be read: No such file or directory
vLLM cannot be predicted: how vllm uses memory is not known' "what cannot be predicted, and why"
is "$(row mistral 1 server 'GPU layers')" 'Ollama 27/33
llama-server 23/33
vLLM –' "a GPU with its own memory"
like "$stdout" 'for a machine of 8.000Gi with a GPU of 4.000Gi' "the machine is told"
run "$LLMBENCH" plan --matrix others.conf --memory 8GiB --gpu none
unlike "$stdout" 'GPU layers' "without a GPU nothing is said of one"

# --- a server that runs, and one that does not

sim_start --device m4-16g --speed 100
printf '%s\n' "server: {url: $sim_url}" 'model: [llama3.1:8b, nothing]' >running.conf
# shellcheck disable=SC2086
run "$LLMBENCH" plan --matrix running.conf $m4
like "$stdout" 'Models: llama3.1:8b from the server' "a server that runs is asked for its models"
is "$(row llama3.1:8b 1 'GPU layers' Fits)" '33/33 yes' "and so they are known"
like "$stdout" '^- .* was asked about nothing: .*not installed' "a model that it does not have is told"
is "$(curl -s "$sim_url/api/ps")" '{"models":[]}' "nothing was loaded for it"
sim_stop
# shellcheck disable=SC2086
run "$LLMBENCH" plan --matrix running.conf $m4
is "$status" 0 "a server that does not answer is no mistake"
is "$(grep -c 'was asked about' <<<"$stdout")" 1 "and is asked once"
is "$(row llama3.1:8b 1 Fits)" 'cannot be predicted: nothing is known of the model' "its models are not known"

# --- names that would be more than text

printf '%s\n' "server: {url: 'http://127.0.0.1:1'}" 'model: ["<b>m|x", "[a](b)"]' 'parallel: 1' 'requests: 2' >names.conf
run "$LLMBENCH" plan --matrix names.conf
like "$stdout" '^[|] 1 +[|] +[|] \\<b>m\\[|]x +[|]' "a tag in a model's name is no tag in a table"
like "$stdout" '^[|] 2 +[|] +[|] \[a\\\]\(b\) +[|]' "nor is a link one"
like "$stdout" '^- .* was asked about \\<b>m[|]x: ' "nor in a remark"
run "$LLMBENCH" doctor --matrix names.conf
like "$stdout" '^[|] \\<b>m\\[|]x +[|]' "nor is it one for doctor"

# --- an earlier run

cat >again.conf <<EOF
server: {start: '$LLMBENCH_SIM --device m4-16g --speed 100'}
model: llama3.2
parallel: [2, 1]
requests: 4
output_tokens: 32
calibrate: false
sample_interval: 100ms
flash_attention: false
EOF
run "$LLMBENCH" plan --matrix again.conf
like "$stdout" 'Time: not known, there is no earlier run' "without an earlier run no time is told"
run "$LLMBENCH" --matrix again.conf
is "$status" 0 "a run"
cp "$(find results/again -name summary.json)" summary.json
run "$LLMBENCH" plan --matrix again.conf
like "$(row llama3.2 2 Time)" '^[0-9]*[.][0-9] s$' "then the time of the same cell is known"
like "$stdout" 'from 2 earlier cells in results/again/2' "and where it comes from"
run "$LLMBENCH" plan --matrix again.conf --set trials=3
like "$(row llama3.2 1 Time)" '^~[0-9]*[.][0-9] s$' "that of other settings follows from the nearest"
run "$LLMBENCH" plan --matrix again.conf --memory 999GiB
like "$stdout" 'is of a machine with other memory' "times of another machine are not taken"
is "$(row llama3.2 2 Time)" '–' "and not told"
is "$(perl -MJSON::PP -e 'local $/; my $m = decode_json(<STDIN>)->{cells}[1]{memory};
	print join(" ", @$m{qw(predicted_bytes loaded_bytes)}, @{$m->{predicted}}{qw(weights_bytes kv_cache_bytes compute_bytes)})' \
	<summary.json)" '2515380480 2853187878 2011539712 234881024 268959744' "the run has what was predicted beside what was measured"

finish
