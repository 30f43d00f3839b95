// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Building a double array from sorted strings. Children are placed in one of the last few blocks of
// 256 nodes, so that the time stays linear in the number of nodes whatever the strings are.
#include "text/trie.h"

#include <algorithm>
#include <array>

namespace weft::rt {

class Trie::Builder {
public:
  Builder(const std::vector<Entry> &entries, std::vector<Node> &nodes)
      : entries(entries), nodes(nodes) {
    addBlock();
    taken[0] |= 1; // the root is nobody's child
    --freeInBlock[0];
  }

  void build() {
    std::vector<Group> open = {{root, 0, static_cast<uint32_t>(entries.size()), 0}};
    while (!open.empty()) {
      Group group = open.back();
      open.pop_back();
      placeChildren(group, open);
    }
  }

private:
  static constexpr uint32_t openBlocks = 8;
  // Entries [begin, end), which agree in their first `depth` bytes; these lead to `node`.
  struct Group {
    uint32_t node, begin, end, depth;
  };

  uint8_t byteAt(uint32_t entry, uint32_t depth) const {
    return static_cast<uint8_t>(entries[entry].first[depth]);
  }

  void addBlock() {
    nodes.resize(nodes.size() + blockSize);
    taken.resize(nodes.size() / 64);
    freeInBlock.push_back(blockSize);
  }

  bool isFree(uint32_t node) const { return !(taken[node / 64] >> (node % 64) & 1); }

  // A base such that no child's place is taken.
  uint32_t findBase(const std::vector<uint8_t> &bytes) {
    auto blocks = static_cast<uint32_t>(freeInBlock.size());
    for (uint32_t block = blocks > openBlocks ? blocks - openBlocks : 0; block < blocks; ++block) {
      if (freeInBlock[block] < bytes.size())
        continue;
      for (uint32_t place = block * blockSize; place < (block + 1) * blockSize; ++place) {
        uint32_t base = place ^ bytes[0];
        if (isFree(place) && std::all_of(bytes.begin() + 1, bytes.end(),
                                         [&](uint8_t byte) { return isFree(base ^ byte); }))
          return base;
      }
    }
    addBlock();
    return blocks * blockSize;
  }

  void placeChildren(Group group, std::vector<Group> &open) {
    while (group.begin < group.end && entries[group.begin].first.size() == group.depth)
      nodes[group.node].value = entries[group.begin++].second;
    if (group.begin == group.end)
      return;
    bytes.clear();
    for (uint32_t i = group.begin; i < group.end; ++i)
      if (bytes.empty() || bytes.back() != byteAt(i, group.depth))
        bytes.push_back(byteAt(i, group.depth));
    uint32_t base = findBase(bytes);
    nodes[group.node].base = base;
    size_t firstChild = open.size();
    for (uint32_t i = group.begin; i < group.end; ++i) {
      uint32_t child = base ^ byteAt(i, group.depth);
      if (open.size() > firstChild && open.back().node == child) {
        open.back().end = i + 1;
        continue;
      }
      nodes[child].parent = group.node;
      taken[child / 64] |= uint64_t{1} << (child % 64);
      --freeInBlock[child / blockSize];
      open.push_back({child, i, i + 1, group.depth + 1});
    }
  }

  const std::vector<Entry> &entries;
  std::vector<Node> &nodes;
  std::vector<uint64_t> taken;
  std::vector<uint32_t> freeInBlock;
  std::vector<uint8_t> bytes;
};

Trie::Trie(std::vector<Entry> entries) {
  std::erase_if(entries, [](const Entry &entry) { return entry.first.empty(); });
  std::sort(entries.begin(), entries.end());
  Builder(entries, nodes).build();
}

size_t Trie::longestMatch(std::string_view text, int32_t &found) const {
  size_t length = 0;
  uint32_t node = root;
  for (size_t i = 0; i < text.size(); ++i) {
    node = step(node, static_cast<uint8_t>(text[i]));
    if (node == none)
      break;
    if (value(node) >= 0) {
      found = value(node);
      length = i + 1;
    }
  }
  return length;
}

} // namespace weft::rt
