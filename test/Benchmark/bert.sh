#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Whole fine-tuning steps of BERT for sequence classification, beside PyTorch and JAX.
#   test/Benchmark/bert.sh [OPTION...]     options: those of bert.py (--help)
# Installs the peers with pip into a virtual environment in the build folder, or uses the one that
# WEFT_PEERS_VENV names. The machine should have nothing else to do; BERT-base with all peers needs
# 20 GB of memory. MiniLM's configuration comes from the folder that WEFT_MINILM names, if set.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/test/Benchmark
case "${1:-}" in
  -h|--help) exec python3 "$here/bert.py" --help ;;
esac

"$root/tools/dev/setup.sh"
"$root/tools/dev/build.sh" dev weftc weft_shared
build=$("$root/tools/dev/build.sh" --folder dev)

environment=${WEFT_PEERS_VENV:-$build/peers}
if ! "$environment/bin/python" -c 'import torch, transformers, jax' 2>/dev/null; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet torch transformers jax numpy
fi
exec "$environment/bin/python" "$here/bert.py" --build "$build" "$@"
