#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the runtime alone under sanitizers and runs its tests: test-runtime.sh address,undefined|thread
set -euo pipefail
sanitizer=${1:?"usage: test-runtime.sh address,undefined|thread"}
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build-runtime-${sanitizer%%,*}
if [ ! -f "$build/build.ninja" ]; then
  mkdir -p "$build"
  cmake -S "$root/runtime" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DWEFT_SANITIZE="$sanitizer" \
    -DWEFT_BUILD_TESTS=ON -DCMAKE_CXX_FLAGS_RELEASE="-O1 -g -fno-omit-frame-pointer" \
    -DCMAKE_C_COMPILER=/usr/lib/llvm-22/bin/clang -DCMAKE_CXX_COMPILER=/usr/lib/llvm-22/bin/clang++ \
    -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld -DCMAKE_SHARED_LINKER_FLAGS=-fuse-ld=lld > "$build/configure.log" 2>&1 ||
    { cat "$build/configure.log" >&2; exit 1; }
fi
ninja -C "$build" --quiet
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
for binary in "$build"/bin/*Tests; do
  "$binary" --gtest_brief=1
done
