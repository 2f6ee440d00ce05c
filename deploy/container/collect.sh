#!/usr/bin/env bash
# All that the last stage holds, in a folder: the binary with the libraries it loads, its catalogues and their locale, certificates, the user
# it runs as; and whose all that is: licences, SBOM, and dpkg's records for scanners. usage: collect.sh FOLDER
set -euo pipefail
root=$1 here=$(realpath "$(dirname "$0")") binary=/usr/local/bin/microflux locale=/usr/lib/locale/C.utf8 authorities=/etc/ssl/certs/ca-certificates.crt

owner() { # FILE: its package; a library in /lib may be its package's in /usr/lib, or stand there for an alternative
  local path
  for path in "$1" "/usr$1" "$(realpath "$1")"; do dpkg -S "$path" 2> /dev/null && return; done
  echo "$1 is no package's" >&2
  return 1
}

mkdir -p "$root"/usr/{lib,lib64,share/doc/microflux} "$root"/var/lib/dpkg/status.d
ln -s usr/lib usr/lib64 "$root"
mapfile -t libraries < <(ldd "$binary" | grep -oE '/[^ ]+')
cp -rL --parents "$binary" "${libraries[@]}" $locale /usr/local/share/locale $authorities /etc/os-release "$root"
mkdir -p "$root/usr/lib/ssl"
ln -s $authorities "$root/usr/lib/ssl/cert.pem" # where OpenSSL looks
echo 'microflux:x:65532:65532:microflux:/:/usr/sbin/nologin' > "$root/etc/passwd"
echo 'microflux:x:65532:' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"

packages=$(for file in "${libraries[@]}" "$locale"; do owner "$file" || exit 1; done | cut -d: -f1)
mapfile -t packages < <(printf '%s\n' $packages ca-certificates base-files | sort -u)
for package in "${packages[@]}"; do
  cp -L --parents "/usr/share/doc/$package/copyright" "$root"
  dpkg-query -s "$package" > "$root/var/lib/dpkg/status.d/$package"
done
"$here/sbom.sh" "$binary" "${packages[@]}" > "$root/usr/share/doc/microflux/sbom.spdx.json"
