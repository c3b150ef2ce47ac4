#!/usr/bin/env bash
# What requests say, as the simulator reads it: made lengths, shared prefixes, distributions, conversations, traces.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# bench NAME LINE…: a matrix on a quick simulated server (or simulator, its options), run once; sets folder, and truth:
# what the server was asked.
bench()
{
	local name=$1
	shift
	printf '%s\n' "server: {start: '$LLMBENCH_SIM ${simulator:---device m4-16g --speed 300} --truth $scratch/$name.truth'}" \
		'model: llama3.2' 'sample_interval: 100ms' 'calibrate: false' "$@" >"$name.conf"
	grep -q '^output_tokens:' "$name.conf" || echo 'output_tokens: 8' >>"$name.conf"
	run "$LLMBENCH" --matrix "$name.conf" --out out
	folder=$(find "out/$name" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1)
	summary=$(perl -0pe 's/[\n\t]//g; s/": /":/g' "$folder/summary.json")
	truth=$scratch/$name.truth
}

# records FIELD…: those members of each record, one line each.
records()
{
	perl -MJSON::PP -e '
		open my $file, "<", shift or die;
		while (<$file>) {
			my $record = decode_json($_);
			print join(" ", map { $record->{$_} // "-" } @ARGV), "\n";
		}' "$folder/records.jsonl" "$@"
}

# prompts: how the prompts begin that the server was asked, in its order, one line each; a new line is a bar.
prompts()
{
	perl -MJSON::PP -e 'while (<>) { $_ = decode_json($_)->{prompt}; s/\n/|/g; print "$_\n" }' "$truth"
}

# --- lengths as the server counts: it takes 1.3 tokens for a word, rounded up

bench fixed 'input_tokens: 130' 'requests: 8' 'trials: 2' 'warmup: 0'
is "$status" 0 "made prompts: status 0"
is "$(records prompt_tokens asked_input_tokens | sort -u)" "130 130" "each is as long as asked"
unlike "$stdout" 'input tokens, got' "so that there is nothing to tell"
is "$(prompts | tail -n 16 | cut -d ' ' -f 1 | sort -u | grep -c '')" 16 "each begins with another word"
questions=$(($(prompts | grep -c '') - 16))
[ $questions -ge 1 ] && [ $questions -le 8 ]
ok $? "found by a few questions before"
first=$(prompts | sort | cksum)
rm "$truth"
bench fixed 'input_tokens: 130' 'requests: 8' 'trials: 2' 'warmup: 0'
is "$(prompts | sort | cksum)" "$first" "another run says the same"

bench missed 'input_tokens: [512, 650]' 'requests: 3'
like "$stdout" '^[|].*asked 512 input tokens, got 51[13] [|]$' "a length that no number of words has is told in the row"
like "$stdout" '^[-] [*][*]input-tokens-differ[*][*]' "and explained"
is "$(grep -c 'asked 650' <<<"$stdout")" 0 "one that is met is not"

bench context 'input_tokens: 4000' 'requests: 2' 'context_size: 512'
like "$stdout" 'asked 4000 input tokens, got 512' "a context that is too small is told"
[ "$(prompts | grep -c '')" -le 6 ]
ok $? "and ends the questions"

# --- a server with a route that counts: one request of one token proves it, and each prompt is counted

for kind in llama-server vllm; do
	for api in generate chat; do
		simulator="--api openai --kind $kind --device instant --speed 20 --ready-after 0s --port {port}" \
			bench "$kind-$api" 'input_tokens: 130' 'requests: 8' 'warmup: 0' "api: $api"
		is "$(records prompt_tokens | sort | uniq -c | tr -s ' ')" ' 8 130' "$kind, $api: each is as long as asked"
		is "$(prompts | grep -c '')" 9 "with one request for a count"
	done
done
simulator='--api openai --kind mlx_lm --device instant --speed 20 --ready-after 0s --port {port}' \
	bench mlx_lm 'input_tokens: 130' 'requests: 8' 'warmup: 0'
is "$(records prompt_tokens | sort | uniq -c | tr -s ' ')" ' 8 130' "one without: by requests"
[ "$(prompts | grep -c '')" -gt 9 ]
ok $? "which are more"

# --- distributions

bench drawn 'input_tokens: {mean: 300, spread: 60}' 'output_tokens: {min: 2, max: 9}' 'requests: 40' 'trials: 2'
is "$(records asked_output_tokens output_tokens | awk '$1 != $2 || $1 < 2 || $1 > 9' | grep -c '')" 0 \
	"answers have the lengths that were drawn"
is "$(records asked_input_tokens prompt_tokens | awk '$1 - $2 > 1 || $2 - $1 > 1' | grep -c '')" 0 \
	"prompts too, to the nearest that words can make"
is "$(records asked_input_tokens asked_output_tokens | head -n 40)" \
	"$(records asked_input_tokens asked_output_tokens | tail -n 40)" "which are the same in each trial"
records asked_input_tokens | awk '{ sum += $1; n++ } END { exit !(sum / n > 270 && sum / n < 330) }'
ok $? "their mean is near the one asked for"
like "$summary" '"input_tokens":\{"mean":300,"spread":60\}' "the settings have the distribution"

# --- a shared prefix

bench prefix 'input_tokens: 26' 'shared_prefix_tokens: 13' 'requests: 6'
is "$(prompts | tail -n 6 | cut -d ' ' -f 1-10 | sort -u | grep -c '')" 1 "10 words, 13 tokens, are the same"
is "$(prompts | tail -n 6 | cut -d ' ' -f 11 | sort -u | grep -c '')" 6 "and the next differs"
like "$stdout" '^  - all prompts begin with the same 13 tokens: their prefill may be from the cache' "which is told"

# --- conversations

cat >talk.jsonl <<'EOF'
{"messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "one two"}, {"role": "assistant", "content": "three"}, {"role": "user", "content": "four"}]}

{"prompt": "alone"}
EOF
bench talk 'prompts: talk.jsonl' 'api: chat' 'requests: 6' 'unique_prompts: false' 'warmup: 0' 'think_time: 30ms'
is "$(prompts | sort)" "$(printf '%s\n' 'Be short.|one two' 'Be short.|one two|three|four' alone \
	'Be short.|one two' 'Be short.|one two|three|four' alone | sort)" "a conversation has all that was said before"
is "$(records turn | paste -s -d ' ' -)" '1 2 - 1 2 -' "its turns are numbered"
is "$(perl -MJSON::PP -e 'my @r = map { decode_json($_) } <>; print $r[1]{due_ns} - $r[0]{done_ns}, "\n"' \
	"$folder/records.jsonl")" 30000000 "a turn is due when the one before is done and think_time is over"
like "$summary" \
	'"datasets":\[\{"path":"talk.jsonl","kind":"prompts","format":"jsonl","field":null,"samples":2,"requests":3,"characters":\{"min":4,"median":5,"max":7\}\}\]' \
	"the data set is described"
like "$(tr -d ' \n\t' <"$folder/run.json")" '"datasets":\[\{"path":"talk.jsonl"' "in run.json too"

bench made 'input_tokens: 7' 'output_tokens: 3' 'turns: 3' 'api: chat' 'requests: 6' 'concurrency: 2' 'warmup: 0'
is "$(prompts | tail -n 6 | awk -F '|' '{ print NF }' | sort | paste -s -d ' ' -)" '1 1 3 3 5 5' "made conversations grow"
is "$(records turn asked_input_tokens | paste -s -d , -)" '1 7,2 -,3 -,1 7,2 -,3 -' "by turns, whose first has its length"
is "$(records prompt_tokens | sed -n '1p;4p' | sort -u)" 7 "as asked"

bench rated 'input_tokens: 13' 'turns: 2' 'api: chat' 'requests: 8' 'rate: 50/s' 'arrival: constant' 'warmup: 0'
is "$(perl -MJSON::PP -e '
	my @r = map { decode_json($_) } <>;
	print join(" ", map { int(($r[2 * $_]{due_ns} - $r[0]{due_ns}) / 1e6 + 0.5) } 0 .. 3), "\n"' \
	"$folder/records.jsonl")" '0 20 40 60' "rate is of conversations"

# --- a trace

printf '%s\n' 'arrival_ms,input_tokens,output_tokens,prompt' '1000,130,5,' '1100,,7,"Hello, ""you"""' '1300,65,,' >t.csv
bench trace 'trace: t.csv' 'trace_speed: 2' 'warmup: 0'
is "$status" 0 "a trace: status 0"
is "$(records prompt_tokens asked_output_tokens output_tokens)" "$(printf '%s\n' '130 5 5' '4 7 7' '65 8 8')" \
	"has the lengths of its lines"
is "$(perl -MJSON::PP -e '
	my @r = map { decode_json($_) } <>;
	print join(" ", map { ($_->{due_ns} - $r[0]{due_ns}) / 1e6 } @r), "\n"' "$folder/records.jsonl")" '0 50 150' \
	"and its arrivals, twice as fast"
like "$stdout" 'Asked [(]requests/s[)] [|] Achieved' "it is an open loop"
like "$summary" '"kind":"trace","format":"csv".*"duration_s":0.3,"input_tokens":\{"min":65,"median":65,"max":130\}' \
	"and described"
run "$LLMBENCH" plan --matrix trace.conf --set requests=4
is "$status:$stderr" '2:llmbench: --set requests=4: requests is 4, but "t.csv" has 3 arrivals' "more than it has is a mistake"
run "$LLMBENCH" plan --matrix trace.conf --set rate=4/s
is "$status:$stderr" '2:llmbench: trace.conf:6:14: trace_speed needs trace' "a rate takes its place"

# --- a server that counts nothing

run "$LLMBENCH" help input_tokens
like "$stdout" 'so long as the server counts them' "help explains"
run "$LLMBENCH" help input-tokens-guessed
like "$stdout" 'did not tell how many tokens' "the flag too"
finish
