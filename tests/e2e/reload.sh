#!/usr/bin/env bash
# SIGHUP on real parts: another methodology reaches every record by the sweep, without a restart and without an input; one that
# cannot be used changes nothing and is named by file and line.
set -uo pipefail
source "$(dirname "$0")/stack.sh"
stack_up || exit 1

within() { for _ in $(seq $(($1 * 5))); do "${@:2}" && return; sleep 0.2; done; return 1; } # SECONDS COMMAND...
digests() { "$microflux" tail creator-scores --until-end --format json | grep -o '"digest":"[0-9a-f]*"' | uniq | tail -1; }
told() { [ "$(digests)" = "\"digest\":\"$1\"" ]; } # DIGEST
logged() { grep -q -- "$1" "$DIR/log"; }
digest_of() { "$microflux" methodology check "$1" | grep -o '[0-9a-f]*$'; } # FILE

"$microflux" methodology show > "$DIR/m.conf"
check 'what show prints can be used, and says the same' [ "$(digest_of "$DIR/m.conf")" = "$("$microflux" methodology check | grep -o '[0-9a-f]*$')" ]
printf '[methodology]\nfile = %s\n[lexicon]\ndir = %s\n[sweep]\ninterval_s = 10\n[log]\nlevel = info\n' "$DIR/m.conf" "$DIR/lexicons" > "$DIR/microflux.conf"
mkdir "$DIR/lexicons"
"$microflux" topics create --partitions 2 > /dev/null
echo '{"topic":"profiles","value":{"creator_id":"c1","platform":"INSTAGRAM","observed_at":'"$(date +%s%3N)"',"followers":5000}}' > "$DIR/events"
"$microflux" produce "$DIR/events" 2> /dev/null
"$microflux" run --config "$DIR/microflux.conf" 2> "$DIR/log" & pid=$!
check 'records name the methodology of the file' within 60 told "$(digest_of "$DIR/m.conf")"

sed -i 's/^version = 1$/version = 2/; s/^at_median = 75$/at_median = 70/' "$DIR/m.conf"
sed -i 's/^level = info$/level = debug/' "$DIR/microflux.conf"
printf '[disclosed]\n#werbung\n' > "$DIR/lexicons/de.lex"
kill -HUP $pid
check 'SIGHUP: taken, and logged with version, digest and level' within 15 logged "reloaded methodology=microflux-1 version=2 digest=$(digest_of "$DIR/m.conf") .*log.level=debug"
check 'the sweep tells every creator by it' within 60 told "$(digest_of "$DIR/m.conf")"

good=$(digest_of "$DIR/m.conf")
sed -i 's/^at_median = 70$/at_median = 700/' "$DIR/m.conf"
kill -HUP $pid
check 'SIGHUP: a constant out of range is refused, with file, line, key and range' \
  within 15 logged 'reload_refused message=".*m.conf, line [0-9]*: peers.at_median = \\*"700\\*" is not 1 number from 0 to 100'
sed -i 's/^at_median = 700$/at_median = 70/' "$DIR/m.conf"
printf '[disclosed]\n#werbung\n#werbung\n' > "$DIR/lexicons/de.lex"
kill -HUP $pid
check 'SIGHUP: so is a lexicon' within 15 logged 'reload_refused message="de.lex, line 3: #werbung is in this class already: de.lex, line 2'
check 'and nothing changed' told "$good"
kill -TERM $pid; wait $pid
check 'the worker went on, and stops clean' [ $? = 0 ]
summary
