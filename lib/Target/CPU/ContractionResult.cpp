// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an epilogue can do beside a vector of sums: load operands of various shapes and store
// results, masked at the edge of the columns.
#include "ContractionEmitter.h"

#include "dialects/Assert.h"

using namespace mlir;

namespace weft::cpu {

SmallVector<int64_t> ContractionResult::allDimensions() const {
  return llvm::to_vector(llvm::seq<int64_t>(0, coordinates.size()));
}

Value ContractionResult::load(Value memref, ArrayRef<int64_t> dimensions) {
  int64_t column = coordinates.size() - 1, row = column - 1;
  bool runsAlongRow = !dimensions.empty() && dimensions.back() == column;
  WEFT_ASSERT((runsAlongRow || !llvm::is_contained(dimensions, column)) &&
              "the column must be the innermost dimension of an operand");

  ColumnCache::key_type key{memref.getAsOpaquePointer(), std::vector<int64_t>(dimensions)};
  key.second.push_back(runsAlongRow ? vector : -1);
  bool shared = !llvm::is_contained(dimensions, row);
  if (auto found = cache.find(key); shared && found != cache.end())
    return found->second;

  SmallVector<Value> indices;
  for (int64_t dimension : dimensions)
    indices.push_back(coordinates[dimension]);
  Value loaded;
  if (runsAlongRow) {
    loaded = loadVector(memref, indices);
  } else {
    Value scalar = memref::LoadOp::create(builder, loc, memref, indices);
    loaded = vector::BroadcastOp::create(
        builder, loc, VectorType::get(getType().getShape(), scalar.getType()), scalar);
  }
  if (shared)
    cache[key] = loaded;
  return loaded;
}

Value ContractionResult::loadVector(Value memref, ValueRange indices) {
  auto type =
      VectorType::get(getType().getShape(), cast<MemRefType>(memref.getType()).getElementType());
  if (!mask)
    return vector::LoadOp::create(builder, loc, type, memref, indices);
  Value zeros = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  return vector::MaskedLoadOp::create(builder, loc, type, memref, indices, mask, zeros);
}

void ContractionResult::store(Value vector, Value memref, ValueRange indices) {
  if (mask)
    vector::MaskedStoreOp::create(builder, loc, memref, indices, mask, vector);
  else
    vector::StoreOp::create(builder, loc, vector, memref, indices);
}

} // namespace weft::cpu
