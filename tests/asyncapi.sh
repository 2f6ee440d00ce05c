#!/usr/bin/env bash
# docs/reference/asyncapi.yaml by the official parser, with the Avro schemas it refers to; a broken copy must not pass.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
parser=${MICROFLUX_CACHE:-$HOME/.cache/microflux}/asyncapi-3.6.3
[ -d "$parser/node_modules" ] || { mkdir -p "$parser" && npm install --prefix "$parser" --ignore-scripts --no-audit --no-fund \
  @asyncapi/parser@3.6.3 @asyncapi/avro-schema-parser@3.1.0 > /dev/null; } || exit 1

complaints() { # FILE: on stdout, a line each; information is none
  NODE_PATH=$parser/node_modules node -e '
    const { Parser } = require("@asyncapi/parser"), { AvroSchemaParser } = require("@asyncapi/avro-schema-parser");
    const parser = new Parser();
    parser.registerSchemaParser(AvroSchemaParser());
    const source = require("path").resolve(process.argv[1]);
    parser.parse(require("fs").readFileSync(source, "utf8"), { source }).then(({ document, diagnostics }) => {
      const wrong = diagnostics.filter(d => d.severity < 2);
      wrong.forEach(d => console.log(`${d.range.start.line + 1}: ${d.path.join(".")}: ${d.message}`));
      if (!document && wrong.length === 0) console.log("no document");
    });' "$1"
}
passed=0 failed=0
check() { local what=$1; shift; if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $what"; fi; }

page=docs/reference/asyncapi.yaml
trap 'rm -f "$page.broken"' EXIT
said=$(complaints $page)
check "$page: $said" [ -z "$said" ]
broken() { # SED: a copy that must not pass
  sed "$1" $page > $page.broken
  check "not found: $1" [ -n "$(complaints $page.broken)" ]
}
broken 's/action: send/action: shout/'
broken 's|schemas/post.avsc|schemas/posts.avsc|'
broken "s|'#/channels/posts'|'#/channels/post'|"
broken 's/^  version:/  versions:/'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
