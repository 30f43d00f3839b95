// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regions are compared by a key: their ops, attributes, types and which value goes where.
#include "weft/Transforms/FusionCache.h"
#include "dialects/Weft/Weft.h"

#include <numeric>

using namespace mlir;

namespace weft {
namespace {

class KeyBuilder {
public:
  void add(const void *pointer) { add(reinterpret_cast<uintptr_t>(pointer)); }
  void add(uint64_t number) { key.append(reinterpret_cast<const char *>(&number), sizeof(number)); }

  // Attributes but those that a dispatch passes as constants.
  void addAttributes(Operation *op) {
    if (auto mask = dyn_cast<DropoutMaskOp>(op); mask && mask.getNumbers().empty()) {
      add(mask.getPAttr().getAsOpaquePointer());
      add(mask.getRowsPerSample().has_value());
      return;
    }
    bool isDrawn = isa<AttentionOp, AttentionGradientOp>(op);
    for (NamedAttribute attribute : op->getAttrDictionary())
      if (!isDrawn || attribute.getName() != "id") {
        add(attribute.getName().getAsOpaquePointer());
        add(attribute.getValue().getAsOpaquePointer());
      }
  }

  std::string key;
};

} // namespace

std::string FusionCache::getKey(ArrayRef<Operation *> ops, ArrayRef<Value> outputs,
                                Multiplier rows) {
  KeyBuilder builder;
  DenseMap<Value, unsigned> numbers;
  SmallVector<Value> inputs;
  auto numberOf = [&](Value value) {
    return numbers.try_emplace(value, numbers.size()).first->second;
  };
  llvm::SmallPtrSet<Operation *, 16> inside(ops.begin(), ops.end());
  for (Operation *op : ops) {
    builder.add(op->getName().getAsOpaquePointer());
    builder.addAttributes(op);
    for (Value operand : op->getOperands()) {
      if ((!operand.getDefiningOp() || !inside.contains(operand.getDefiningOp())) &&
          !numbers.contains(operand))
        inputs.push_back(operand);
      builder.add(numberOf(operand));
    }
    for (Value result : op->getResults()) {
      builder.add(numberOf(result));
      builder.add(result.getType().getAsOpaquePointer());
    }
  }
  int64_t common = 0;
  for (Value value : llvm::concat<const Value>(inputs, outputs))
    common = std::gcd(common, rows(value));
  common = std::max<int64_t>(common, 1);
  for (Value input : inputs) {
    builder.add(input.getType().getAsOpaquePointer());
    builder.add(rows(input) / common);
  }
  for (Value output : outputs)
    builder.add(numberOf(output));
  return builder.key;
}

bool FusionCache::canFuse(ArrayRef<Operation *> ops, ArrayRef<Value> outputs, unsigned numRepeated,
                          Multiplier rows, std::string &reason) {
  std::string key = getKey(ops, outputs, rows);
  key.push_back(static_cast<char>(ops.size() - numRepeated == 1));
  auto [place, isNew] = answers.try_emplace(key);
  Answer &answer = place->second;
  if (isNew)
    answer.isYes = target.canFuse(ops, outputs, numRepeated, answer.reason);
  reason = answer.reason;
  return answer.isYes;
}

} // namespace weft
