#!/usr/bin/env bash
# What the image is made of, as SPDX 2.3: a binary and the Debian packages of what lies beside it. usage: sbom.sh BINARY PACKAGE...
set -euo pipefail
binary=$1 version=$("$1" --version | cut -d' ' -f2); shift
id() { echo "SPDXRef-deb-${1//+/-plus}"; }

cat << X
{"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "microflux-$version",
 "documentNamespace": "urn:uuid:$(cat /proc/sys/kernel/random/uuid)",
 "creationInfo": {"created": "$(date -u +%FT%TZ)", "creators": ["Tool: sbom.sh"]},
 "documentDescribes": ["SPDXRef-microflux"],
 "packages": [
  {"SPDXID": "SPDXRef-microflux", "name": "microflux", "versionInfo": "$version", "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
   "primaryPackagePurpose": "APPLICATION", "checksums": [{"algorithm": "SHA256", "checksumValue": "$(sha256sum "$binary" | cut -d' ' -f1)"}]}
X
dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' "$@" | while read -r name version architecture; do
  escaped=$(sed 's/+/%2B/g; s/:/%3A/g' <<< "$version")
  cat << X
 ,{"SPDXID": "$(id "$name")", "name": "$name", "versionInfo": "$version", "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
   "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/$name@$escaped?arch=$architecture"}]}
X
done
echo ' ], "relationships": ['
comma=' '
for name in "$@"; do
  echo " $comma{\"spdxElementId\": \"SPDXRef-microflux\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"$(id "$name")\"}"
  comma=,
done
echo ' ]}'
