#!/usr/bin/env bash
# The examples of reports: results/examples/NAME.md, made by scripts/examples, are what the programs make today, figures
# and dates aside, and have the tables that tests/expected/examples/NAME.txt lists: their columns, in their order.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# normal FILE: numbers, dates and versions masked, and what comes and goes with how busy this machine is left out: flags of
# trials that differ, what is the fastest where all are alike, the state of the machine.
normal()
{
	perl -pe 's/\d{4}-\d\d-\d\dT[\d:]+Z/TIME/g; s/llmbench [^;,]+/llmbench VERSION/g;
		s/^(- Stamps:|- Machine:|- \*\*Conditions|- Conditions|- Error floor|- \*\*Client-bound).*\n//;
		s/^(\| Steady trials \|).*/$1/; s/^(- \*\*Best For\*\*:).*/$1/;
		$_ = "" if /^(\d+\. |- )\*\*(drift|outliers|slow-first-trial|client-bound)\*\*/;
		s/\d[\d.,]*%? to [-+]?\d[\d.,]*%/N%/g;
		s/ [-+]?[\d.]+% \[[^]]*\]/ N%/g; s/\*\*(?=[\d.]+\*\*)//g; s/(?<=\d)\*\*//g;
		$_ = "" if /^  - .*(own error up to|sent up to .* late|of a core|\/s sent)/;
		s/^(- \*\*(Platform|Operating System):?\*\*).*/$1/; s/^(\| \*\*(Fastest|Highest|Memory)[^|]*\|).*/$1/;
		s/(; )?(drift|slow first trial|outliers): [^|;]*//g if /^\|/;
		$_ = "" if /^- (also fits|For the|For many requests|Of the servers|.*(is the fastest|cannot be told apart|as large on disk))/;
		$_ = "" if /^- .*(more requests at once pays|known no better|have flags|not at its best|than people read|answers? begins?)/;
		s/(the slowest|the highest peak[^:]*): .*/$1/; s/^(- \*\*(Text|Vision|Speech)\*\*:).*/$1/;
		s/ [\d.]+ to (?=[\d.]+ (s|tokens|RTF))/ /g; s/ \[[\d.]+, [\d.]+\](?= tokens)//g;
		s/[-+]?\d+([.,]\d+)*/N/g; s/N% to N%/N%/g; s/[-+]N%/N%/g; s/^N\. /- /' "$1" |
		perl -0pe 's/\n## Queue\n.*?(?=\n## )//s'
}

RUN_LIMIT=300 EXAMPLES_SPEED=2000 run "$ROOT/scripts/examples" "$scratch/new"
is "$status" 0 "the examples are made"

for file in "$ROOT"/results/examples/*.md; do
	name=$(basename "$file" .md)
	[ -f "new/$name.md" ]
	ok $? "$name is made" || continue
	normal "$file" >"$name.kept"
	normal "new/$name.md" >"$name.new"
	diff -u "$name.kept" "$name.new" >"$name.diff"
	ok $? "$name: what is kept is what is made" || diagnose "$(head -n 40 "$name.diff")"
done
for expected in "$ROOT"/tests/expected/examples/*.txt; do
	name=$(basename "$expected" .txt)
	for file in "$ROOT/results/examples/$name.md" "new/$name.md"; do
		is "$(grep -xFf "$expected" "$file" | awk '!seen[$0]++')" "$(cat "$expected")" "$name: the columns of its tables"
	done
done
finish
