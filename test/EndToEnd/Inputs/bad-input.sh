#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runs weft and weftc on what bad_input.py made, in the current folder: EXAMPLE. Prints errors, exit codes and whether files were left.

# Output goes to the folder `out`; `nowhere` does not exist.
refused() {
  "$@" > stdout.txt
  code=$?
  left=$(find out nowhere -type f 2> /dev/null)
  echo "exit code $code, ${left:-nothing} written"
  rm -rf out
}
train() { refused weft train "$@" --output-dir out --report-to none; }

for data in missing cut-images cut-labels small-images fewer-labels wrong-label cut.csv words.csv; do
  train mlp.weft --train-data $data
done
for module in missing cut edited text; do
  train $module.weft --train-data good
done
train mlp.weft --train-data good --init-from cut.safetensors
refused weft eval mlp.weft --checkpoint nowhere --eval-data "$1/data"

train mlp.weft --train-data good --lerning-rate 3
train mlp.weft --train-data good --learning-rate abc
train mlp.weft --train-data good --max-grad-norm 1
train mlp.weft --train-data good --gradient-accumulation-steps 2

train mlp.weft --train-data good --learning-rate 1e30 --max-steps 20
: > file
refused weft train mlp.weft --train-data good --output-dir file/out --report-to none
refused weft predict mlp.weft --checkpoint trained --data "$1/data" --output nowhere/predictions.csv
refused sh -c 'weft inspect mlp.weft > /dev/full'
refused sh -c "weft predict mlp.weft --checkpoint trained --data '$1/data' > /dev/full"

refused weftc missing.mlir -o out
refused weftc "$1/mlp.mlir" --frobnicate -o out
refused weftc "$1/mlp.mlir" --optimizer=sgd -o nowhere/mlp.weft
