// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The CPU's generator of contractions: matrix products, batched or not, written directly as loops
// over registers, panels and tiles in `scf`, `memref`, `vector` and `arith`, with the fused
// elementwise operations in the tile loop. Use: describe the product (ContractionShape), plan it,
// emit it.
#ifndef WEFT_TARGET_CPU_CONTRACTION_H
#define WEFT_TARGET_CPU_CONTRACTION_H

#include "weft/Target/CPU/CpuTraits.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

#include <functional>
#include <map>

namespace weft::cpu {

//===----------------------------------------------------------------------===//
// What is computed
//===----------------------------------------------------------------------===//

/// A size: a constant, or a constant times the rows (batch size) of the call.
struct Extent {
  int64_t fixed = 1;
  int64_t perRow = 0;

  static Extent constant(int64_t size) { return {size, 0}; }
  static Extent rows(int64_t perRow) { return {0, perRow}; }
  bool isDynamic() const { return perRow != 0; }
  /// The size when the call has `rows` rows.
  int64_t at(int64_t rows) const { return isDynamic() ? perRow * rows : fixed; }
  /// The size as an index value.
  mlir::Value materialize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value rows) const;
};

/// C[batch..., m, n] = sum over k of A[batch..., m, k] * B[batch..., k, n]. A is stored [k, m] if
/// `transposeA`, B is stored [n, k] if `transposeB`. Sums are f32 (f64 if an operand is f64), in
/// ascending order of k.
struct ContractionShape {
  /// Leading dimensions, equal in A, B and C. Only the first may be dynamic.
  llvm::SmallVector<Extent> batch;
  Extent m, n, k;
  bool transposeA = false;
  bool transposeB = false;
  /// f32, f64, bf16 or f16.
  mlir::Type elementA, elementB;
  /// Rows of the calls that speed matters for. Any number of rows gives a correct result.
  int64_t tunedRows = 64;
};

//===----------------------------------------------------------------------===//
// How it is cut
//===----------------------------------------------------------------------===//

/// Tiles of a kernel: ceil((extentFixed + rows * extentPerRow) / tile) * times.
struct TileCount {
  int64_t extentFixed = 0;
  int64_t extentPerRow = 0;
  int64_t tile = 1;
  int64_t times = 1;

  int64_t at(int64_t rows) const {
    return (extentFixed + rows * extentPerRow + tile - 1) / tile * times;
  }
};

/// Blocking of one contraction on one kind of CPU; a function of the shape and the traits only.
///
/// Columns are cut in panels of `panelWidth()` columns, the last one possibly narrower. The
/// register tile is `rowsPerGroup` rows by one panel. A tile of the kernel is `rowsPerTile` rows by
/// `panelsPerTile` panels.
struct ContractionPlan {
  enum class PackA {
    None,
    /// [row][k], converted to the accumulator's type.
    Rows,
    /// [group of rows][k][row in group].
    Panels
  };

  ContractionShape shape;
  CpuTraits traits;
  mlir::FloatType accumulator;
  int64_t lanes = 1;
  int64_t rowsPerGroup = 1;
  int64_t vectorsPerPanel = 1;
  int64_t rowsPerTile = 1;
  int64_t panelsPerTile = 1;
  /// k is summed in blocks of this many; between blocks the sums wait in scratch memory.
  int64_t depthPerBlock = 1;
  /// Whether there may be more than one block of k.
  bool splitsDepth = false;
  PackA packA = PackA::None;
  bool packB = false;
  /// Rows whose packed A and waiting sums are kept at a time, 0 where neither exists.
  int64_t rowsPerBlock = 0;
  /// Whether complete sums wait too, for one loop that hands them out: code for what is done with
  /// them is then written down once, not once a register.
  bool storesSums = false;

  /// Makes complete sums wait.
  void storeSums();
  /// Whether sums wait in scratch memory.
  bool hasPartialSums() const { return splitsDepth || storesSums; }

  int64_t panelWidth() const { return vectorsPerPanel * lanes; }
  int64_t fullPanels() const { return shape.n.fixed / panelWidth(); }
  int64_t tailColumns() const { return shape.n.fixed % panelWidth(); }
  int64_t panels() const { return fullPanels() + (tailColumns() ? 1 : 0); }
  /// Blocks of columns that the tiles form.
  int64_t columnBlocks() const { return (panels() + panelsPerTile - 1) / panelsPerTile; }
  int64_t accumulatorBytes() const { return mlir::Type(accumulator).getIntOrFloatBitWidth() / 8; }
  mlir::VectorType vectorType() const { return mlir::VectorType::get({lanes}, accumulator); }

  TileCount tiles() const;

  /// Steps of k that a packed panel of B, or group of A, has room for: a little more than a block,
  /// so that panels do not begin at multiples of 4096 bytes, which would compete for the same few
  /// lines of the caches.
  int64_t packedDepthB() const;
  int64_t packedDepthA() const;
  /// Layout of the scratch memory: packed B, packed A, waiting sums, each aligned to 64 bytes.
  int64_t packedBBytes() const;
  int64_t packedABytes() const;
  int64_t partialBytes() const;
  int64_t scratchBytes() const { return packedBBytes() + packedABytes() + partialBytes(); }

  /// What may be left over when a range of rows is cut in groups, where the range begins at a
  /// multiple of `blockRows` and ends at such a multiple or at the last row. Ascending, without 0.
  llvm::SmallVector<int64_t> rowRemainders(int64_t blockRows) const;
};

