#!/usr/bin/env bash
# Apicurio Registry (speaks Confluent's REST API) from Maven Central on loopback, for the tests. What it is told outlives stop and kill.
#   registry.sh fetch                the tarball (about 142 MB) by Maven, kept unpacked in the cache folder; prints the folder
#   registry.sh up   DIR PORT        starts it, waits until it serves; clients use http://127.0.0.1:PORT/apis/ccompat/v7
#   registry.sh stop DIR | kill DIR
# Environment: XMX (128m), MICROFLUX_CACHE (~/.cache/microflux).
set -euo pipefail
version=2.6.13.Final
cache=${MICROFLUX_CACHE:-$HOME/.cache/microflux}
app=$cache/apicurio-$version
flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:MaxMetaspaceSize=192m -Xshare:auto)

fetch() {
  [ -f "$app/.complete" ] && return
  mkdir -p "$app"
  echo "fetching Apicurio Registry $version by Maven" >&2
  mvn -B -q dependency:copy "-Dartifact=io.apicurio:apicurio-registry-app:$version:tar.gz:all" "-DoutputDirectory=$app" >&2
  tar xzf "$app/apicurio-registry-app-$version-all.tar.gz" -C "$app"
  rm "$app/apicurio-registry-app-$version-all.tar.gz"
  touch "$app/.complete"
}

up() { # DIR PORT
  local dir end=$(($(date +%s) + 90))
  fetch
  mkdir -p "$1"; dir=$(realpath "$1")
  (exec setsid java "-Xmx${XMX:-128m}" "${flags[@]}" -Dquarkus.http.host=127.0.0.1 "-Dquarkus.http.port=$2" \
    "-Dquarkus.datasource.jdbc.url=jdbc:h2:file:$dir/db;WRITE_DELAY=0" -jar "$app/apicurio-registry-app-$version-runner.jar" >> "$dir/log" 2>&1 < /dev/null) &
  echo $! > "$dir/pid"
  until python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$2/apis/ccompat/v7/subjects', timeout=1)" 2> /dev/null; do
    kill -0 "$(cat "$dir/pid")" 2> /dev/null || { echo "the registry died:" >&2; tail -5 "$dir/log" >&2; return 1; }
    [ "$(date +%s)" -lt $end ] || { echo "the registry is not ready" >&2; return 1; }
    sleep 0.1
  done
}

end() { # DIR SIGNAL
  local pid; pid=$(cat "$1/pid")
  kill "-$2" "$pid" 2> /dev/null || true
  while kill -0 "$pid" 2> /dev/null; do sleep 0.05; done
}

command=${1:-}; shift || true
case $command in
fetch) fetch; echo "$app" ;;
up) up "$@" ;;
stop) end "$1" TERM ;;
kill) end "$1" KILL ;;
*) sed -n 2,6p "$0" >&2; exit 64 ;;
esac
