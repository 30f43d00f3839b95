#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the fuzzers as OSS-Fuzz does and runs them, two at a time; the last line is 'N passed, N failed'.
#   test/Fuzz/run.sh [--seconds N | --minutes N | --runs N] [--seed N] [NAME...]
#     each runs N seconds (3), N minutes, or N inputs; NAME is idx, tokenizer, module ... (all)
# The compiler's, encoder and graph, are a part of its build (build/bin, or $WEFT_BUILD/bin), which makes them; where it has
# not, they are left out. What a fuzzer finds stays in build-fuzz/found/NAME, and goes back into it at the next run.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
seeds=$root/test/Fuzz/Seeds
work=$root/build-fuzz
compiler=${WEFT_BUILD:-$root/build}/bin
limit=-max_total_time=3
seed=1
usage() {
  echo "usage: test/Fuzz/run.sh [--seconds N | --minutes N | --runs N] [--seed N] [NAME...]" >&2
  exit 2
}
while [[ ${1:-} = --* ]]; do
  [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage
  case $1 in
    --seconds) limit=-max_total_time=$2 ;;
    --minutes) limit=-max_total_time=$(($2 * 60)) seed=0 ;;
    --runs) limit=-runs=$2 ;;
    --seed) seed=$2 ;;
    *) usage ;;
  esac
  shift 2
done

export CC=/usr/lib/llvm-22/bin/clang CXX=/usr/lib/llvm-22/bin/clang++ LDFLAGS=-fuse-ld=lld
export CFLAGS="-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=fuzzer-no-link,address,undefined"
export CXXFLAGS=$CFLAGS LIB_FUZZING_ENGINE=-fsanitize=fuzzer SANITIZER=address
SRC=$(dirname "$root") WORK=$work OUT=$work/out "$root/test/Fuzz/oss-fuzz/build.sh" || exit 1

# The models of examples and tests are where mutated graphs begin.
mkdir -p "$work/graphs"
for model in $(grep -l weft.model "$root"/examples/*/*.mlir "$root"/test/EndToEnd/Inputs/*.mlir \
  "$root"/test/EndToEnd/Inputs/small/*.mlir "$root"/test/Transforms/*.mlir "$root"/test/Target/CPU/*.mlir); do
  grep -q '^// -----' "$model" || cp -u "$model" "$work/graphs/"
done

names=("$@")
if [ $# -eq 0 ]; then
  for fuzzer in "$work"/out/fuzz-* "$compiler"/fuzz-*; do
    [ -x "$fuzzer" ] && names+=("${fuzzer##*/fuzz-}")
  done
fi

# A hung reader is a failure too: a timeout is for one input.
fuzz() {
  local name=$1 fuzzer=$work/out/fuzz-$1 found=$work/found/$1 log=$work/fuzz-$1.log
  local options=("-seed=$seed" "$limit" -timeout=10 -rss_limit_mb=2048 "-artifact_prefix=$work/fuzz-$1-")
  local corpus=("$found" "$seeds/$name")
  case $name in
    graph) corpus=("$found" "$work/graphs") options+=(-max_len=32768 -mutate_depth=2) ;;
    encoder) corpus=("$found" "$seeds/config") options+=(-max_len=4096) ;;
    *) options+=("-$(grep max_len "$fuzzer.options" | tr -d ' ')") ;;
  esac
  [ -x "$fuzzer" ] || fuzzer=$compiler/fuzz-$name
  mkdir -p "$found"
  "$fuzzer" "${options[@]}" "${corpus[@]}" > "$log" 2>&1 && return
  echo "fuzz-$name failed; the whole report is in $log:" >&2
  grep -n -m 12 -E 'ERROR|runtime error|SUMMARY|Test unit|refuse|Assertion|^ +#[0-9] |o such file' "$log" >&2
  return 1
}

passed=0
failed=0
running=0
count() {
  wait -n && passed=$((passed + 1)) || failed=$((failed + 1))
  running=$((running - 1))
}
for name in "${names[@]}"; do
  [ "$running" -eq 2 ] && count
  fuzz "$name" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do count; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
