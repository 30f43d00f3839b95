#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Trains into a file system that holds one checkpoint and not two: full-disk.sh SIZE MODULE OPTION...
mkdir -p disk
if ! mount -t tmpfs -o size="$1" none disk 2> /dev/null; then
  printf 'skipped: mounting a small file system needs root\nskipped\n'
  exit 0
fi
trap 'umount disk' EXIT
shift
weft train "$@" --max-steps 4 --save-steps 2 --output-dir disk/out --report-to none > stdout.txt
code=$?
echo "exit code $code, only $(ls -A disk/out) is there"
