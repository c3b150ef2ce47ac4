#!/usr/bin/env bash
# Names and words that are paths, markup, formulas or commands of a terminal: of the matrix, and of a server that says them
# wherever a server can (support/echo_server.pl). None becomes a file's name, and none more than text in any format.
#
# shellcheck source=tests/lib.sh
# shellcheck disable=SC2016 # what looks like an expansion is meant as it stands
. "$(dirname "$0")/lib.sh"

esc=$'\033'
rlo=$'\342\200\256' # U+202E, right to left override
zero=$'\342\200\213' # U+200B, a blank of no width
csi=$'\302\233' # U+009B, what a terminal takes for ESC [
nasty="=cmd|'/c calc'!A1,\"x\"<script>alert(1)</script>&amp;]]>--><!--|\`code\` [l](http://a.example) ![i](http://b.example)"
nasty="$nasty https://c.example/ www.d.example @octocat #1 \$x\$ ${esc}[2J${esc}]0;t$csi${rlo}gpj.exe$zero"$'\n'"# heading"$'\n'"| a | b |"
long=$(printf 'x%.0s' $(seq 4096))

export ECHO_KEY='' ECHO_TEXT="$nasty"
export ECHO_MODELS="../../../../escaped
/etc/passwd
.
..
CON
a\`b\$c\$ https://e.example|<b>
=1+1
$long"

matrix()
{
	printf '%s\n' 'title: "../../title | <script>alert(2)</script> $y$"' 'server:' \
		"  - {name: '../../server', adapter: ollama, start: 'perl $ROOT/tests/support/echo_server.pl {port}'}" \
		'model:' "  - '../../../../escaped'" "  - '/etc/passwd'" "  - '.'" "  - '..'" "  - 'CON'" \
		"  - 'a\`b\$c\$ https://e.example|<b>'" "  - '=1+1'" "  - '$long'" \
		"profile: {'../../profile': {A: '1'}, '/etc/passwd': {A: '2'}}" \
		'requests: 6' 'concurrency: 2' 'calibrate: false' 'ready_timeout: 30s' 'prompt: "../../prompt"' >"$1"
}

mkdir -p a/b/c
cd a/b/c || exit 1
matrix m.conf
run "$LLMBENCH" --matrix m.conf --out results
cd "$scratch" || exit 1
like "$(cat a/b/c/results/m/*/cells.jsonl)" '"ok":[1-9]' "a run over hostile names" || diagnose "$stderr"
is "$(grep -c . a/b/c/results/m/*/cells.jsonl)" 16 "each cell has its line"
odd_files()
{
	find . -name '.std*' -prune -o -type f -print | sed 's|^[.]/||' |
		grep -Ev '^a/b/c/(m[.]conf|results/m(-[a-z0-9-]+)?[.](md|svg)|results/m/[0-9TZ]+/((run|summary)[.]json|(records|samples|cells)[.]jsonl|report(-[a-z0-9-]+)?[.](md|svg)|server-[0-9]+[.]log|lock))$'
}
is "$(odd_files)" "" "no name of the matrix or of the server became a file's name"
[ ! -e ../escaped ] && [ ! -e ../../escaped ]
ok $? "nor outside"

# driven FILE…: those with bytes that a terminal obeys, or that turn text around.
driven()
{
	perl -e 'for my $file (@ARGV) { open my $in, "<", $file; local $/; my $text = <$in>;
		print "$file\n" if $text =~ /[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]/ }' "$@"
}
is "$(driven a/b/c/results/m.md a/b/c/results/m*.svg a/b/c/results/m/*/*.json a/b/c/results/m/*/*.jsonl .stdout .stderr)" "" \
	"what was written has no byte that drives a terminal"

# outside_code: Markdown without its fenced blocks, and without code in lines.
outside_code()
{
	perl -e 'local $/; $_ = <STDIN>; s/^(`{3,}).*?^\1\n//gsm; s/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)//g; print'
}

for style in sweep tasks full grid guide; do
	run "$LLMBENCH" report a/b/c/results/m --style "$style"
	is "$status" 0 "--style $style: a report" || diagnose "$stderr"
	text=$(outside_code <.stdout)
	unlike "$text" '(https?://|www[.]|@octocat|[$][a-z]|(^|[^\])<(script|b>|!--)|(^|[^\])\[l\]\()' \
		"--style $style: no address, name, formula, tag or link but in code" ||
		diagnose "$(grep -E '(https?://|www[.]|@octocat|[$][a-z]|(^|[^\])<(script|b>|!--))' <<<"$text" | cut -c 1-300 | head -n 3)"
	unlike "$text" '^(# heading|[|] a [|] b [|])' "--style $style: no line of theirs begins a heading or a table"
	is "$(driven .stdout)" "" "--style $style: nothing that drives a terminal"
	run "$LLMBENCH" report a/b/c/results/m --style "$style" --format html
	unlike "$stdout" '<script>alert|<b>|<!--|onerror' "--style $style: no tag of theirs in HTML"
	is "$(driven .stdout)" "" "--style $style: nor control bytes"
done

run "$LLMBENCH" report a/b/c/results/m --format csv
unlike "$stdout" '(^|,)"?[ ]*[=+@-]([^0-9.]|[0-9.]+[^0-9.,e])' "CSV: no field begins a formula"
is "$(driven .stdout)" "" "CSV: no control bytes"
run "$LLMBENCH" report a/b/c/results/m --format junit
cp .stdout junit.xml
is "$(driven .stdout)" "" "JUnit: no control bytes"
if python3 -c 'import xml.dom.minidom' 2>/dev/null; then
	is "$(python3 -c 'import sys, xml.dom.minidom
