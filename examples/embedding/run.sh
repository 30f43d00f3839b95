#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the runtime, builds train.c against it by CMake and by a plain cc line, and runs both.
#   examples/embedding/run.sh [MODULE.weft [FOLDER]]
# MODULE.weft is a compiled classifier of 28x28 images (default: examples/mlp/mlp.mlir, compiled here); all that is made
# lies in FOLDER (default: examples/embedding/out). The runtime is built by the system's compiler, without LLVM.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/examples/embedding
case "${1:-}" in
  -h|--help) sed -n '3,6s/^# //p' "$0"; exit 0 ;;
  '') ;;
  *)
    [ -f "$1" ] || { echo "run.sh: expected a module, found no file '$1'" >&2; exit 2; }
    module=$(realpath "$1") ;;
esac
out=${2:-$here/out}
mkdir -p "$out"
out=$(cd "$out" && pwd)

if [ -z "${module:-}" ]; then
  "$root/tools/dev/setup.sh"
  "$root/tools/dev/build.sh" dev weftc
  module=$out/mlp.weft
  "$("$root/tools/dev/build.sh" --folder dev)/bin/weftc" "$root/examples/mlp/mlp.mlir" --optimizer=sgd --bind=batch=64 \
    -o "$module"
fi

# Prints what a command has to say only if it fails.
quietly() {
  "$@" > "$out/log" 2>&1 || { cat "$out/log" >&2; echo "run.sh: failed: $*" >&2; exit 1; }
}

prefix=$out/prefix
export CCACHE_BASEDIR=$out
launcher=()
if command -v ccache > /dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
quietly cmake -S "$root/runtime" -B "$out/runtime" -G Ninja -DCMAKE_C_COMPILER=cc -DCMAKE_CXX_COMPILER=c++ \
  -DCMAKE_INSTALL_LIBDIR=lib "${launcher[@]}"
quietly cmake --build "$out/runtime" --target weft_shared weft_static
quietly cmake --install "$out/runtime" --component WeftRuntime --prefix "$prefix"

echo "== built by CMake"
quietly cmake -S "$here" -B "$out/by-cmake" -G Ninja -DCMAKE_C_COMPILER=cc -DCMAKE_PREFIX_PATH="$prefix" --fresh
quietly cmake --build "$out/by-cmake"
"$out/by-cmake/train" "$module" "$out/trained-by-cmake"

echo "== built by cc"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
# shellcheck disable=SC2046 # these are words
quietly cc -std=c11 "$here/train.c" $(pkg-config --cflags --libs weft) -Wl,-rpath,"$prefix/lib" -o "$out/train"
"$out/train" "$module" "$out/trained-by-cc"

cmp "$out/trained-by-cmake/checkpoint/model.safetensors" "$out/trained-by-cc/checkpoint/model.safetensors"
echo "both trained the same weights"
