// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replaces f32 by f64 everywhere in a piece of IR.
#include "weft/Reference/Widen.h"

#include "dialects/Weft/Weft.h"
#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace weft {

static DenseElementsAttr widen(DenseElementsAttr values, Type wide) {
  auto type = cast<ShapedType>(values.getType());
  auto convert = [](APFloat value) {
    bool losesInfo = false;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    return value;
  };
  if (values.isSplat())
    return DenseElementsAttr::get(type.clone(wide), convert(values.getSplatValue<APFloat>()));
  return DenseElementsAttr::get(type.clone(wide),
                                llvm::map_to_vector(values.getValues<APFloat>(), convert));
}

void widenToDouble(Operation *root) {
  Type wide = Float64Type::get(root->getContext());
  AttrTypeReplacer replacer;
  replacer.addReplacement([wide](Float32Type) -> Type { return wide; });
  replacer.addReplacement(
      [wide](FloatAttr number) -> std::optional<std::pair<Attribute, WalkResult>> {
        if (!number.getType().isF32())
          return std::pair(Attribute(number), WalkResult::skip());
        return std::pair(Attribute(FloatAttr::get(wide, number.getValueAsDouble())),
                         WalkResult::skip());
      });
  replacer.addReplacement(
      [wide](DenseElementsAttr values) -> std::optional<std::pair<Attribute, WalkResult>> {
        return std::pair(Attribute(values.getElementType().isF32() ? widen(values, wide) : values),
                         WalkResult::skip());
      });
  replacer.recursivelyReplaceElementsIn(root, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  // A number of elements stays f32.
  root->walk([](SizeOp op) {
    Type number = op.getType();
    op.getResult().setType(
        cast<RankedTensorType>(RankedTensorType::get({}, Float32Type::get(op.getContext()))));
    OpBuilder builder(op->getContext());
    builder.setInsertionPointAfter(op);
    auto cast = CastOp::create(builder, op.getLoc(), number, op.getResult());
    op.getResult().replaceAllUsesExcept(cast.getResult(), cast);
  });
}

} // namespace weft
