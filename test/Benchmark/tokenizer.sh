#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The tokenizer beside Hugging Face's, on one thread.
#   test/Benchmark/tokenizer.sh [OPTION...]      options: those of tokenizer.py (--help)
# Installs `tokenizers` with pip into a virtual environment in the build folder, or uses the one that
# WEFT_PEERS_VENV names. The machine should have nothing else to do.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/test/Benchmark
case "${1:-}" in
  -h|--help) exec python3 "$here/tokenizer.py" --benchmark none --help ;;
esac

"$root/tools/dev/setup.sh"
"$root/tools/dev/build.sh" dev tokenizer-benchmark
build=$("$root/tools/dev/build.sh" --folder dev)

environment=${WEFT_PEERS_VENV:-$build/peers}
if ! "$environment/bin/python" -c 'import tokenizers' 2>/dev/null; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet tokenizers
fi
exec "$environment/bin/python" "$here/tokenizer.py" --benchmark "$build/bin/tokenizer-benchmark" "$@"
