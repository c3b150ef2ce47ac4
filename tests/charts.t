#!/usr/bin/env bash
# Charts beside reports: of a run, of a published report, of `report --output`, and as PNG. That they are beautiful is for
# eyes; that they are there, are SVG, are linked, and are the same each time is for this.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

cat >m.conf <<END
title: Test
server: {start: '$LLMBENCH_SIM --device m4-16g --speed 300'}
model: [llama3.2, mistral]
context_size: [2048, 4096]
parallel: [4, 2, 1]
requests: 4
trials: 3
output_tokens: 16
sample_interval: 100ms
END

# linked FILE: what its images link, in their order.
linked()
{
	sed -n 's/^!\[.*\](\(.*\))$/\1/p' "$1"
}

# check_links FILE STEM WHAT: each linked file stands beside the report, is a whole SVG, and no other one is there.
check_links()
{
	local folder file
	folder=$(dirname "$1")
	for file in $(linked "$1"); do
		[ "$(head -c 5 "$folder/$file")" = "<svg " ] && [ "$(tail -n 1 "$folder/$file")" = "</svg>" ]
		ok $? "$3: $file"
	done
	is "$(linked "$1" | sort)" "$(cd "$folder" && ls -- "$2"-*.svg)" "$3: what is linked is there, and nothing else"
}

run "$LLMBENCH" --matrix m.conf --out out --quiet
is "$status" 0 "a run"
unlike "$stdout" 'Charts|svg' "stdout has no pictures, and no links to them"
folder=$(find out/m -mindepth 1 -maxdepth 1 -type d)
check_links "$folder/report.md" report "in the run"
check_links out/m.md m "published"
is "$(linked out/m.md | sed 's/^m-//; s/[.]svg$//' | paste -s -d ' ' -)" \
	"tokens-by-parallel duration-by-parallel context-by-parallel-llama3-2 context-by-parallel-mistral ttft-distribution \
e2e-distribution ttft-over-time itl-over-time memory-over-time speed-by-size" "the charts that this matrix has"
is "$(without_charts out/m.md)" "$(without_charts "$folder/report.md")" "but for the links both reports are the same"

tokens=$(cat out/m-tokens-by-parallel.svg)
like "$tokens" '<title>llama3[.]2, context_size 2048, parallel 4: [0-9.]+ tokens/s \[[0-9.]+, [0-9.]+\]</title>' \
	"a point says its value and interval"
is "$(grep -c 'class="point' <<<"$tokens")" 12 "a point for each cell"
like "$(cat out/m-memory-over-time.svg)" 'class="band s[0-9]"' "phases are marked"
like "$(cat out/m-context-by-parallel-mistral.svg)" '<title>parallel 4, context size 4096: [0-9.]+ tokens/s</title>' \
	"the heat map has each cell"
unlike "$(cat out/*.svg)" 'nan|-?inf[", ]' "nothing is drawn at no place"

# --- the same bytes each time

run "$LLMBENCH" report out/m --output again/m.md
is "$status" 2 "a folder that is not there is not made"
mkdir again other
run "$LLMBENCH" report out/m --output again/m.md
is "$status" 0 "report --output"
is "$stdout" "" "says nothing"
diff -r -x m out again >difference
ok $? "and writes what the run has published, charts and all" || diagnose "$(head -n 5 difference)"
run env LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo "$LLMBENCH" report "$folder" --output other/m.md
diff -r again other >difference
ok $? "in another language and time zone, too" || diagnose "$(head -n 5 difference)"

(cd again && run "$LLMBENCH" report ../out/m --output 'a b.md')
is "$(linked 'again/a b.md' | head -n 1)" 'a%20b-tokens-by-parallel.svg' "a blank in a name does not end a link"
[ -s 'again/a b-tokens-by-parallel.svg' ]
ok $? "to a file that has it"

run "$LLMBENCH" report out/m
report=$stdout
run "$LLMBENCH" report out/m --output /dev/fd/1
is "$status" 0 "what is no file is written to"
is "$stdout" "$report" "and has the report as without --output: charts would have no place"
run "$LLMBENCH" report out/m --output /dev/fd/1 --png
is "$status" 2 "nor have pictures"
like "$stderr" 'no picture can stand beside "/dev/fd/1"' "which is said"

# --- what was measured in part

head -c 3000 "$folder/records.jsonl" >torn
cp -R out torn-out
cp torn torn-out/m/*/records.jsonl
rm torn-out/m/*/samples.jsonl
run "$LLMBENCH" report torn-out/m --output again/torn.md
is "$status" 0 "a torn line and a missing file are no failure"
unlike "$(linked again/torn.md)" 'memory' "without samples there is no picture of memory"
like "$(linked again/torn.md)" 'tokens-by-parallel' "but those of figures"

run "$LLMBENCH" --matrix m.conf --out one --quiet --no-sample --only model=mistral --only parallel=1 --only context_size=2048
is "$(linked one/m.md | sed 's/^m-//; s/-.*//' | paste -s -d ' ' -)" 'ttft e2e ttft itl' \
	"one cell has no lines against what does not vary"

# --- PNG

mkdir -p empty
run env PATH="$PWD/empty" "$LLMBENCH" report out/m --output again/p.md --png
is "$status" 2 "--png without a converter: status 2"
like "$stderr" 'install rsvg-convert .*inkscape.*ImageMagick' "that says what to install"
[ ! -e again/p.md ]
ok $? "before anything is written"
run "$LLMBENCH" report out/m --png
is "$status" 2 "--png without a place for the pictures: status 2"
like "$stderr" 'it needs --output PATH$' "that says what is missing"
run "$LLMBENCH" report out/m --png --format json --output again/p.json
like "$stderr" 'it needs --output PATH and --format md$' "JSON has no pictures"

# A converter that writes down what it was asked, and one that fails.
mkdir -p good bad
cat >good/rsvg-convert <<'END'
#!/bin/sh
echo "this goes to stderr"
for word; do case $word in --output=*) out=${word#--output=} ;; *.svg) in=$word ;; esac; done
cp "$in" "$out"
END
printf '#!/bin/sh\nexit 7\n' >bad/magick
chmod +x good/rsvg-convert bad/magick
run env PATH="$PWD/good:$PATH" "$LLMBENCH" report out/m --output again/p.md --png
is "$status" 0 "--png"
is "$stdout" "" "what the converter says is not on stdout"
cmp -s again/p-tokens-by-parallel.svg again/p-tokens-by-parallel.png
ok $? "a PNG of an SVG"
is "$(find again -name 'p-*.png' | wc -l | tr -d ' ')" "$(linked again/p.md | wc -l | tr -d ' ')" "for each chart"
run env PATH="$PWD/bad" "$LLMBENCH" report out/m --output again/q.md --png
is "$status" 3 "a converter that fails: status 3"
like "$stderr" 'magick could not make "again/q-tokens-by-parallel[.]png"' "and which picture"

if command -v rsvg-convert >/dev/null; then
	run "$LLMBENCH" report out/m --output again/r.md --png
	is "$status" 0 "--png by the real one"
	is "$(head -c 4 again/r-tokens-by-parallel.png | tail -c 3)" PNG "makes PNG"
fi
finish
