#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Resumes from a checkpoint each of whose files was cut, to half and to nothing: cut-checkpoint.sh CHECKPOINT MODULE TEXTS
name=$(basename "$1")
for file in model.safetensors optimizer.safetensors trainer_state.json; do
  size=$(wc -c < "$1/$file")
  for part in $((size / 2)) 0; do
    rm -rf cut && mkdir cut && cp -r "$1" cut
    head -c "$part" "$1/$file" > "cut/$name/$file"
    weft train "$2" --model "$3" --train-data "$3" --max-steps 170 --resume-from-checkpoint cut --output-dir cut/out --report-to none > cut.log &&
      echo "resumed from a checkpoint without the end of $file"
  done
done
rm -rf cut
