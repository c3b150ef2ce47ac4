#!/usr/bin/env bash
# The tree keeps the rules of scripts/layers, and each rule can fail.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

run "$ROOT/scripts/layers" "$ROOT"
is "$status" 0 "the tree keeps all rules" || diagnose "$(grep -A20 '^not ok' <<<"$stdout")"

# A tree that keeps the rules, small.
good_tree()
{
	rm -rf tree && mkdir -p tree/src/base tree/src/core tree/src/load tree/src/sim tree/src/machine tree/include/base
	echo 'int text(void);' >tree/include/base/text.h
	echo '#include <cjson/cJSON.h>' >tree/src/base/json.c
	echo '#include "base/text.h"' | tee tree/src/core/cell.c tree/src/sim/main.c tree/src/load/load.c >tree/src/main.c
	echo '#include <curl/curl.h>' >>tree/src/load/load.c
	echo '#include <sys/epoll.h>' >tree/src/load/poller_linux.c
}

# breaks RULE FILE LINE…: with the lines added to the file, that rule fails and no other.
breaks()
{
	local rule=$1 file=$2
	shift 2
	good_tree
	mkdir -p "$(dirname "tree/$file")"
	printf '%s\n' "$@" >>"tree/$file"
	run "$ROOT/scripts/layers" tree
	is "$(grep '^not ok' <<<"$stdout" | sed 's/^not ok [0-9]* - //')" "$rule" "told: $rule ($file)"
	like "$stdout" "^# $file" "with the place"
	is "$status" 1 "and the status"
}

good_tree
run "$ROOT/scripts/layers" tree
is "$status" 0 "a good tree passes" || diagnose "$stdout"

include="a room includes only what lies below it"
breaks "$include" src/base/text.c '#include "core/cell.h"'
breaks "$include" src/core/metric.c '#include "report/report.h"'
breaks "$include" src/load/load.c '#include "machine/memory.h"'
breaks "$include" include/core/cell.h '#  include "load/load.h"'
breaks "$include" src/sim/model.c '#include "core/cell.h"'
breaks "$include" src/base/text.c '#include "sim/model.h"'
breaks "$include" src/core/cell.c '#include "../load/load.h"'
breaks '<(cjson/)?cJSON[.]h> is included only by ^src/base/json[.]c$' src/base/text.c '#include <cJSON.h>'
breaks '<yaml[.]h> is included only by ^src/base/yaml[.]c$' src/plan/plan.c '#include <yaml.h>'
breaks '<curl/ is included only by ^src/load/' include/target/target.h '#include <curl/curl.h>'
breaks '<(event2?/|event|evhttp) is included only by ^src/sim/' src/load/load.c '#include <event2/http.h>'
breaks "$(sed -n "s/^\(<(mach.*>*)\) _(linux.*/\1/p" "$ROOT/scripts/layers") is included only by _(linux|darwin)[.]c\$" \
	src/machine/memory.c '#include <mach/mach.h>'
breaks "the build picks the system, not #if" src/machine/memory.c '#ifdef __APPLE__' '#endif'
breaks "no folder of one machine" src/core/cell.c '// see /ho''me/someone/notes'
breaks "no host of a package registry" scripts/get 'curl https://py''pi.org/simple'
breaks "nothing left to do" src/core/cell.c '// TO''DO: later'

good_tree
mkdir tree/src/attic
run "$ROOT/scripts/layers" tree
like "$stdout" "^# src/attic/" "a room without a floor is told"
is "$status" 1 "and the status"

lines()
{
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "\tx++;" }'
}
breaks "functions have at most 60 lines" src/core/long.c 'static int long_one(int x)' '{' "$(lines 59)" '}'
like "$stdout" "61 lines: static int long_one" "it is named"
breaks "files have at most 400 lines" src/core/long.c "$(lines 401)"
good_tree
printf '%s\n' 'static int long_one(int x)' '{' "$(lines 58)" '}' >tree/src/core/long.c
lines 400 >tree/src/core/longest.c
run "$ROOT/scripts/layers" tree
is "$status" 0 "60 and 400 lines pass"

mkdir empty
run "$ROOT/scripts/layers" empty
is "$status" 2 "a folder without sources is no success"
finish