for path in sys.argv[1:]:
    xml.dom.minidom.parse(path)' junit.xml a/b/c/results/m*.svg a/b/c/results/m/*/*.svg 2>&1)" "" "JUnit and charts are XML"
else
	echo "# not tested: python3 to read JUnit and charts as XML"
fi

# Links that somebody has planted: files that llmbench replaces take the link's place; nothing is written behind it.
cd a/b/c || exit 1
echo mine >"$scratch/victim"
matrix n.conf
mkdir -p results/n
ln -s "$scratch/victim" results/n.md
run "$LLMBENCH" --matrix n.conf --out results --only model=CON
is "$(cat "$scratch/victim")" mine "a link in the place of the report: what it points to stays as it is"
[ -f results/n.md ] && [ ! -L results/n.md ]
ok $? "and the report is a file"
ln -s "$scratch/victim" report.md
run "$LLMBENCH" report results/n --output report.md
is "$(cat "$scratch/victim")" mine "likewise --output"

# A run that is continued finds a link in place of one of its files.
cd "$scratch" || exit 1
printf '%s\n' "server: {start: '$LLMBENCH_SIM --speed 1000'}" 'model: llama3.2' 'seed: [1, 2]' 'requests: 4' \
	'output_tokens: 8' 'calibrate: false' >r.conf
run "$LLMBENCH" --matrix r.conf --out out
folder=$(find out/r -mindepth 1 -maxdepth 1 -type d)
rm "$folder/summary.json" "$folder/report.md"
mv "$folder" whole
for name in records.jsonl records.jsonl.tmp cells.jsonl samples.jsonl dropped.jsonl lock run.json report.md; do
	rm -rf "$folder" victim
	cp -r whole "$folder"
	[ ! -f "$folder/$name" ] || cp "$folder/$name" victim
	[ -f victim ] || echo mine >victim
	cp victim before
	ln -sf "$scratch/victim" "$folder/$name"
	[ "$name" = cells.jsonl ] || sed '2d' whole/cells.jsonl >"$folder/cells.jsonl"
	run "$LLMBENCH" --matrix r.conf --out out --resume="$folder"
	cmp -s victim before
	ok $? "--resume: nothing is written behind a link $name (status $status)" || diagnose "$stderr"
done
rm -rf "$folder"
cp -r whole "$folder"
sed 2d whole/cells.jsonl >"$folder/cells.jsonl"
ln -s "$scratch/none" "$folder/server-2.log"
run "$LLMBENCH" --matrix r.conf --out out --resume="$folder"
[ ! -e none ]
ok $? "nor is a file made behind a link in the place of a server's log"
is "$status $(find "$folder" -name server-3.log | grep -c .)" "0 1" "the server gets the next one"

# Replies without end, and others that nobody asked for: bounded memory, one clear outcome, and the next cell.
unset ECHO_TEXT
export ECHO_MODELS=m
printf '%s\n' "server: {adapter: ollama, start: 'perl $ROOT/tests/support/echo_server.pl {port}'}" 'model: m' 'requests: 2' \
	'calibrate: false' 'warmup: 0' 'ready_timeout: 10s' 'timeout: 60s' >f.conf

# Address space in KiB, where a limit of it means something: not with a sanitizer, which reserves terabytes.
limit=1500000
RUN_LIMIT=300
! LC_ALL=C grep -qaE '__(asan|tsan)_init' "$LLMBENCH" || limit=unlimited

# flooded PATH FLOOD WORDS WHAT [HEAD]: what a run says of a server that answers so.
flooded()
{
	rm -rf out
	ECHO_PATH=$1 ECHO_FLOOD=$2 ECHO_HEAD=${5:-HTTP/1.1 200 OK} run bash -c \
		"ulimit -v $limit; exec '$LLMBENCH' --matrix f.conf --out out"
	[ "$status" -le 3 ]
	ok $? "$4: a run that ends" || diagnose "$status $stderr"
	like "$stderr$(cat out/f/*/records.jsonl 2>/dev/null)$(cat out/f/*/cells.jsonl 2>/dev/null)" "$3" "and says why" ||
		diagnose "$stderr"
}

large='the reply is larger than (67108864|16777216) bytes'
flooded /api/generate x "$large" "an answer in one endless line"
flooded /api/generate '{"response":"a","done":false}
' "$large" "lines of text without end"
flooded /api/generate '
' "$large" "empty lines without end"
flooded /api/generate '[1,' "$large" "a list within a list without end"
flooded /api/generate '' 'compressed, which was not asked for [(]Content-Encoding: gzip[)]' "a compressed answer" \
	'HTTP/1.1 200 OK
Content-Encoding: gzip'
flooded /api/generate '' 'HTTP status 302 leads to https://e[.]example/x, which is not followed' "an answer that leads elsewhere" \
	'HTTP/1.1 302 Found
Location: https://e.example/x'
# The last try is cut by the time that the server may take to be ready.
flooded /api/version '1,' "$large|no complete reply within the time-out" "/api/version: a reply without end"
for path in /api/tags /api/show /api/ps; do
	flooded "$path" '1,' "$large" "$path: a reply without end"
done
flooded /api/tags '' 'compressed, which was not asked for' "/api/tags: compressed" 'HTTP/1.1 200 OK
Content-Encoding: br'
flooded /api/tags '' 'leads to http://e[.]example:1/' "/api/tags: leads elsewhere" 'HTTP/1.1 308 Moved
Location: http://e.example:1/'
finish
