#!/usr/bin/env bash
# Installs the Debian packages that microflux needs and that are missing. usage: deploy/packages.sh [run|build|package|test|nightly] ...
#   run      what the binary and its demo need at run time
#   build    compiler, CMake and libraries
#   package  build, and what deploy/deb.sh makes the Debian package with
#   test     build, and a broker's Java, Python and tools of the per-change tests
#   nightly  test, and the linters, fuzzers and browsers of tests/nightly.sh
# As root, or with sudo. Says nothing when nothing is missing.
set -euo pipefail

run=(redis-server redis-tools)
build=(gcc cmake ninja-build pkg-config libc6-dev librdkafka-dev libavro-dev libhiredis-dev libssl-dev libinih-dev libjansson-dev
  libxxhash-dev libsodium-dev libutf8proc-dev libjemalloc-dev libmicrohttpd-dev libcurl4-openssl-dev libcmocka-dev liblapacke-dev gettext git ca-certificates)
package=(dpkg-dev file help2man)
kafka=(default-jre-headless maven)
clang_runtime=libclang-rt-14-dev # the one of the release's clang; Debian 13 has a name for it that goes with every clang
if grep -q '^VERSION_ID="1[3-9]"' /etc/os-release; then clang_runtime=libclang-rt-dev; fi
check=(kcat curl openssl help2man clang clang-format "$clang_runtime" spin python3 python3-venv python3-yaml procps default-jdk-headless)
extra=(lintian shellcheck debootstrap tmux libfaketime mkdocs nodejs npm)

# unpack PROGRAM: promtool or prometheus alone (in Debian 12 both of the package prometheus, whose daemon would start by itself), into the
# cache folder.
unpack() {
  local cache=${MICROFLUX_CACHE:-$HOME/.cache/microflux} folder
  { command -v "$1" || [ -x "$cache/$1" ]; } > /dev/null && return
  echo "unpacking: $1" >&2
  folder=$(mktemp -d)
  (cd "$folder" && { apt-get download -q "$1" || apt-get download -q prometheus; } > /dev/null 2>&1 && dpkg -x ./*.deb .) ||
    { rm -rf "$folder"; return 1; }
  mkdir -p "$cache" && mv "$folder/usr/bin/$1" "$cache/$1"
  rm -rf "$folder"
}

wanted=() unpacked=()
for set in "${@:-run}"; do
  case $set in
  run) wanted+=("${run[@]}") ;;
  build) wanted+=("${build[@]}") ;;
  package) wanted+=("${build[@]}" "${package[@]}") ;;
  kafka) wanted+=("${kafka[@]}") ;;
  test) wanted+=("${run[@]}" "${build[@]}" "${kafka[@]}" "${check[@]}") unpacked=(promtool) ;;
  nightly) unpacked=(promtool prometheus) wanted+=("${run[@]}" "${build[@]}" "${kafka[@]}" "${check[@]}" "${package[@]}" "${extra[@]}") ;;
  *) sed -n 2,8p "$0" >&2; exit 64 ;;
  esac
done

# A java, mvn or node from elsewhere will do.
missing=()
for package in "${wanted[@]}"; do
  case $package in
  default-jre-headless) command -v java > /dev/null && continue ;;
  default-jdk-headless) command -v javac > /dev/null && continue ;;
  maven) command -v mvn > /dev/null && continue ;;
  nodejs | npm) command -v npm > /dev/null && continue ;;
  esac
  dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q '^install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  echo "installing: ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get install -y -q --no-install-recommends "${missing[@]}" > /dev/null 2>&1 ||
    { $sudo apt-get update -q > /dev/null && $sudo apt-get install -y -q --no-install-recommends "${missing[@]}" > /dev/null; }
fi
for program in "${unpacked[@]}"; do unpack "$program"; done
# Debian starts a redis-server on 6379 by itself; microflux starts its own.
