#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runs weft train on wrong tables of text, in the current folder: TEXTS, a folder with a tokenizer.
train() {
  weft train text.weft --model "$@" --output-dir out --report-to none > stdout.txt
  echo "exit code $?, $(ls out 2> /dev/null || echo nothing) written"
}
try() {
  printf "$1" > bad.tsv
  shift
  train "$TEXTS" --train-data bad.tsv "$@"
}
TEXTS=$1
try 'sentence\tlabel\ngood\tpositive\nno tab\n'
try 'sentence\tlabel\ngood\tpositive\nbad\tnegative\nso\tneither\n'
try 'sentence\tlabel\ngood\t1\nbad\t2\n'
try 'sentence\tlabel\nfine \377\t1\n'
try 'words\tlabel\ngood\t1\n'
try 'sentence\tclass\ngood\t1\n' --label-column label
try 'sentence\tlabel\ngood\t1\n' --text-column text
try ''
try 'sentence\tlabel\n'
try 'sentence\tlabel\ngood\t1\n' --max-seq-length 99
try 'sentence\tlabel\ngood\t1\n' --label-column sentence,label
printf 'plain\ntext\n' > bad.txt
train "$TEXTS" --train-data bad.txt
mkdir -p empty old
train "$TEXTS" --train-data empty
train empty --train-data "$TEXTS"
: > old/pytorch_model.bin
train old --train-data "$TEXTS"
printf '{"model_type": "bert"}' > empty/config.json
train empty --train-data "$TEXTS"
weft train text.weft --train-data "$TEXTS" --output-dir out
