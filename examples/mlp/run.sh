#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sets up and builds Weft, compiles the MLP and trains it on MNIST.
#   examples/mlp/run.sh [DIR [OPTION...]]
# DIR holds MNIST's four IDX files (default: the part of MNIST in examples/mlp/data). Options go to `weft train`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/examples/mlp
case "${1:-}" in
  -h|--help) sed -n '3,5s/^# //p' "$0"; exit 0 ;;
  ''|-*) data=$here/data ;;
  *)
    [ -d "$1" ] || { echo "run.sh: expected a folder with MNIST's files, found no folder '$1'" >&2; exit 2; }
    data=$(cd "$1" && pwd)
    shift ;;
esac

"$root/tools/dev/setup.sh"
"$root/tools/dev/build.sh" dev weftc weft
bin=$("$root/tools/dev/build.sh" --folder dev)/bin
out=$here/out
mkdir -p "$out"

rm -rf "$out/run"
"$bin/weftc" "$here/mlp.mlir" --optimizer=sgd --bind=batch=64 -o "$out/mlp.weft"
"$bin/weft" train "$out/mlp.weft" --train-data "$data" --eval-data "$data" --num-train-epochs 10 \
  --per-device-train-batch-size 64 --learning-rate 0.01 --output-dir "$out/run" "$@"
