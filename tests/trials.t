#!/usr/bin/env bash
# Trials: their order, how many there are, what is said about them, and what an open loop says of its own sending.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# matrix LINE…: a server that is quick, and what keeps a run short.
matrix()
{
	printf '%s\n' 'title: Test' "server: {start: '$LLMBENCH_SIM --device m4-16g --speed 300'}" \
		'output_tokens: 16' 'sample_interval: 100ms' "$@" >m.conf
	grep -q '^requests:' m.conf || echo 'requests: 4' >>m.conf
}

# bench FOLDER OPTION…: runs it; sets folder and summary.
bench()
{
	run "$LLMBENCH" --matrix m.conf --out "$@"
	folder=$(find "$1/m" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1)
	summary=$(cat "$folder/summary.json")
}

# "model trial" of each trial, in the order in which they were run.
trials()
{
	perl -MJSON::PP -e '
		local $/;
		open my $file, "<", "$ARGV[0]/summary.json" or die;
		my %model = map { $_->{id} => $_->{settings}{model} } @{decode_json(<$file>)->{cells}};
		open $file, "<", "$ARGV[0]/records.jsonl" or die;
		my @trials = map { "$model{$_->{cell}} $_->{trial}" } grep { $_->{request} == 0 }
			map { decode_json($_) } split /\n/, <$file>;
		print join(", ", @trials), "\n"' "$1"
}

# --- order

matrix 'model: [mistral, llama3.2]' 'trials: 3'
bench file
is "$(trials "$folder")" 'mistral 1, mistral 2, mistral 3, llama3.2 1, llama3.2 2, llama3.2 3' "cell after cell"
like "$summary" '"interval":.*"student_t_95"' "three trials have an interval"
like "$stdout" '^[|] mistral [|]  [|] [0-9.]+ \[[0-9.]+, [0-9.]+\] [|]' "which the table shows"
like "$stdout" '^- \*\*\[low, high\]\*\*: the 95 % confidence interval' "and explains"
of_trials='^- Duration: .*, the median over a cell.s trials; Requests: of one trial; Errors: of all trials[.]$'
like "$stdout" "$of_trials" "what is of one trial and what of all is told"

bench interleaved --set order=interleaved
is "$status" 0 "interleaved: status 0"
is "$(trials "$folder")" 'mistral 1, llama3.2 1, mistral 2, llama3.2 2, mistral 3, llama3.2 3' "one trial of each in turn"
is "$(grep -c '"llmbench.cell/1"' "$folder/cells.jsonl")" 2 "a line for each cell"
is "$(grep -c '' "$folder/records.jsonl")" 24 "and for each request"
like "$(grep '^| ' "$folder/report.md")" 'Memory Usage: [45][.][0-9]*Gi' "each has its own memory"

bench shuffled --set order=shuffled --set 'model=[llama3.2, mistral, deepseek-r1:1.5b]' --set trials=1 --set order_seed=2
is "$(trials "$folder")" "$(run "$LLMBENCH" plan --matrix m.conf --set order=shuffled --set order_seed=2 \
	--set 'model=[llama3.2, mistral, deepseek-r1:1.5b]' && awk -F '[| ]+' '/^[|] [0-9]/ { print $($3 == "yes" ? 4 : 3) " 1" }' <<<"$stdout" |
	paste -s -d , - | sed 's/,/, /g')" "shuffled: as the plan says"
is "$(sed -n 's/^## Model: \([^ ]*\).*/\1/p' "$folder/report.md" | paste -s -d ' ' -)" \
	'llama3.2 mistral deepseek-r1:1.5b' "the report keeps the file's order"
unlike "$(cat "$folder/report.md")" '\[low, high\]' "one trial has no interval"
like "$(cat "$folder/report.md")" "^- Duration: from the first request's due time to the last reply's end[.]$" "and nothing is of several"

# --- how many trials

# Trials of a tenth of a second: a pause of a busy machine cannot make their interval as wide as the figure.
matrix 'model: llama3.2' 'until: 100%' 'requests: 16'
bench wide --set output_tokens=64
is "$(trials "$folder")" 'llama3.2 1, llama3.2 2, llama3.2 3' "until: three trials are enough for a wide interval"
like "$stdout" "$of_trials" "also then what is of one trial is told"
unlike "$stdout" 'until: asked' "and nothing is to be said"
matrix 'model: llama3.2' 'until: 0.1%' 'max_trials: 4'
bench narrow
is "$(trials "$folder")" 'llama3.2 1, llama3.2 2, llama3.2 3, llama3.2 4' "a narrow one ends at max_trials"
like "$stdout" '^[|].*until: asked ±0[.]1 % of output tokens/s, got ±[0-9.]+ % after 4 trials' "which the row tells"

# --- a trial that is decoded while it goes on, since its replies come to more than 32 MiB

matrix 'model: llama3.2' 'requests: 512' 'concurrency: 64' 'warmup: 0'
bench long --set output_tokens=1200 --set "server.start=$LLMBENCH_SIM --device instant --speed 1000000"
is "$(perl -MJSON::PP -ne '
	my $record = decode_json($_);
	my @stamps = ($record->{sent_ns}, @{$record->{event_ns}}, $record->{done_ns});
	my $falls = grep { $stamps[$_] < $stamps[$_ - 1] } 1 .. $#stamps;
	print join(" ", $record->{outcome}, $record->{done_reason}, $record->{output_tokens}, scalar @{$record->{event_ns}},
		$falls, length $record->{text} > 300 ? "text" : "none"), "\n"' "$folder/records.jsonl" | sort | uniq -c | tr -s ' ')" \
	' 512 ok length 1200 1200 0 text' "each record is whole"
is "$(find long -name '*unnamed*')" '' "and no file is left of them"

# --- open loop, and goodput

matrix 'model: llama3.2' 'rate: 1000/s' 'arrival: constant' 'concurrency: 1' 'requests: 12' 'slo: {e2e_ms: 60000, ttft_ms: 60000}'
bench behind
like "$stdout" '^[|].*asked 1000/s, sent [0-9.]+/s' "a rate that cannot be sent is told"
like "$stdout" '^[|] Model [|].*[|] Asked [(]requests/s[)] [|] Achieved [(]requests/s[)] [|] Late [|] Unsent [|].*[|] Goodput [(]requests/s[)] [|] SLO met [(]%[)] [|]' \
	"the table has the columns of an open loop, and of limits"
like "$summary" '"slo_met_pct":' "goodput is in the JSON"
like "$stdout" '^[|] llama3[.]2 .* 100[.]0 [|] [0-9.]+ [|]$' "all met wide limits"

matrix 'model: llama3.2' 'rate: 20/s' 'arrival: constant' 'requests: 8' 'slo: {e2e_ms: 0.001}'
bench kept
unlike "$stdout" 'asked [0-9]' "a rate that is kept is not"
like "$stdout" '^[|] llama3[.]2 .* [|] 0[.]00 [|] 0[.]0 [|] [0-9.]+ [|]$' "none met a narrow limit, which is 0 and not unknown"

matrix 'model: llama3.2'
bench closed
unlike "$stdout" 'Goodput|Achieved|from sent' "without rate and slo the table is as it was"
finish
