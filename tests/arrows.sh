#!/usr/bin/env bash
# Floors and doors: who may include whom. Fails, naming file and line, when an arrow points up or a library is used outside its one
# room.  arrows.sh [ROOT]; arrows.sh --self-test plants violations in a copy and sees each one found.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

declare -A floor_of=([base]=0 [http]=1 [tls]=1 [domain]=2 [avro]=2 [kafka]=2 [store]=2 [text]=2 [lane]=3 [records]=3 [score]=4 [audience]=4 [roster]=4 [rekey]=4 [train]=4 [commands]=5)
declare -A room_of=(
  [err]=base [bytes]=base [log]=base [clock]=base [config]=base [args]=base [map]=base [metrics]=base [address]=base [keyed_hash]=base [file]=base [ini]=base [notify]=base [shared]=base
  [creator]=domain [methodology]=domain [market]=domain [published]=domain [peers]=domain [actors]=domain [fit]=domain [campaign_set]=domain [vectors]=domain [rings]=domain [calls]=domain [train]=train [corpus]=train [avro]=avro [schemas]=avro [registry]=avro [kafka]=kafka [redis]=store [http]=http [tls]=tls [text]=text
  [lane]=lane [alert]=domain [alert_record]=records [fit_record]=records [edge_record]=records [audience_worker]=audience [score]=score [score_worker]=score [fit_view]=score [roster_worker]=roster [rekey]=rekey [commands]=commands)
declare -A door=([librdkafka/]=kafka [openssl/]=tls [avro.h]=none [hiredis/]=store [ini.h]=base [xxhash.h]=base [sodium.h]=base [microhttpd.h]=http [curl/]=http [utf8proc.h]=text [lapacke.h]=train [cblas.h]=train)

bad=0
complain() { echo "$1" >&2; bad=1; }

check_room() { # ROOT ROOM
  local root=$1 room=$2 file line header target
  while IFS=: read -r file line header; do
    header=${header#*[<\"]} header=${header%%[>\"]*}
    case $header in
    microflux/*)
      header=${header#microflux/} header=${header%.h}
      target=${room_of[$header]:-}
      [ -n "$target" ] || { complain "$file:$line: microflux/$header.h belongs to no room: add it to tests/arrows.sh"; continue; }
      [ "$target" = "$room" ] || [ "${floor_of[$target]}" -lt "${floor_of[$room]}" ] ||
        complain "$file:$line: $room may not include microflux/$header.h of $target"
      [ "$header" != config ] || [ "$room" = base ] || [ "$room" = commands ] ||
        complain "$file:$line: only the commands know the configuration" ;;
    jansson.h) [ "$room" = avro ] || [ "$room" = commands ] || complain "$file:$line: jansson is for avro and commands" ;;
    *)
      for prefix in "${!door[@]}"; do
        [[ $header == "$prefix"* ]] && [ "${door[$prefix]}" != "$room" ] && complain "$file:$line: <$header> has one door: ${door[$prefix]}"
      done ;;
    esac
  done < <(grep -nHE '^#include' "$root/workers/$room"/*.[ch])
}

check() { # ROOT
  local room file
  for room in "${!floor_of[@]}"; do check_room "$1" "$room"; done
  for file in "$1"/include/microflux/*.h; do
    if grep -nHE '#include <(librdkafka|hiredis|avro|jansson|ini|xxhash|sodium|openssl|curl|microhttpd|utf8proc|lapacke|cblas)' "$file" >&2; then bad=1; fi
  done
  while IFS=: read -r file _; do complain "$file reaches into another folder"; done < <(grep -nE '#include "(\.\./|workers/)' -r "$1/workers" "$1/include")
}

self_test() {
  local copy passed=0 failed=0; copy=$(mktemp -d); trap 'rm -rf "$copy"' RETURN
  plant() { # FILE LINE
    rm -rf "$copy"; mkdir -p "$copy"; cp -r workers include "$copy/"; echo "$2" >> "$copy/$1"; bad=0
    check "$copy" 2> /dev/null
    if [ $bad = 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "not found: $2 in $1"; fi
  }
  plant workers/base/log.c '#include "microflux/lane.h"'
  plant workers/domain/tier.c '#include "microflux/redis.h"'
  plant workers/lane/lane.c '#include <librdkafka/rdkafka.h>'
  plant workers/commands/run.c '#include <microhttpd.h>'
  plant workers/avro/reader.c '#include <curl/curl.h>'
  plant workers/score/score.c '#include <hiredis/hiredis.h>'
  plant workers/score/score.c '#include <utf8proc.h>'
  plant include/microflux/lane.h '#include <hiredis/hiredis.h>'
  plant workers/store/redis.c '#include <openssl/ssl.h>'
  plant workers/rekey/rekey.c '#include "microflux/score.h"'
  plant workers/lane/lane.c '#include "microflux/config.h"'
  plant workers/commands/run.c '#include <curl/curl.h>'
  plant workers/score/score.c '#include <lapacke.h>'
  plant workers/train/embed.c '#include "microflux/commands.h"'
  bad=0; echo "$passed passed, $failed failed"; [ $failed = 0 ]
}

if [ "${1:-}" = --self-test ]; then self_test; exit; fi
check "${1:-.}"
[ $bad = 0 ] && self_test
