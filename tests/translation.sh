#!/usr/bin/env bash
# A translation says everything that `explain` says, with the same placeholders. usage: translation.sh PO
set -euo pipefail
cd "$(dirname "$0")/.."
pot=$(mktemp); trap 'rm -f "$pot"' EXIT
xgettext --from-code=UTF-8 -kgettext -kN_ -o "$pot" workers/commands/explain*.c
msgcmp "$1" "$pot"
msgfmt --check-format -o /dev/null "$1"
