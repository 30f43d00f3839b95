#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Configures and builds one preset: build.sh [PRESET [TARGET...]]; build.sh --folder PRESET prints where.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
folder() { if [ "$1" = dev ]; then echo "$root/build"; else echo "$root/build-$1"; fi; }
if [ "${1:-}" = --folder ]; then
  folder "${2:?preset}"
  exit
fi
preset=${1:-dev}
shift || true
build=$(folder "$preset")
log=$build/configure.log
mkdir -p "$build"
if [ ! -f "$build/build.ninja" ]; then
  cmake --preset "$preset" > "$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
ninja -C "$build" --quiet "$@"
