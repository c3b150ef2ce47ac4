#!/usr/bin/env bash
# Reports of runs that are there: the same bytes again and again, formats that programs read, and what a terminal shows.
# shellcheck source=tests/lib.sh disable=SC2086 # settings are words
. "$(dirname "$0")/lib.sh"

unset COLUMNS NO_COLOR
export TERM=xterm

# names SECTION: the styles or formats that `help report` lists there and that this version has.
names()
{
	"$LLMBENCH" help report | perl -e '
		my ($wanted, $in, $name, @names, %help) = (shift, 0);
		while (<STDIN>) {
			$in = $1 eq $wanted if /^(\w+):$/;
			push @names, $name = $1 if $in && /^  (\w+)/;
			$help{$name} .= $_ if $in && defined $name;
		}
		print "$_\n" for grep { $help{$_} !~ /not\s+available\s+in\s+this\s+version/ } @names' "$1"
}

# digest RUN…: for each style and format a line with their names and a checksum of the report. `settings` are variables
# for llmbench.
settings=
digest()
{
	local style format
	for style in $styles; do
		for format in $formats; do
			printf '%s %s %s\n' "$style" "$format" \
				"$(env $settings "$LLMBENCH" report "$@" --style "$style" --format "$format" 2>&1 | cksum)"
		done
	done
}

# words FORMAT STYLE RUN…: what stands in the report, wherever.
words()
{
	local format=$1 style=$2
	shift 2
	"$LLMBENCH" report "$@" --style "$style" --format "$format" | tr -s '[:space:]' '\n' | sort | cksum
}

# matrix FILE LINE…: a server that is quick.
matrix()
{
	local file=$1
	shift
	printf '%s\n' "server: {start: '$LLMBENCH_SIM --device m4-16g --speed 2000'}" 'requests: 4' 'output_tokens: 16' \
		'sample_interval: 100ms' 'calibrate: false' 'prompts: prompts.txt' "$@" >"$file"
}

printf '%s\n' 'What is fire?' 'Name a colour.' >prompts.txt
matrix one.conf 'title: One | *two*' 'model: [llama3.2, mistral]' 'parallel: [1, 4]' 'trials: 3'
matrix two.conf 'title: Other' 'model: mistral' 'parallel: [1, 128]'
run "$LLMBENCH" --matrix one.conf --out out --quiet
is "$status" 0 "a run"
written=$stdout
run "$LLMBENCH" --matrix two.conf --out out --quiet
is "$status" 1 "another one, with a cell that the machine has no room for"
one=$(echo out/one/*/) two=$(echo out/two/*/)
one=${one%/} two=${two%/}

# --- the same bytes

styles=$(names Styles) formats=$(names Formats)
like "$styles" '^sweep$' "the help lists the styles"
is "$(grep -cE '^(md|term|json|csv|junit)$' <<<"$formats")" 5 "and the formats"
is "$("$LLMBENCH" report "$one")" "$written" "a report that is written once more is that of the run"
is "$written" "$(without_charts out/one.md)" "and the file"

digest "$one" "$two" >first
digest "$one" "$two" >again
is "$(cat again)" "$(cat first)" "every style in every format: the same bytes twice"
settings='LC_ALL=de_DE.UTF-8 TZ=XYZ-5:30'
digest "$one" "$two" >elsewhere
settings=
is "$(cat elsewhere)" "$(cat first)" "in another locale and time zone"
for file in cells records samples; do
	for run in "$one" "$two"; do
		perl -e 'print reverse <STDIN>' <"$run/$file.jsonl" >reversed && cat reversed >"$run/$file.jsonl"
	done
done
digest "$one" "$two" >shuffled
is "$(cat shuffled)" "$(cat first)" "and with the lines of a run's files in another order"
for style in $styles; do
	[ "$style" != guide ] || continue # counts improvements from the first run
	for format in md csv json junit; do
		is "$(words $format "$style" "$two" "$one")" "$(words $format "$style" "$one" "$two")" \
			"$style in $format: runs in another order say the same"
	done
done

# --- what programs read

