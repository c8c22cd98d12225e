#!/bin/bash
# Fetches the source of Mbed TLS, the crypto of the emulated Cortex-M4, into build/mbedtls: Debian's source
# package, checked by apt against Debian's key. The system's source lists stay as they are. Does nothing when it
# is there; without it the images that need it are left out.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/build/mbedtls
[ ! -f "$target/library/gcm.c" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$target"
# Where the system gets its packages from, it gets their sources.
{ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    sed -n 's/^deb\([[:space:]]\)/deb-src\1/p' >"$work/parts/source.list"
for list in /etc/apt/sources.list.d/*.sources; do
    [ ! -f "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/parts/$(basename "$list")"
done
apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts"
     -o "Dir::State::lists=$work/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache=)
cd "$work"
{ "${apt[@]}" update && "${apt[@]}" source --download-only mbedtls; } >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    echo "tools/mbedtls.sh: could not fetch the source of mbedtls" >&2
    exit 1
}
tar -xf mbedtls_*.orig.tar.* -C "$target" --strip-components=1
