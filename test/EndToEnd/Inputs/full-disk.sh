#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Trains into a file system of 600 KB, which holds one checkpoint of the perceptron and not two.
mkdir -p disk
if ! mount -t tmpfs -o size=600k none disk 2> /dev/null; then
  printf 'skipped: mounting a small file system needs root\nskipped\n'
  exit 0
fi
trap 'umount disk' EXIT
weft train mlp.weft --train-data good --max-steps 4 --save-steps 2 --output-dir disk/out --report-to none > stdout.txt
code=$?
echo "exit code $code, only $(ls -A disk/out) is there"
