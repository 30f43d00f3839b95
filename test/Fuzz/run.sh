#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the fuzzers and runs each for a while; the last line is 'N passed, N failed'.
#   test/Fuzz/run.sh [--seconds N] [NAME...]     each runs N seconds (3); NAME is idx, tokenizer ... (all)
# What a fuzzer finds stays in build-fuzz/found/NAME, and goes back into it at the next run.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
seeds=$root/test/Fuzz/Seeds
build=$root/build-fuzz
seconds=3
if [ "${1:-}" = --seconds ]; then
  seconds=${2:?"--seconds needs a number"}
  shift 2
fi
case "$seconds,${1:-}" in
  *[!0-9]*,* | 0,* | *,-*)
    echo "usage: test/Fuzz/run.sh [--seconds N] [NAME...]" >&2
    exit 2
    ;;
esac

if [ ! -f "$build/build.ninja" ]; then
  mkdir -p "$build"
  cmake -S "$root/runtime" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DWEFT_FUZZ=ON \
    -DCMAKE_CXX_FLAGS_RELEASE="-O1 -g" \
    -DCMAKE_C_COMPILER=/usr/lib/llvm-22/bin/clang -DCMAKE_CXX_COMPILER=/usr/lib/llvm-22/bin/clang++ \
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld > "$build/configure.log" 2>&1 || { cat "$build/configure.log" >&2; exit 1; }
fi
ninja -C "$build" --quiet fuzzers || exit 1

if [ $# -gt 0 ]; then
  names=("$@")
else
  names=()
  for source in "$root"/test/Fuzz/Fuzz*.cpp; do
    name=$(basename "$source" .cpp)
    name=${name#Fuzz}
    names+=("${name,,}")
  done
fi

passed=0
failed=0
for name in "${names[@]}"; do
  found=$build/found/$name
  log=$build/fuzz-$name.log
  mkdir -p "$found"
  folders=("$found")
  [ -d "$seeds/$name" ] && folders+=("$seeds/$name")
  # A hung reader is a failure too; -timeout is for one input.
  if "$build/bin/fuzz-$name" -max_total_time="$seconds" -timeout=10 -max_len=4096 -rss_limit_mb=2048 \
    -artifact_prefix="$build/fuzz-$name-" "${folders[@]}" > "$log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "fuzz-$name failed; the whole report is in $log:" >&2
    grep -n -m 12 -E 'ERROR|runtime error|SUMMARY|Test unit|^ +#[0-9] |o such file' "$log" >&2
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
