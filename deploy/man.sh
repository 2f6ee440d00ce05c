#!/usr/bin/env bash
# The man pages, made by help2man from what the program says of itself. usage: man.sh BINARY FOLDER
set -euo pipefail
binary=$(realpath "$1"); mkdir -p "$2"; cd "$2"
page() { # NAME SENTENCE COMMAND...
  help2man --no-info --section 1 --manual 'microflux' --name "$2" --output "$1.1" "${*:3}"
}
page microflux 'live tier and engagement scores of creators' "$binary"
"$binary" completion bash | awk -F'\t' '$1 ~ /^[a-z-]+$/ && $2 == "" && $4 != "" { print $1 "\t" $4 }' |
  while IFS=$'\t' read -r command sentence; do page "microflux-$command" "$sentence" "$binary $command"; done
