#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Whole training steps of the MLP 784-128-10, beside PyTorch and JAX.
#   test/Benchmark/mlp.sh [OPTION...]      options: those of mlp.py (--help)
# Installs the peers with pip into a virtual environment in the build folder, or uses the one that
# WEFT_PEERS_VENV names. The machine should have nothing else to do. With WEFT_DATA, training on
# full MNIST ($WEFT_DATA/mnist) is run for its peak memory.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/test/Benchmark
case "${1:-}" in
  -h|--help) exec python3 "$here/mlp.py" --help ;;
esac

"$root/tools/dev/setup.sh"
"$root/tools/dev/build.sh" dev weftc weft weft_shared
build=$("$root/tools/dev/build.sh" --folder dev)

environment=${WEFT_PEERS_VENV:-$build/peers}
if ! "$environment/bin/python" -c 'import torch, jax' 2>/dev/null; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet torch jax numpy
fi
exec "$environment/bin/python" "$here/mlp.py" --build "$build" "$@"
