#!/usr/bin/env bash
# Installs what is missing and makes the Debian package: binary, catalogues, man pages, systemd unit, /etc/microflux/microflux.conf. usage: deb.sh [FOLDER=.] [BUILD=build-deb]
# The last line names the package. Environment: DEBEMAIL, the address of whoever hands it on.
set -euo pipefail
out=$(realpath "${1:-.}") build=${2:-build-deb}; cd "$(dirname "$0")/.."
deploy/packages.sh package
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None "-DCMAKE_C_FLAGS=-O2 -g" -DCMAKE_INSTALL_PREFIX=/usr > "$out/deb.log"
cmake --build "$build" --target microflux man >> "$out/deb.log"
"$build/microflux" config sample > "$build/microflux.conf"
gzip -9nf "$build"/man/*.1
version=$(sed -nE 's/^project\(microflux VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
printf 'microflux (%s) unstable; urgency=medium\n\n  * See the commits of this version.\n\n -- The microflux authors <%s>  %s\n' \
  "$version" "${DEBEMAIL:-microflux@localhost}" "$(git log -1 --format=%cD 2> /dev/null || date -R)" | gzip -9n > "$build/changelog.gz"
(cd "$build" && cpack -G DEB -B "$out" >> "$out/deb.log")
rm -rf "$out/deb.log" "$out/_CPack_Packages"
ls "$out"/microflux_"$version"_*.deb
