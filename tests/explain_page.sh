#!/usr/bin/env bash
# docs/reference/explain.md: what `microflux explain` says of the five generated characters, from a real run: a stream of 45 days through
# Kafka, a worker and Redis. usage: explain_page.sh > docs/reference/explain.md
set -uo pipefail
source "$(dirname "$0")/e2e/stack.sh"
exec 3>&1 > /dev/null
stack_up || exit 1
printf '%032d\n' 7 > "$DIR/secret" && chmod 600 "$DIR/secret" # the same sample of people each time
export MICROFLUX_PRIVACY_SECRET_FILE=$DIR/secret MICROFLUX_EMV_FILE=$root/data/emv/example.conf
options=(--creators 500 --days 45 --posts 30 --singles 4 --fraud 0.5 --characters --seed 7)
"$microflux" topics create --replay
"$microflux" generate "${options[@]}" --out "$DIR/events" --truth "$DIR/truth" 2> /dev/null
"$microflux" produce --timestamps event "$DIR/events" 2> /dev/null && log_ends || exit 1
"$microflux" run 2> "$DIR/worker.log" & worker=$!
settled 120 || exit 1
kill -TERM $worker; wait $worker
tell() { # CHARACTER LANGUAGE TITLE
  printf '\n## %s\n\n```\n$ microflux explain %s --language %s\n' "$3" "$1" "$2" >&3
  "$microflux" explain "$1" --language "$2" >&3
  echo '```' >&3
}
cat >&3 <<P
# What explain says

Made by \`tests/explain_page.sh > docs/reference/explain.md\`; do not edit. Five characters of
\`microflux generate ${options[*]}\` ([the stream](generate.md)), whose truth is known, as a worker
that knows nothing of it scores them. [The fields](scores.md), [the flags](flags.md).
P
tell honest-expert en 'An honest expert of a niche'
tell celebrity en 'A celebrity: many followers, few of whom react, many paid posts'
tell bought-followers en 'Followers were bought'
tell bought-likes en 'Likes were bought, on some posts'
tell engagement-pod en 'A pod: creators who comment on each other within minutes'
tell honest-expert fr "L'expert honnête, en français"
tell bought-likes fr 'Des likes achetés, en français'
tell engagement-pod fr 'Un groupe de soutien mutuel, en français'
