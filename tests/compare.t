#!/usr/bin/env bash
# Whole comparisons: each exit status, rules, what is not comparable, baselines, tables alone. Simulated runs are as noisy
# as the machine is busy: what is to be the same, or worse, is a run whose trials are replaced by even ones.
# shellcheck source=tests/lib.sh disable=SC2016 # backquotes and variables are those of what is looked at
. "$(dirname "$0")/lib.sh"

# bench NAME SPEED OPTION…: a run, results/NAME.
bench()
{
	local name=$1 speed=$2
	shift 2
	cat >"$name.conf" <<-END
		title: Run $name
		server: {start: '$LLMBENCH_SIM --device m4-16g --speed $speed'}
		model: llama3.2
		parallel: [4, 2]
		requests: 4
		output_tokens: 32
		trials: 4
		sample_interval: 100ms
		calibrate: false
	END
	run "$LLMBENCH" --matrix "$name.conf" --quiet "$@"
	is "$status" 0 "$name is measured"
}

# even RATIO: the run `fast` with trials that differ by 0.1 %, and RATIO times the tokens/s; makes even-RATIO.json.
even()
{
	cat results/fast/*/summary.json | perl -MJSON::PP -e '
		local $/;
		my ($run, $ratio) = (decode_json(<STDIN>), @ARGV);
		for my $metrics (map { $_->{metrics} } @{$run->{cells}}) {
			for my $name (grep { ref $metrics->{$_} } keys %$metrics) {
				my $metric = $metrics->{$name};
				my $size = 100 * ($name eq "output_tokens_per_s" ? $ratio : 1);
				my @even = map { $_ * $size } 1, 1.001, 0.999, 1;
				@$metric{qw(values trials median)} = ([@even], 4, $size) if $metric->{trials};
				$metric->{by_trial}{$_} = [@even] for keys %{$metric->{by_trial} || {}};
			}
		}
		print JSON::PP->new->canonical->encode($run)' "$1" >"even-$1.json"
}

# compares STATUS WHAT ARGUMENT…
compares()
{
	local want=$1 what=$2
	shift 2
	run "$LLMBENCH" compare "$@"
	is "$status" "$want" "$what: status $want"
}

# mistake PATTERN WHAT ARGUMENT…
mistake()
{
	local pattern=$1 what=$2
	shift 2
	compares 2 "$what" "$@"
	is "$stdout" "" "$what: nothing on stdout"
	like "$stderr" "^llmbench: .*$pattern" "$what: told"
}

bench fast 100
bench slow 50
bench once 100 --set trials=1
bench more 100 --set 'parallel=[4, 2, 1]' --set prompt=Why?
for ratio in 1 0.93 1.2; do
	even "$ratio"
done

# --- each status

compares 0 "equal runs" even-1.json even-1.json
like "$stdout" '^# Comparison$' "a report"
like "$stdout" '^\*\*nothing worse\*\*[.] Of [0-9]+ figures in 2 cells' "its outcome"
like "$stdout" '^[|] parallel 4 [|] Output tokens/s [|] 100.0 [|] 100.0 [|] [+]0.0 [|]' "the change of each cell"
like "$stdout" "Welch's t test on logarithms" "says how it was tested"
like "$stdout" 'Benjamini and Hochberg' "and corrected"
unlike "$stdout" '## What differs' "nothing differs"
run env COLUMNS=60 "$LLMBENCH" compare even-1.json even-1.json --format term
is "$status" 0 "for a terminal"
like "$stdout" '^parallel 4 +Output tokens/s +100.0 +100.0' "the same figures, aligned"
is "$(perl -CS -ne 'chomp; print if length > 60' <<<"$stdout")" "" "in its width"

compares 1 "a slower run" even-1.json even-0.93.json
like "$stdout" '^\*\*worse\*\*[.] .* 2 worse' "is worse"
like "$stdout" '^[|] parallel 2 [|] Output tokens/s [|] 100.0 [|] 93.00 [|] -7.0 [|] .*-7[.].*, -6[.].*[|] \*\*worse\*\* [|]$' "by 7 %"

compares 0 "a faster run" even-1.json even-1.2.json
like "$stdout" '2 better' "is better"

compares 4 "one trial each" results/once results/once
like "$stdout" 'cannot tell: too few trials' "cannot be told"

compares 5 "another device" results/fast results/slow
like "$stdout" '^\*\*not comparable\*\*' "is not comparable"
like "$stdout" '^[|] simulated device [|] .* [|] .* [|] only with `--allow machine` [|]$' "says why"
unlike "$stdout" 'Output tokens/s' "and compares no figure"
run "$LLMBENCH" compare results/fast results/slow --allow machine
like "$stdout" '^[|] simulated device [|] m4-16g at 100 .* [|] m4-16g at 50 .* [|] machine may differ [|]$' "unless it is allowed"
like "$stdout" '^[|] parallel 4 [|] Output tokens/s [|]' "then the figures are compared"

compares 5 "another prompt" results/fast results/more
like "$stdout" '^[|] prompt [|] Why is the blue sky blue[?] [|] Why[?] [|] only with `--allow prompt`' "is told"
run "$LLMBENCH" compare results/fast results/more --allow prompt
like "$stdout" '^- NEW: parallel 1$' "cells of one run only are listed"

# --- rules

compares 1 "a loss beyond a rule" even-1.json even-0.93.json --fail-on 'output_tokens_per_s < -5%'
like "$stdout" '^[|] output_tokens_per_s < -5% [|] parallel 4 [|] -7.0 % [|] .* [|] \*\*tripped\*\* [|]$' "trips it"
compares 0 "a loss within all rules" even-1.json even-0.93.json --fail-on 'output_tokens_per_s < -10%' \
	--fail-on 'errors > 0' --fail-on 'ttft_ms.p99 > 1e9'
like "$stdout" '^\*\*no rule tripped\*\*' "trips none"
compares 1 "one of several" even-1.json even-1.json --fail-on 'errors > 0' --fail-on 'ttft_ms.p99 > 99'
compares 4 "a rule and one trial" results/once results/once --fail-on 'output_tokens_per_s < -5%'

mistake 'no such metric "output_tokens_per_sec" \(did you mean "output_tokens_per_s"[?]\)' "a metric that is none" \
	results/fast results/fast --fail-on 'output_tokens_per_sec < -5%'
mistake 'trips although nothing changed' "a rule that says something else" \
	results/fast results/fast --fail-on 'output_tokens_per_s < 5%'
mistake '--allow machines: did you mean "machine"' "a part that is none" results/fast results/fast --allow machines
mistake '--margin 5: it takes more than 0%' "a margin without %" results/fast results/fast --margin 5
mistake 'no such format "csv": ' "a format that is none" results/fast results/fast --format csv
mistake 'compare needs BASE NEW' "one run" results/fast
mistake 'nothere' "a run that is not there" results/fast nothere
mistake 'two runs or two tables' "a run and a table" results/fast results/fast.md
echo '{"schema": "llmbench.summary/9"}' >wrong.json
mistake '"wrong[.]json" is no summary' "a file that is none" results/fast wrong.json
echo '{' >wrong.json
mistake '"wrong[.]json" is not JSON' "a broken one" results/fast wrong.json

# --- all ways to say where a run is, and the same bytes each time

expected=$("$LLMBENCH" compare results/fast results/fast)
folder=$(find results/fast -mindepth 1 -maxdepth 1 -type d)
for path in fast.conf "$folder" "$folder/summary.json"; do
	is "$("$LLMBENCH" compare results/fast "$path")" "$expected" "$(basename "$path" | sed 's/^2.*/a run/') means the same run"
done
is "$(LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo "$LLMBENCH" compare results/fast results/fast)" "$expected" \
	"another locale and time zone: the same bytes"

compares 1 "as JSON, into a file" even-1.json even-0.93.json --format json --output out.json
is "$stdout" "" "with --output nothing is on stdout"
is "$(perl -MJSON::PP -e '
	local $/;
	my $it = decode_json(<STDIN>);
	my @figures = map { @{$_->{figures}} } @{$it->{cells}};
	print join(" ", $it->{schema}, $it->{status}, $it->{test}, scalar @{$it->{cells}},
		join(",", map { $_->{verdict} } grep { $_->{main} } @figures)), "\n"' <out.json)" \
	"llmbench.comparison/1 1 welch_t_log 2 worse,worse" "the JSON has everything"

# --- baselines

mistake 'no baseline "main".*--baseline save RUN main' "a baseline that is not there" results/fast --baseline main
run "$LLMBENCH" compare --baseline save results/fast
is "$status" 0 "a baseline is kept"
is "$stderr" "llmbench: the baseline is kept in results/baselines/fast.json" "by the name of its matrix"
is "$("$LLMBENCH" compare --baseline fast results/fast)" "$expected" "it is the run that was kept"
run "$LLMBENCH" compare --baseline save results/fast ../../main
is "$(ls results/baselines)" "$(printf '%s\n' '-.-..-main.json' fast.json | LC_ALL=C sort)" "no name leaves the folder"
run "$LLMBENCH" compare --baseline save even-1.json main --out elsewhere
compares 1 "a slower run and a named baseline" --baseline main --out elsewhere even-0.93.json
compares 0 "an equal one" --baseline main --out elsewhere even-1.json
echo 'model: a' >fast.conf
mkdir -p elsewhere/fast
cp -R results/slow/* elsewhere/fast/
run "$LLMBENCH" compare --baseline save fast.conf one --out elsewhere
is "$status" 0 "a matrix, whose results are elsewhere"
run "$LLMBENCH" compare --baseline save results/slow two --out elsewhere
cmp elsewhere/baselines/one.json elsewhere/baselines/two.json
ok $? "it is the run that was measured there"
mistake 'the matrix "fast.conf" has no results in "nowhere/fast"' "a matrix without results" fast.conf fast.conf --out nowhere
mistake 'stands for BASE: give NEW alone' "a baseline and two runs" --baseline fast results/fast results/slow
mistake 'nothere' "a baseline of nothing" --baseline save nothere

# --- tables alone

compares 0 "a table and itself" results/fast.md results/fast.md
like "$stdout" '^\*\*no difference\*\*' "have no difference"
sed 's/| 512 | 2048 |/| 512 | 4096 |/; s/^\(| .* | 4 | \)[0-9.]* |/\1 77 |/' results/fast.md >changed.md
compares 1 "a table with another duration" results/fast.md changed.md
like "$stdout" '^[|] Model: llama3.2 \(2.0GB\) [|] .*Allowed 4 [|] Duration \(Seconds\) [|] [0-9.]+ [|] 77 [|]' "is told by cell"
printf '# Other\n\n| A |\n|---|\n| 1 |\n' >other.md
compares 5 "tables of something else" results/fast.md other.md
echo 'no table' >none.md
mistake '"none[.]md" has no table' "a file without one" results/fast.md none.md
printf '| A \033[31m | B |\n|--|--|\n| x\033]0;evil\007 | 1 |\n| \377\376 | `` ` |\n' >hostile.md
sed 's/ 1 / 20 /' hostile.md >hostile2.md
compares 1 "hostile tables" hostile.md hostile2.md
unlike "$(tr '\033\007' '@@' <<<"$stdout")" '@' "control bytes are masked"
mistake 'tables alone know no --fail-on' "a rule for tables" hostile.md hostile2.md --fail-on 'errors > 0'

# --- the examples for CI: their own commands are run

# block FILE COMMAND: the lines of the literal block that has the command, without their indent.
block()
{
	awk -v command="$2" '
	/\|$/ { block = ""; open = 1; next }
	open && /^ +(- |[a-z]+:)/ { open = 0 }
	open { sub(/^ +/, ""); block = block $0 "\n" }
	open && index($0, command) { found = 1 }
	!open && found { printf "%s", block; exit }
	END { if (open && found) printf "%s", block }' "$ROOT/scripts/$1"
}

# ci WHAT STATUS FILE VARIABLE…: runs the comparison of an example.
ci()
{
	local what=$1 want=$2 file=$3
	shift 3
	block "$file" 'compare --baseline "$MATRIX"' >block.sh
	run env HOME="$scratch/home" MATRIX=even GITHUB_STEP_SUMMARY=summary.md CI_DEFAULT_BRANCH=main "$@" bash block.sh
	is "$status" "$want" "$what: status $want"
}

# new FILE: what the run of results/even was.
new()
{
	rm -rf results/even
	mkdir -p results/even/20261121T061900Z
	cp "$1" results/even/20261121T061900Z/summary.json
}

ln -s "$LLMBENCH" llmbench
new even-1.json
ci "GitLab, the default branch" 0 ci-gitlab.yml CI_COMMIT_BRANCH=main
[ -f home/llmbench/baselines/even.json ]
ok $? "keeps the baseline"
ci "GitHub, nothing worse" 0 ci-github.yml
ci "GitLab, nothing worse" 0 ci-gitlab.yml CI_COMMIT_BRANCH=
like "$(cat summary.md)" '^\*\*no rule tripped\*\*' "GitHub shows the comparison"
new even-0.93.json
ci "GitHub, a loss" 1 ci-github.yml
ci "GitLab, a loss" 1 ci-gitlab.yml CI_COMMIT_BRANCH=
cp results/once/*/summary.json once.json
new once.json
ci "GitHub, one trial" 0 ci-github.yml
like "$stdout" '^::warning::too noisy to tell' "is a warning"
ci "GitLab, one trial" 4 ci-gitlab.yml CI_COMMIT_BRANCH=
finish
