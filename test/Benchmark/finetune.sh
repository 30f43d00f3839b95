#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A whole fine-tuning run on SST-2, from start to the final evaluation, beside Hugging Face's Trainer.
#   test/Benchmark/finetune.sh [OPTION...]     options: those of finetune.py (--help)
# WEFT_MINILM names the pretrained model's folder, WEFT_DATA a folder with sst2/train.tsv and
# sst2/dev.tsv. Installs the peers with pip into a virtual environment in the build folder, or uses
# the one that WEFT_PEERS_VENV names. The machine should have nothing else to do.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/test/Benchmark
case "${1:-}" in
  -h|--help) exec python3 "$here/finetune.py" --help ;;
esac

"$root/tools/dev/setup.sh"
"$root/tools/dev/build.sh" dev weftc weft
build=$("$root/tools/dev/build.sh" --folder dev)

environment=${WEFT_PEERS_VENV:-$build/peers}
if ! "$environment/bin/python" -c 'import torch, transformers, accelerate' 2>/dev/null; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet torch transformers accelerate numpy
fi
exec "$environment/bin/python" "$here/finetune.py" --build "$build" "$@"
