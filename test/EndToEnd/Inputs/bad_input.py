#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes the wrong files that bad-input.test feeds to weft: bad_input.py MODULE DATA CHECKPOINT FOLDER"""
import gzip
import os
import struct
import sys


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read()


def idx(kind, shape, content):
    return struct.pack(f">HBB{len(shape)}I", 0, kind, len(shape), *shape) + content


def data_folder(parent, name, images, labels):
    folder = os.path.join(parent, name)
    os.makedirs(folder)
    write(folder, "train-images-idx3-ubyte", images)
    write(folder, "train-labels-idx1-ubyte", labels)


def main():
    module, data, checkpoint, folder = sys.argv[1:]
    images = read(os.path.join(data, "train-images-idx3-ubyte.gz"))[16:16 + 100 * 784]
    labels = read(os.path.join(data, "train-labels-idx1-ubyte.gz"))[8:108]
    good_images, good_labels = idx(8, (100, 28, 28), images), idx(8, (100,), labels)
    data_folder(folder, "good", good_images, good_labels)
    data_folder(folder, "cut-images", good_images[:5000], good_labels)
    data_folder(folder, "cut-labels", good_images, good_labels[:50])
    data_folder(folder, "small-images", idx(8, (100, 10, 10), images[:10000]), good_labels)
    data_folder(folder, "fewer-labels", good_images, idx(8, (90,), labels[:90]))
    data_folder(folder, "wrong-label", good_images, idx(8, (100,), labels[:70] + b"\x0a" + labels[71:]))
    whole = read(module)
    write(folder, "cut.weft", whole[:len(whole) // 2])
    write(folder, "edited.weft", whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    write(folder, "text.weft", b"weft.model @mlp {}\n")
    weights = read(os.path.join(checkpoint, "model.safetensors"))
    write(folder, "cut.safetensors", weights[:1000])
    header = b"label," + b",".join(b"p%d" % i for i in range(784)) + b"\n"
    row = b"3" + b",0" * 784 + b"\n"
    write(folder, "cut.csv", header + row * 3 + row[:700])
    write(folder, "words.csv", header + row + row.replace(b"3,0,", b"3,zero,"))


if __name__ == "__main__":
    main()
