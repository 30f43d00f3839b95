#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the fuzzers into $OUT, each with its seeds and options: what OSS-Fuzz runs, and test/Fuzz/run.sh with the same
# variables. $CC, $CXX, $CFLAGS and $CXXFLAGS say how to compile and instrument, $LIB_FUZZING_ENGINE what to link to,
# $SANITIZER what the flags ask for, $WORK where objects go. The source is where this script lies, or $SRC/weft.
set -euo pipefail
: "${OUT:?}" "${CC:?}" "${CXX:?}" "${LIB_FUZZING_ENGINE:?}"
root=$(cd "$(dirname "$0")" && pwd)/../../..
[ -f "$root/runtime/CMakeLists.txt" ] || root=${SRC:?}/weft
root=$(cd "$root" && pwd)
work=${WORK:-$OUT/work}
mkdir -p "$work" "$OUT"

launcher=()
if command -v ccache > /dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
cmake -S "$root/runtime" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=None -DWEFT_FUZZ=ON \
  -DWEFT_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" -DZLIB_USE_STATIC_LIBS=ON \
  -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_C_FLAGS="${CFLAGS:-}" \
  -DCMAKE_CXX_FLAGS="${CXXFLAGS:-}" "${launcher[@]}" > "$work/configure.log" 2>&1 ||
  { cat "$work/configure.log" >&2; exit 1; }
ninja -C "$work" --quiet fuzzers

fuzz=$root/test/Fuzz
for fuzzer in "$work"/bin/fuzz-*; do
  name=${fuzzer##*/fuzz-}
  cp -u --remove-destination "$fuzzer" "$OUT/"
  [ -d "$fuzz/Seeds/$name" ] &&
    (cd "$fuzz/Seeds/$name" && python3 -m zipfile -c "$OUT/fuzz-${name}_seed_corpus.zip" *)
  # Of a module, a few tables; of all else, more than any seed.
  length=16384
  [ "$name" = module ] && length=262144
  printf '[libfuzzer]\nmax_len = %s\ntimeout = 10\nrss_limit_mb = 2048\n' "$length" > "$OUT/fuzz-$name.options"
done
