#!/usr/bin/env bash
# What the command line says to good and bad words, and what it says of a matrix that is wrong. No server is needed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# mistake PATTERN WHAT COMMAND…: ends with status 2, nothing on stdout, a message on stderr that has the pattern.
mistake()
{
	local pattern=$1 what=$2
	shift 2
	run "$@"
	is "$status" 2 "$what: status 2"
	is "$stdout" "" "$what: nothing on stdout"
	like "$stderr" "^llmbench: .*$pattern" "$what: told"
}

# --- asked for help

run "$LLMBENCH" --version
is "$status" 0 "--version: status 0"
like "$stdout" '^llmbench [^ ]' "--version: one line"
is "$stderr" "" "--version: nothing on stderr"

for words in --help -h; do
	run "$LLMBENCH" $words
	is "$status" 0 "$words: status 0"
	for word in run plan report compare doctor calibrate help --matrix --set --only --out --resume; do
		like "$stdout" "(^|[^a-z])$word([^a-z]|$)" "$words names $word"
	done
done
for command in run plan report compare doctor calibrate help; do
	run "$LLMBENCH" "$command" --help
	is "$status" 0 "$command --help: status 0"
	like "$stdout" "^usage: llmbench $command" "$command --help: its usage"
	run "$LLMBENCH" "$command" --strange --help
	like "$stdout" "^usage: llmbench $command" "$command … --help: the same"
	run "$LLMBENCH" "$command" -h
	like "$stdout" "^usage: llmbench $command" "$command -h: the same"
done
for topic in parallel context_size ttft_ms report except; do
	run "$LLMBENCH" help "$topic"
	is "$status" 0 "help $topic: status 0"
	like "$stdout" "$topic" "help $topic: names it"
done
mistake 'parallel' "help for a wrong name" "$LLMBENCH" help paralel

run "$LLMBENCH" help
like "$stdout" 'TTFT' "help has the metrics"
run "$LLMBENCH" help --man
is "$status" 0 "help --man: status 0"
like "$stdout" '^\.(TH|Dt) ' "help --man: a manual page"
if command -v man >/dev/null 2>&1 && man --version >/dev/null 2>&1; then
	echo "$stdout" >page.1
	run env LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 man --warnings -l ./page.1
	is "$stderr" "" "help --man: man has no complaint"
fi

if [ -w /dev/full ]; then
	status=0
	"$LLMBENCH" --help >/dev/full 2>.stderr || status=$?
	is "$status" 3 "a result that cannot be written is told by the status"
	like "$(cat .stderr)" '^llmbench: ' "and by a message"
fi

# --- mistakes in the words

mistake 'nothing to do' "no words" "$LLMBENCH"
mistake 'no such option "--matrx" \(did you mean "--matrix"\?\)' "unknown option" "$LLMBENCH" --matrx x
echo 'model: a' >matrix.conf
mistake 'no such command "matrix.conf" \(a matrix is run by --matrix matrix.conf' "a matrix without its option" "$LLMBENCH" matrix.conf
mistake '--out has an empty value' "a variable that is not set" "$LLMBENCH" --matrix matrix.conf --out ""
mistake 'no such command "conpare" \(did you mean "compare"\?\)' "unknown command" "$LLMBENCH" conpare a b
mistake 'no such format "mdd".*md' "unknown format" "$LLMBENCH" report . --format mdd
mistake 'no such option "-m"' "short option" "$LLMBENCH" -m x
mistake '--matrix needs a value' "option without its value" "$LLMBENCH" --matrix
mistake 'given twice' "option given twice" "$LLMBENCH" --matrix a --matrix b
mistake '--streams none: allowed is an integer from 1 to 4096' "calibrate of no streams" "$LLMBENCH" calibrate --streams none
mistake '--quiet takes no value' "value that is not wanted" "$LLMBENCH" --matrix a --quiet=yes
mistake 'no matrix' "run without a matrix" "$LLMBENCH" run
mistake 'no matrix' "plan without a matrix" "$LLMBENCH" plan
mistake 'needs RUN' "report of nothing" "$LLMBENCH" report
mistake 'nothere' "report of a run that is not there" "$LLMBENCH" report nothere

mistake 'no run|cannot look for runs' "compare of runs that are not there" "$LLMBENCH" compare a b

mistake 'cannot read "a"' "--resume without its matrix" "$LLMBENCH" --matrix a --resume

# --- mistakes in the matrix

# wrong PLACE PATTERN WHAT LINE…: a matrix of these lines is refused, and PLACE (line:column) is where.
wrong()
{
	local place=$1 pattern=$2 what=$3
	shift 3
	printf '%s\n' "$@" >bad.conf
	mistake "bad[.]conf:$place: .*$pattern" "$what" "$LLMBENCH" --matrix bad.conf
}

mistake 'nothere[.]conf' "a matrix that is not there" "$LLMBENCH" --matrix nothere.conf
mistake 'folder' "a matrix that is a folder" "$LLMBENCH" --matrix "$(mkdir -p folder && echo folder)"
: >bad.conf
mistake 'bad[.]conf.*empty' "an empty matrix" "$LLMBENCH" --matrix bad.conf

server='server: {url: "http://127.0.0.1:1"}'
wrong 3:1 'tab' "tabs" "$server" 'model:' '	- a'
wrong 2:1 '"modle".*"model"' "unknown knob" "$server" 'modle: a'
wrong 3:11 'many' "wrong type" "$server" 'model: a' 'requests: many'
wrong 3:11 '' "out of range" "$server" 'model: a' 'requests: 0'
wrong 3:15 '' "wrong in a list" "$server" 'model: a' 'parallel: [1, two]'
wrong 3:11 '' "empty axis" "$server" 'model: a' 'parallel: []'
wrong 3:1 'model' "duplicate knob" "$server" 'model: a' 'model: b'
wrong 3:10 'constant' "unknown choice" "$server" 'model: a' 'arrival: sometimes'
wrong 3:10 '' "duration without a unit that is known" "$server" 'model: a' 'timeout: 3 fortnights'
wrong 1:10 'ulr.*url' "unknown key of the server" 'server: {ulr: "http://127.0.0.1:1"}' 'model: a'
wrong 3:1 '\]' "YAML that does not end" "$server" 'model: [a, b'
wrong 1:1 '' "no map" '- a' '- b'

echo "$server" >bad.conf
mistake 'bad[.]conf: no model' "no model" "$LLMBENCH" --matrix bad.conf

printf '%s\n' "$server" 'model: a' 'parallel: [1, 2]' >good.conf
run "$LLMBENCH" plan --matrix good.conf
is "$status" 0 "a good matrix can be planned"
mistake '--set paralel=1.*paralel.*parallel' "unknown knob in --set" "$LLMBENCH" plan --matrix good.conf --set paralel=1
mistake '--set parallel=x' "wrong type in --set" "$LLMBENCH" plan --matrix good.conf --set parallel=x
mistake 'no cell is left.*parallel "3"' "--only that keeps nothing" "$LLMBENCH" plan --matrix good.conf --only parallel=3

[ ! -e results ]
ok $? "none of these made results"
finish