/// Chooses the blocking. Fails, with a message through `emitError`, on element types or extents
/// that the generator does not support.
mlir::FailureOr<ContractionPlan>
planContraction(const ContractionShape &shape, const CpuTraits &traits,
                llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

//===----------------------------------------------------------------------===//
// What is done with the sums
//===----------------------------------------------------------------------===//

/// `lanes` neighbouring elements of one row of C, complete, in a register.
class ContractionResult {
public:
  /// Values of columns loaded for one register tile: shared by its rows.
  using ColumnCache = std::map<std::pair<void *, std::vector<int64_t>>, mlir::Value>;

  ContractionResult(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                    llvm::ArrayRef<mlir::Value> coordinates, mlir::Value mask, int64_t vector,
                    ColumnCache &cache)
      : builder(builder), loc(loc), value(value), coordinates(coordinates), mask(mask),
        vector(vector), cache(cache) {}

  /// vector<lanes x accumulator type>.
  mlir::Value getValue() const { return value; }
  mlir::VectorType getType() const { return mlir::cast<mlir::VectorType>(value.getType()); }
  /// Index of the first lane in C: batch..., row, column.
  llvm::ArrayRef<mlir::Value> getCoordinates() const { return coordinates; }
  mlir::Value getRow() const { return coordinates.end()[-2]; }
  mlir::Value getColumn() const { return coordinates.back(); }
  /// vector<lanes x i1> of the lanes that exist, null if all do.
  mlir::Value getMask() const { return mask; }

  /// Loads from `memref` what lies beside the result, where dimension i of `memref` runs along
  /// dimension `dimensions[i]` of C: a vector of the memref's element type. An operand that does
  /// not depend on the column is loaded once and broadcast. The column must be the innermost
  /// dimension of an operand that depends on it.
  mlir::Value load(mlir::Value memref, llvm::ArrayRef<int64_t> dimensions);
  /// The same of an operand of C's shape.
  mlir::Value load(mlir::Value memref) { return load(memref, allDimensions()); }

  /// Loads a vector at explicit indices, the last of which is that of lane 0.
  mlir::Value loadVector(mlir::Value memref, mlir::ValueRange indices);
  /// Stores a vector at the result's place in `memref`, or at explicit indices.
  void store(mlir::Value vector, mlir::Value memref) { store(vector, memref, coordinates); }
  void store(mlir::Value vector, mlir::Value memref, mlir::ValueRange indices);

private:
  llvm::SmallVector<int64_t> allDimensions() const;

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Value value;
  llvm::ArrayRef<mlir::Value> coordinates;
  mlir::Value mask;
  /// Which vector of the panel this is.
  int64_t vector;
  ColumnCache &cache;
};

/// Consumes a result: computes the epilogue and stores it. Called once for each vector of a
/// register tile, at each place of the code that completes one.
using ContractionSink =
    llvm::function_ref<void(mlir::OpBuilder &, mlir::Location, ContractionResult &)>;

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

/// The values that a contraction reads. Memrefs may be strided, with unit stride in the innermost
/// dimension.
struct ContractionOperands {
  mlir::Value a, b;
  /// Rows of the call; may be null if no extent is dynamic.
  mlir::Value rows;
  /// memref<?xi8> of plan.scratchBytes() bytes, aligned to 64; may be null if that is 0.
  mlir::Value scratch;
  /// Where plan's memory begins in `scratch`.
  int64_t scratchOffset = 0;
};

/// A rectangle of C in one element of the batch.
struct ContractionRegion {
  /// Index in each batch dimension.
  llvm::SmallVector<mlir::Value> batch;
  mlir::Value rowBegin, rowEnd;
  /// Panels, see ContractionPlan; null for all columns.
  mlir::Value panelBegin, panelEnd;
  /// Steps of k, from the first one on; null for all.
  mlir::Value depth;
  /// Possible remainders of rowEnd - rowBegin, see ContractionPlan::rowRemainders.
  llvm::SmallVector<int64_t> rowRemainders;
};

/// Emits the computation of a region at the builder's insertion point: the building block of
/// kernels that go on with whole rows.
void emitContractionRegion(mlir::OpBuilder &builder, mlir::Location loc,
                           const ContractionPlan &plan, const ContractionOperands &operands,
                           const ContractionRegion &region, ContractionSink sink);

/// Emits the loop over the tiles [tileBegin, tileEnd) of plan.tiles().
void emitContractionTiles(mlir::OpBuilder &builder, mlir::Location loc, const ContractionPlan &plan,
                          const ContractionOperands &operands, mlir::Value tileBegin,
                          mlir::Value tileEnd, ContractionSink sink);

/// An epilogue as a function of a result and of operands: gives one vector per output.
struct ContractionEpilogue {
  using Compute = std::function<llvm::SmallVector<mlir::Value>(
      mlir::OpBuilder &, mlir::Location, ContractionResult &, mlir::ValueRange operands)>;

  llvm::SmallVector<mlir::MemRefType> operands;
  /// At least one; each has the shape of C and the element type of the vectors stored in it.
  llvm::SmallVector<mlir::MemRefType> outputs;
  /// Null: the sums are the only output.
  Compute compute;
};

/// Creates `func.func private @name(A, B, operands..., outputs..., rows, tile_begin, tile_end,
/// scratch)` with the attributes `weft.tiles` and `weft.scratch_bytes`.
mlir::func::FuncOp buildContractionKernel(mlir::OpBuilder &builder, mlir::Location loc,
                                          llvm::StringRef name, const ContractionPlan &plan,
                                          mlir::MemRefType a, mlir::MemRefType b,
                                          const ContractionEpilogue &epilogue);

} // namespace weft::cpu

#endif // WEFT_TARGET_CPU_CONTRACTION_H
