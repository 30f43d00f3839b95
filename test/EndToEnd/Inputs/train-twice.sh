#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Trains 60 steps with one thread and with two; checkpoints must be the same bytes: MODULE DATA OUTPUT RATE
set -eu
for threads in 1 2; do
  weft train "$1" --train-data "$2" --max-steps 60 --learning-rate "$4" \
    --save-steps 30 --report-to none --num-threads $threads --output-dir "$3-$threads" > /dev/null
done
for checkpoint in checkpoint-30 checkpoint-60; do
  for file in model.safetensors optimizer.safetensors; do
    test -s "$3-1/$checkpoint/$file"
    cmp "$3-1/$checkpoint/$file" "$3-2/$checkpoint/$file"
  done
done
