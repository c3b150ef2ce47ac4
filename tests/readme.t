#!/usr/bin/env bash
# The README's examples are true: each command of a fenced `console` block is run, and prints what stands there, numbers
# and blanks aside; […] alone on a line stands for lines left out. `./scripts/demo` is run as what it comes to once
# everything is built.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

ln -s "$ROOT/configs" configs
ln -s "$LLMBENCH" llmbench
ln -s "$LLMBENCH_SIM" llmbench-sim

# Numbers, times, versions, and the columns that they move.
normal()
{
	sed -E -e 's/[0-9-]{8,10}T[0-9:]{6,8}Z/TIME/g' \
		-e 's/(llmbench|version) [0-9a-f][0-9a-f.-]*(-dirty)?/\1 VERSION/' \
		-e 's/[0-9]+([.,][0-9]+)*/N/g' -e 's/ +/ /g' -e 's/ $//'
}

# shows TEXT EXPECTED: the parts of EXPECTED between […] follow each other in the text, the first one at its beginning.
shows()
{
	local rest=$1 parts=$2 part first=true
	while [ -n "$parts" ]; do
		part=${parts%%$'\n[…]'*}
		if [ "$part" = "$parts" ]; then parts=; else parts=${parts#*$'\n[…]'}; fi
		case $first$rest in
		true"$part"*) rest=${rest#"$part"} ;;
		false*"$part"*) rest=${rest#*"$part"} ;;
		*)
			diagnose "not there: $part"
			return 1
			;;
		esac
		first=false
	done
	# What ends without […] is the end.
	case $2 in *'[…]') ;; *) [ -z "$rest" ] || { diagnose "too much: $rest" && return 1; } ;; esac
}

# Splits the README's blocks into N.command and N.expected.
awk '
/^```+console$/ { fence = $0; sub(/console/, "", fence); next }
$0 == fence { fence = "" }
fence != "" && /^\$ / { n++; print substr($0, 3) >(n ".command"); printf "" >(n ".expected"); next }
fence != "" { print >(n ".expected") }
END { print n + 0 >"count" }' "$ROOT/README.md"

count=$(cat count)
[ "$count" -ge 2 ]
ok $? "the README has examples"
example=1
while [ "$example" -le "$count" ]; do
	command=$(cat "$example.command")
	case $command in
	./scripts/demo*) run ./llmbench --matrix configs/demo.conf ;;
	*) run bash -c "$command" ;;
	esac
	told=$(shows "$(normal <<<"$stdout")" "$(normal <"$example.expected")")
	ok $? "$command" || echo "$told"
	example=$((example + 1))
done
[ -f results/demo.md ]
ok $? "the demo leaves its report in results/demo.md"

# What the README names exists.
# shellcheck disable=SC2016 # the backquotes are the README's
for path in $(grep -oE '`(\./)?(configs|scripts|tests|src|include|\.ci)/[^` ]*`' "$ROOT/README.md" | tr -d '`'); do
	[ -e "$ROOT/${path%/}" ]
	ok $? "$path exists"
done
finish
