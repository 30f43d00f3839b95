// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a random model is grown with: values to choose from, blocks to build with, and steps that
// each append one or a few ops. A bound on the size of elements is kept per value, and brought down
// where it grows too large, so that results are numbers that can be compared.
#ifndef WEFT_LIB_REFERENCE_GRAPHGROWER_H
#define WEFT_LIB_REFERENCE_GRAPHGROWER_H

#include "dialects/Weft/Weft.h"
#include "weft/Reference/RandomGraph.h"
#include "weft/Reference/RandomValues.h"

namespace weft {

// A floating-point value whose dimension 0 is `times` x batch, elements at most `bound` in size.
struct GraphNode {
  mlir::Value value;
  int64_t times = 1;
  double bound = 1;

  mlir::RankedTensorType getType() const {
    return llvm::cast<mlir::RankedTensorType>(value.getType());
  }
  int64_t getRank() const { return getType().getRank(); }
  int64_t getLastDim() const { return getType().getShape().back(); }
};

class GraphGrower {
public:
  GraphGrower(ModelOp model, const RandomModelOptions &options)
      : model(model), builder(model.getContext()), loc(model.getLoc()), options(options),
        words(options.seed, streamOfName("random graph")) {}

  void grow();

private:
  static constexpr double kLargest = 6; // bounds above it are brought down
  static constexpr int64_t kClasses = 5;
  static constexpr int64_t kMostColumns = 65536; // of what random numbers are drawn for

  using Step = void (GraphGrower::*)();
  struct StepKind {
    Step step;
    bool smooth;
  };
  static const StepKind steps[];

  // Wide models.
  static constexpr int64_t kLongest = 1000000;
  bool isWide() const { return options.maxElements != 0; }
  bool fits(int64_t elements) const { return elements <= options.maxElements; }
  bool fits(const GraphNode &node) const;
  int64_t extent(int64_t most);
  llvm::SmallVector<int64_t> wideShape(int64_t elements);
  // From `least` on, less than `bound` more; in wide models up to what fits `perUnit` times.
  int64_t size(int64_t least, int64_t bound, int64_t perUnit);
  mlir::Value reduceToNumber(mlir::Value value);
  mlir::Value penalty();
  mlir::Value changeParameter(mlir::Value value);
  mlir::Value changeOrder(mlir::Value value, int64_t dim);
  mlir::Value changeShape(mlir::Value value, int64_t dim);
  mlir::Value wideTerm();
  void buildWideLoss();

  // Choices.
  int64_t below(int64_t bound) { return words.nextBelow(bound); }
  bool flip() { return below(2) == 0; }
  const GraphNode &pick() {
    return nodes[nodes.size() - 1 - below(std::min<int64_t>(nodes.size(), 4))];
  }
  // A value of the same type and number of rows: another one, or the same again.
  GraphNode pickLike(const GraphNode &node);
  GraphNode pickOfRank(int64_t rank);

  // Building blocks.
  template <typename OpTy, typename... Args>
  mlir::Value make(Args &&...args) {
    return OpTy::create(builder, loc, std::forward<Args>(args)...)->getResult(0);
  }
  void add(mlir::Value value, int64_t times, double bound);
  mlir::Value bring(const GraphNode &node, double bound);
  mlir::Value fill(mlir::Value like, double value);
  mlir::Value addParameter(llvm::ArrayRef<int64_t> shape);
  mlir::Value integer(int64_t value);
  // Indices below `size`, for a tensor of `like`'s first dimensions and then `inner`.
  mlir::Value indices(mlir::Value like, llvm::ArrayRef<int64_t> inner, int64_t size);
  mlir::RankedTensorType withShape(llvm::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  }

  // Steps.
  void appendRandomStep();
  void smoothUnary();
  void kinkedUnary();
  void positiveUnary();
  void binary();
  void kinkedBinary();
  void quotient();
  void power();
  void choose();
  void normalize();
  void linear();
  void matmul();
  void batchedMatmul();
  void bias();
  void reduce();
  void reduceMax();
  void split();
  void mergeDims();
  void transpose();
  void slice();
  void concat();
  void pad();
  void rowsOfRows();
  void throughDouble();
  void dropout();
  void layerNorm();
  void embed();
  void gather();
  void scatter();
  void cumsum();
  void topK();
  void attend();

  void buildLogits();
  void buildLoss();
  void nameInputs();

  ModelOp model;
  mlir::OpBuilder builder;
  mlir::Location loc;
  RandomModelOptions options;
  WordStream words;
  llvm::SmallVector<GraphNode> nodes;
  unsigned numParameters = 0, numRandomOps = 0;
};

} // namespace weft

#endif
