#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the packages that building and testing Weft needs, on Debian 12. Quick when all are there.
set -euo pipefail

packages=(
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22 liblld-22-dev
  libclang-rt-22-dev clang-format-22 clang-tidy-22 cmake ninja-build ccache git python3
  libgtest-dev libgmock-dev libflatbuffers-dev flatbuffers-compiler nlohmann-json3-dev
  libcli11-dev libxxhash-dev zlib1g-dev pkg-config
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "setup.sh: installing packages needs root or sudo; missing: ${missing[*]}" >&2
    exit 1
  }
  exec sudo "$0"
fi

export DEBIAN_FRONTEND=noninteractive
echo "setup.sh: installing ${missing[*]}" >&2
# LLVM 22 comes from Debian's security suite, which a minimal image may not have enabled.
if ! apt-cache policy libmlir-22-dev 2>/dev/null | grep -q 'Candidate: [0-9]'; then
  if ! grep -rqs bookworm-security /etc/apt/sources.list /etc/apt/sources.list.d/; then
    # The security suite of the mirror that this machine already uses.
    mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -E '/debian/?$' | head -n 1)
    [ -n "$mirror" ] || { echo "setup.sh: no Debian mirror is configured for apt" >&2; exit 1; }
    echo "deb ${mirror%/}-security bookworm-security main" \
      > /etc/apt/sources.list.d/weft-bookworm-security.list
  fi
  apt-get -qq update
fi
apt-get -qq install -y --no-install-recommends "${missing[@]}" ||
  { apt-get -qq update && apt-get -qq install -y --no-install-recommends "${missing[@]}"; }
