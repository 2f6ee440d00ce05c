#!/usr/bin/env bash
# A CA, a server certificate (127.0.0.1, localhost), the same one expired, one for another host, a client's, and a stranger's CA, all PEM.
# usage: certs.sh DIR
set -euo pipefail
mkdir -p "$1"; cd "$1"
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

ca() { openssl req -x509 "${key[@]}" -days 30 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2> /dev/null; }
leaf() { # NAME SUBJECT-ALTERNATIVE-NAMES [DAYS]
  openssl req "${key[@]}" -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2> /dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$2" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "${3:-30}" -extfile "$1.ext" -out "$1.crt" 2> /dev/null
  { openssl pkcs8 -topk8 -nocrypt -in "$1.key"; cat "$1.crt"; } > "$1.pem"
}

ca ca; ca otherca
leaf server IP:127.0.0.1,DNS:localhost
leaf expired IP:127.0.0.1,DNS:localhost 0 # an end before the beginning is refused by OpenSSL 3.5
leaf elsewhere DNS:elsewhere.example
leaf worker DNS:worker