"$LLMBENCH" report "$one" "$two" --format csv >report.csv
is "$(perl -ne 's/"(?:[^"]|"")*"//g; print tr/,//, "\n"' report.csv | sort -u | grep -c .)" 1 "csv: rows of one length"
is "$(perl -F, -ane 'if ($. == 1) { my $i; %at = map { $_ => $i++ } @F } elsif (/,output_tokens_per_s,/) {
	s/"(?:[^"]|"")*"/quoted/g; my @f = split /,/; print "$f[$at{model}] $f[$at{status}] $f[$at{parallel}]\n" }' report.csv)" \
	'llama3.2 done 1
llama3.2 done 4
mistral done 1
mistral done 4
mistral done 1
mistral failed 128' "csv: a row for each cell of all runs, with its knobs"
like "$(head -n 1 report.csv)" '^run,title,started_utc,.*,metric,unit,n,mean,min,p50,p90,p95,p99,max,low,high$' "csv: a header"

# parses FILE: by a parser of XML that this machine has.
parses()
{
	if command -v xmllint >/dev/null; then
		xmllint --noout "$1"
	else
		python3 -c 'import sys, xml.dom.minidom as xml; xml.parse(sys.argv[1])' "$1"
	fi
}

perl -pe 's/"mistral"/"<\&\\"]]>\\u0007\\u009b\\uffff\\n\xff"/g' "$two/summary.json" >hostile
mkdir -p hostile.run && mv hostile hostile.run/summary.json
"$LLMBENCH" report "$one" hostile.run --format junit >junit.xml
is "$(grep -c '<testcase ' junit.xml) $(grep -c '<failure ' junit.xml)" '6 1' "junit: a case for each cell, a failure for one"
if command -v xmllint >/dev/null || python3 -c 'import xml.dom.minidom' 2>/dev/null; then
	parses junit.xml 2>xml.err
	ok $? "junit: a parser of XML reads it, whatever a model is called" || diagnose "$(cat xml.err)"
else
	ok 0 "junit: a parser of XML reads it # skip neither xmllint nor python3"
fi

is "$("$LLMBENCH" report "$one" --format csv --output -)" "$("$LLMBENCH" report "$one" --format csv)" "--output -: standard output"
[ ! -e - ]
ok $? "and no file of that name"

# --- a terminal

# widest: of the lines of stdin, by characters.
widest()
{
	perl -CS -ne 'chomp; s/\e\[\d*m//g; $most = length if length > ($most || 0); END { print $most }'
}

"$LLMBENCH" report "$one" --format term >piped
is "$(widest <piped | awk '{ print ($1 <= 80) }')" 1 "term: 80 columns in a pipe"
unlike "$(cat piped)" $'\033' "and no colours"
like "$(cat piped)" '^Best by output tokens/s: (llama3.2|mistral), parallel [14] with ' "the best cell is named"
like "$("$LLMBENCH" report "$one" "$two" --format term)" '^One [|] [*]two[*]: Best by output tokens/s: ' "of each run, by its title"
COLUMNS=120 "$LLMBENCH" report "$one" --format term >wide
is "$(widest <wide | awk '{ print ($1 > 80 && $1 <= 120) }')" 1 "COLUMNS widens it"
if has_terminal; then
	shown 100 "'$LLMBENCH' report '$one'" >terminal
	is "$(widest <terminal | awk '{ print ($1 > 80 && $1 <= 100) }')" 1 "a terminal: as wide as it is"
	like "$(cat terminal)" $'\033\\[1mModel: llama3.2 ' "with colours"
	is "$(NO_COLOR=1 shown 80 "'$LLMBENCH' report '$one'")" "$(cat piped)" "without them where NO_COLOR is set"
	is "$(TERM=dumb shown 80 "'$LLMBENCH' report '$one'")" "$(cat piped)" "and on a terminal that is dumb"
	is "$(shown 80 "'$LLMBENCH' report '$one' --format md")" "$written" "--format md is Markdown there, too"
	is "$(shown 80 "'$LLMBENCH' report '$one' --output kept.md"; without_charts kept.md)" "$written" "so is a file"
	like "$(shown 80 "'$LLMBENCH' --matrix one.conf --out terminal.out --quiet 2>/dev/null")" 'by output tokens/s: ' \
		"a run ends with the best cell"
	is "$(head -n 3 terminal.out/one.md)" "$(head -n 3 out/one.md)" "and writes Markdown into its files"
else
	ok 0 "a terminal # skip there is no script(1) that makes one"
fi

finish
