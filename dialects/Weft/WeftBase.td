// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The graph dialect itself, and the base classes that its families of ops are declared with.
#ifndef WEFT_DIALECT_WEFTBASE_TD
#define WEFT_DIALECT_WEFTBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/Interfaces/DecomposableOpInterface.td"
include "dialects/Interfaces/DifferentiableOpInterface.td"
include "dialects/Interfaces/FusableOpInterface.td"
include "dialects/Interfaces/LossOpInterface.td"
include "dialects/Interfaces/RandomOpInterface.td"
include "dialects/Interfaces/ReferenceOpInterface.td"

def Weft_Dialect : Dialect {
  let name = "weft";
  let cppNamespace = "::weft";
  let summary = "models, and the tensor ops that they are made of";
  let description = [{
    The graph IR. A `weft.model` holds parameters and functions over builtin tensors with value
    semantics. Ops are at the level of a framework's functional API; names, argument order and
    defaults are PyTorch's where PyTorch has the op. Each op is evaluated by the reference interpreter,
    lowered to code, and has a gradient or says that it has none.

    A dynamic dimension is the batch, outermost, or a dimension that the argument's `weft.dims` names.
    The phase `specialized` gives each named one a size; from then on only the outermost
    dimension of a tensor is dynamic, and its size is a static multiple of the batch. What a constraint
    says of the size of another dynamic dimension is checked then. Elementwise ops do not broadcast:
    `weft.broadcast` does.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let hasConstantMaterializer = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
    void registerConstantFolding();
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Weft_FloatElement : AnyTypeOf<[F32, F64, BF16, F16], "floating-point element">;
def Weft_IntElement : AnyTypeOf<[I64, I32, I8, I1], "integer element">;
def Weft_Element : AnyTypeOf<[F32, F64, BF16, F16, I64, I32, I8, I1], "element type of a tensor">;

def Weft_Tensor : RankedTensorOf<[Weft_Element]>;
def Weft_FloatTensor : RankedTensorOf<[Weft_FloatElement]>;
def Weft_IntTensor : RankedTensorOf<[Weft_IntElement]>;
def Weft_BoolTensor : RankedTensorOf<[I1]>;
// A rank-0 tensor: a number of the step.
def Weft_ScalarTensor : 0DTensorOf<[Weft_Element]>;

// A rank-0 i64 tensor: a number of the step that random ops read.
def Weft_I64Scalar : Type<0DTensorOf<[I64]>.predicate, "tensor<i64>", "::mlir::RankedTensorType">,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

// First among the traits, so that inference and verifiers compute with sizes within the limits only.
def Weft_WithinLimits : NativeOpTrait<"WithinLimits"> { let cppNamespace = "::weft"; }

class Weft_Op<string mnemonic, list<Trait> traits = []>
    : Op<Weft_Dialect, mnemonic, !listconcat([Weft_WithinLimits], traits)>;

// An op without effects that the reference interpreter evaluates.
class Weft_PureOp<string mnemonic, list<Trait> traits = []>
    : Weft_Op<mnemonic, !listconcat([Pure,
        DeclareOpInterfaceMethods<ReferenceOpInterface>], traits)>;

// What dispatch regions are made of. Either `DeclareOpInterfaceMethods<DifferentiableOpInterface>` or
// `NoGradient` is among the traits of every op.
class Weft_PrimitiveOp<string mnemonic, list<Trait> traits = []>
    : Weft_PureOp<mnemonic, !listconcat([
        DeclareOpInterfaceMethods<FusableOpInterface>], traits)>;

// An op that stands for simpler ones.
class Weft_CompositeOp<string mnemonic, list<Trait> traits = []>
    : Weft_PureOp<mnemonic, !listconcat([
        DeclareOpInterfaceMethods<DecomposableOpInterface>], traits)>;

defvar Weft_Differentiable = DeclareOpInterfaceMethods<DifferentiableOpInterface>;

#endif
