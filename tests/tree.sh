#!/usr/bin/env bash
# A fresh Debian to change root into, as root; sourced.
#   tree_up SUITE   debootstrap into a temporary folder, $tree, with the machine's own settings for package sources and nothing else
#   tree_down       takes it away; also at exit
tree=$(mktemp -d)/tree
trap tree_down EXIT

tree_down() {
  local m
  for m in proc dev/pts dev sys; do mountpoint -q "$tree/$m" && umount -l "$tree/$m"; done
  rm -rf --one-file-system "${tree%/tree}"
}

keep() { # what the machine knows of package sources and certificates, where there is any
  local path
  rm -f "$tree/etc/apt/sources.list" # debootstrap's own
  for path in /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/keyrings /etc/apt/sources.list.d /etc/apt/sources.list \
    /etc/pip.conf /etc/ssl/certs /etc/resolv.conf /etc/hosts ${PIP_CERT:-} ${SSL_CERT_FILE:-} ${REQUESTS_CA_BUNDLE:-}; do
    [ -e "$path" ] || continue
    mkdir -p "$tree$(dirname "$path")"
    cp -rL --remove-destination "$path" "$tree$(dirname "$path")/"
  done
  rm -f "$tree"/etc/apt/apt.conf.d/docker-* "$tree"/etc/apt/apt.conf.d/*appstream "$tree"/etc/apt/apt.conf.d/*packagekit
  mkdir -p "$tree/root/.m2"
  for path in /etc/maven/settings.xml "$HOME/.m2/settings.xml"; do [ -f "$path" ] && cp "$path" "$tree/root/.m2/settings.xml"; done
  find "$tree"/etc/apt/sources.list* -type f -exec sed -i "s/\bbookworm\b/$1/g" {} +
}

tree_up() { # SUITE
  local mirror
  mkdir -p "${tree%/tree}"
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2> /dev/null | grep -oE '^(URIs: |deb ).*' | grep -oE 'https?://[^ ]+' | grep -v security | head -1)
  debootstrap --variant=minbase --include=ca-certificates "$1" "$tree" "$mirror" > "${tree%/tree}/debootstrap.log" 2>&1 || return 1
  for m in proc sys dev dev/pts; do mount --rbind "/$m" "$tree/$m" 2> /dev/null || mount --bind "/$m" "$tree/$m"; done
  keep "$1"
  return 0
}
