#!/usr/bin/env bash
# What a person sees while a sweep runs: one line that is rewritten on a terminal, a plain line per cell elsewhere.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

sim_start --speed 10
cat >m.conf <<-END
	server: {url: '$sim_url'}
	model: [llama3.2, mistral]
	requests: 6
	concurrency: [1, 3]
	output_tokens: 64
	trials: 2
	calibrate: false
END

run "$LLMBENCH" --matrix m.conf --out plain
is "$status" 0 "a run without a terminal"
plain=$(grep -E ': done, ' <<<"$stderr")
is "$(grep -cE '^cell [1-4]/4 (llama3.2|mistral), concurrency [13]: done, [0-9.]+ s, 12 of 12 requests ok' <<<"$plain")" 4 "has a plain line for each cell"
unlike "$stderr" $'[\033\r]|measuring' "and nothing that is rewritten"

if ! has_terminal; then
	ok 0 "a terminal # skip there is no script(1) that makes one"
	finish
fi

# Each piece ends with what clears the rest of the line, or as a line that stays.
shown 60 "'$LLMBENCH' --matrix m.conf --out terminal >/dev/null" | sed $'s/\033\\[K/\\\n/g' >pieces
like "$(cat pieces)" '^cell 1/4 llama3.2, concurrency 1: measuring 1/2, [0-6]/6 req' "a terminal: the trial, and how many requests are done"
like "$(cat pieces)" 'measuring 2/2' "of each trial"
is "$(grep -v ': done, ' pieces | awk 'length > 59' | grep -c '^cell ')" 0 "a line that is rewritten never wraps"
is "$(grep -cE '^cell [1-4]/4 .*: done, [0-9.]+ s, 12 of 12 requests ok' pieces)" 4 "a line stays for each cell"
is "$(grep -E ' measuring |: done, ' pieces | tail -n 1 | grep -c ': done, ')" 1 "and nothing is left open after the last"

shown 200 "'$LLMBENCH' --matrix m.conf --out wide >/dev/null" | sed $'s/\033\\[K/\\\n/g' >pieces
like "$(cat pieces)" ': measuring [12]/2, [0-6]/6 requests, [0-9]+ tokens/s, [0-9.]+GiB used, about [0-9]+ s left$' \
	"a wide one: tokens/s, memory, the time that is left"
is "$(shown 60 "'$LLMBENCH' --matrix m.conf --out quiet --quiet 2>&1 >/dev/null" | grep -c measuring)" 0 "--quiet shows none of it"

# --- Ctrl-S holds the terminal, not the load
cat >held.conf <<-END
	server: {url: '$sim_url'}
	model: llama3.2
	requests: 6
	concurrency: 1
	output_tokens: 200
	trials: 3
	calibrate: false
END
cat >held.sh <<-'END'
	records() { cat held/*/*/records.jsonl 2>/dev/null | wc -l; }
	# until COUNT: so many requests have a record, as they have when their trial is over.
	until_records()
	{
		for i in $(seq 600); do
			[ "$(records)" -lt "$1" ] || break
			sleep 0.05
		done
	}
	"$LLMBENCH" --matrix held.conf --out held >/dev/null &
	until_records 6
	perl -MPOSIX -e 'tcflow(1, TCOOFF)'
	until_records 12
	records >while-held
	perl -MPOSIX -e 'tcflow(1, TCOON)'
	wait
END
shown 200 "LLMBENCH='$LLMBENCH' sh held.sh" >pieces
is "$(($(cat while-held) >= 12))" 1 "while output is held (Ctrl-S) the load goes on"
like "$(cat pieces)" ': done, .*, 18 of 18 requests ok' "and the rest is shown when it may go on"

finish
