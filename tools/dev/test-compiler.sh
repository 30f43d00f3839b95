#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the tools under address and undefined behaviour (preset asan, in build-asan) and runs lit tests with them.
#   tools/dev/test-compiler.sh [--quick] [LIT-OPTION...]
# --quick leaves out most of test/EndToEnd: what is left has every op, every pass, a perceptron and a BERT from text to
# predictions, and broken input of every kind. test/lit.cfg.py sets what the sanitizers need.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
options=()
if [ "${1:-}" = --quick ]; then
  shift
  options=(--filter-out 'EndToEnd/(?!bad-|batches|bert-recorded|computed-index|text\.)')
fi
"$root/tools/dev/build.sh" asan weft weft-opt weftc weft-translate weft-lsp-server
build=$("$root/tools/dev/build.sh" --folder asan)
/usr/lib/llvm-22/bin/lit -s -v --no-progress-bar --xunit-xml-output "$build/lit.xml" "${options[@]}" "$@" "$build/test"
