// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A set of byte strings with a value each, as a double array: the child of a node lies at its base
// XOR the byte, and says whose child it is. A step is one load.
#ifndef WEFT_RUNTIME_TEXT_TRIE_H
#define WEFT_RUNTIME_TEXT_TRIE_H

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::rt {

class Trie {
public:
  using Entry = std::pair<std::string_view, int32_t>;
  static constexpr uint32_t root = 0;
  static constexpr uint32_t none = UINT32_MAX;

  Trie() : Trie(std::vector<Entry>()) {}
  // Empty strings are left out; of equal strings the highest value counts. Values are not negative.
  explicit Trie(std::vector<Entry> entries);

  bool empty() const { return nodes.size() <= blockSize && nodes[root].base == 0; }
  // The node that `byte` leads to, or none.
  uint32_t step(uint32_t node, uint8_t byte) const {
    uint32_t next = nodes[node].base ^ byte;
    return nodes[next].parent == node ? next : none;
  }
  // The value of the string that ends at a node, or -1.
  int32_t value(uint32_t node) const { return nodes[node].value; }

  // The longest string of the set that `text` begins with: its length, 0 if there is none.
  size_t longestMatch(std::string_view text, int32_t &value) const;

private:
  static constexpr uint32_t blockSize = 256;
  struct Node {
    uint32_t base = 0;
    uint32_t parent = none;
    int32_t value = -1;
  };
  class Builder;

  std::vector<Node> nodes;
};

} // namespace weft::rt

#endif
