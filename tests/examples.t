#!/usr/bin/env bash
# The examples of reports: results/examples/NAME.md, made by scripts/examples, are what the programs make today, figures
# and dates aside, and have the tables that tests/expected/examples/NAME.txt lists: their columns, in their order.
# shellcheck source=tests/lib.sh disable=SC2317 # settled calls what looks unreachable
. "$(dirname "$0")/lib.sh"

# normal FILE: numbers, dates and versions masked, and what comes and goes with how busy this machine is left out: flags of
# trials that differ, what is the fastest where all are alike, whether llmbench was fast enough, the state of the machine.
normal()
{
	perl -pe 's/\d{4}-\d\d-\d\dT[\d:]+Z/TIME/g; s/^(\| llmbench fast enough \|).*/$1/; s/llmbench [^;,]+/llmbench VERSION/g;
		s/^(- Stamps:|- Machine:|- \*\*Conditions|- Conditions|- Error floor|- \*\*Client-bound).*\n//;
		s/^(\| Steady trials \|).*/$1/; s/^(- \*\*Best For\*\*:).*/$1/;
		$_ = "" if /^(\d+\. |- )\*\*(drift|outliers|slow-first-trial|client-bound|(more|fewer)-at-once)\*\*/;
		s/; parallel \d+, but .*? at once//;
		s/\d[\d.,]*%? to [-+]?\d[\d.,]*%/N%/g;
		s/ [-+]?[\d.]+% \[[^]]*\]/ N%/g; s/\*\*(?=[\d.]+\*\*)//g; s/(?<=\d)\*\*//g;
		$_ = "" if /^  - .*(own error up to|sent up to .* late|of a core|\/s sent)/;
		s/^(- \*\*(Platform|Operating System):?\*\*).*/$1/; s/^(\| \*\*(Fastest|Highest|Memory)[^|]*\|).*/$1/;
		s/(; )?(drift|slow first trial|outliers): [^|;]*?(?= \||;)//g if /^\|/;
		$_ = "" if /^- (also fits|For the|For many requests|Of the servers|.*(is the fastest|cannot be told apart|as large on disk))/;
		$_ = "" if /^- .*(more requests at once pays|known no better|have flags|not at its best|than people read|answers? begins?)/;
		s/(the slowest|the fullest system): .*/$1/; s/^(- \*\*(Text|Vision|Speech)\*\*:).*/$1/;
		s/ [\d.]+ to (?=[\d.]+ (s|tokens|RTF))/ /g; s/ \[[\d.]+, [\d.]+\](?= tokens)//g;
		s/[-+]?\d+([.,]\d+)*/N/g; s/N% to N%/N%/g; s/[-+]N%/N%/g; s/^N\. /- /' "$1" |
		perl -0pe 's/\n## Queue\n.*?(?=\n## )//s'
}

# differences: makes the examples anew; prints what differs from those that are kept, and what went wrong.
differences()
{
	local file name
	RUN_LIMIT=300 EXAMPLES_SPEED=2000 run "$ROOT/scripts/examples" "$scratch/new"
	[ "$status" = 0 ] || printf 'status %s: %s\n' "$status" "$stderr"
	for file in "$ROOT"/results/examples/*.md; do
		name=$(basename "$file" .md)
		normal "$file" >"$name.kept"
		normal "new/$name.md" >"$name.new"
		diff -u "$name.kept" "$name.new"
	done
}

is "$(settled '' differences | head -n 60)" '' "the examples that are kept are those that are made"
for expected in "$ROOT"/tests/expected/examples/*.txt; do
	name=$(basename "$expected" .txt)
	for file in "$ROOT/results/examples/$name.md" "new/$name.md"; do
		is "$(grep -xFf "$expected" "$file" | awk '!seen[$0]++')" "$(cat "$expected")" "$name: the columns of its tables"
	done
done
finish
