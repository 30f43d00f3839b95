#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What a layer costs weftc in models of up to 6,400 layers of several shapes.
#   test/Benchmark/compile_time.sh [OPTION...]      options: those of compile_time.py (--help)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/test/Benchmark
case "${1:-}" in
  -h|--help) exec python3 "$here/compile_time.py" --help ;;
esac

"$root/tools/dev/build.sh" dev weftc
exec python3 "$here/compile_time.py" --weftc "$("$root/tools/dev/build.sh" --folder dev)/bin/weftc" "$@"
