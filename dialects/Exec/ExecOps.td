// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program dialect: one op per command of the module format.
#ifndef WEFT_EXEC_EXECOPS_TD
#define WEFT_EXEC_EXECOPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Exec_Dialect : Dialect {
  let name = "exec";
  let cppNamespace = "::weft::exec";
  let summary = "programs over a planned arena, as the runtime executes them";
  let description = [{
    What a module's entry point does: dispatches of kernels, copies and fills over slots of memory, with
    barriers between what must not overlap. There is no control flow. Sizes and offsets are in bytes.
    A slot's size is `fixed + per_row * rows`, where rows is the batch size of the call.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

class Exec_Op<string mnemonic, list<Trait> traits = []> : Op<Exec_Dialect, mnemonic, traits>;

def Exec_SlotType : TypeDef<Exec_Dialect, "Slot"> {
  let mnemonic = "slot";
  let summary = "a range of memory";
}
// The type as operands and results name it: with one spelling only, assembly needs no types.
def Exec_Slot : Type<Exec_SlotType.predicate, "slot", "::weft::exec::SlotType">,
                BuildableType<"::weft::exec::SlotType::get($_builder.getContext())">;

def Exec_Space : I32EnumAttr<"Space", "where a slot lies", [
    I32EnumAttrCase<"Persistent", 0, "persistent">,
    I32EnumAttrCase<"Constant", 1, "constant">,
    I32EnumAttrCase<"Fixed", 2, "fixed">,
    I32EnumAttrCase<"Rows", 3, "rows">,
    I32EnumAttrCase<"Argument", 4, "argument">]> {
  let cppNamespace = "::weft::exec";
  let genSpecializedAttr = 0;
}
def Exec_SpaceAttr : EnumAttr<Exec_Dialect, Exec_Space, "space"> {
  let assemblyFormat = "$value";
}

def Exec_ProgramOp : Exec_Op<"program", [Symbol, SingleBlock, NoTerminator, IsolatedFromAbove]> {
  let summary = "the commands of one entry point";
  let description = [{
    `fixed` and `rows` are the sizes of the two transient regions: `fixed` bytes, and `rows` bytes per
    row of the batch. `exec.interface` at the end names the slots of the entry's inputs and outputs.

    ```mlir
    exec.program @predict fixed(0) rows(64) {
      %w = exec.slot persistent at 0 fixed(16)
      %x = exec.slot argument at 0 rows(16)
      %y = exec.slot rows at 0 rows(16)
      exec.dispatch @m::@dispatch_0(%w, %x, %y)
      exec.interface inputs(%x) outputs(%y)
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ConfinedAttr<I64Attr, [IntNonNegative]>:$fixed_bytes,
                       ConfinedAttr<I64Attr, [IntNonNegative]>:$row_bytes);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `fixed` `(` $fixed_bytes `)` `rows` `(` $row_bytes `)` attr-dict-with-keyword $body
  }];
  let hasRegionVerifier = 1;
}

def Exec_SlotOp : Exec_Op<"slot", [Pure, HasParent<"ProgramOp">]> {
  let summary = "a range of an arena";
  let description = [{
    The range begins at byte `offset` of its space (in `rows`: at byte `offset * rows`; in `argument`,
    `offset` is the number of the input). Offsets are multiples of 64.

    ```mlir
    %x = exec.slot rows at 64 rows(512)
    ```
  }];
  let arguments = (ins Exec_SpaceAttr:$space, ConfinedAttr<I64Attr, [IntNonNegative]>:$offset,
                       DefaultValuedAttr<ConfinedAttr<I64Attr, [IntNonNegative]>, "0">:$fixed,
                       DefaultValuedAttr<ConfinedAttr<I64Attr, [IntNonNegative]>, "0">:$per_row);
  let results = (outs Exec_Slot:$slot);
  let assemblyFormat = [{
    $space `at` $offset (`fixed` `(` $fixed^ `)`)? (`rows` `(` $per_row^ `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

class Exec_CommandOp<string mnemonic, list<Trait> traits = []>
    : Exec_Op<mnemonic, !listconcat([HasParent<"ProgramOp">], traits)>;

def Exec_DispatchOp : Exec_CommandOp<"dispatch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    `bindings` are the kernel's operands and then its results; `constants` are numbers for the kernel; its rows are
    `rows` times the batch's.

    ```mlir
    exec.dispatch @mlp::@dispatch_0(%x, %w, %h) constants [3] rows 16
    ```
  }];
  let arguments = (ins SymbolRefAttr:$kernel, Variadic<Exec_Slot>:$bindings,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$constants,
                       DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "1">:$rows);
  let assemblyFormat = "$kernel `(` $bindings `)` (`constants` $constants^)? (`rows` $rows^)? attr-dict";
}

def Exec_CopyOp : Exec_CommandOp<"copy"> {
  let summary = "copies a slot to one of the same size";
  let description = [{
    ```mlir
    exec.copy %new, %weight
    ```
  }];
  let arguments = (ins Exec_Slot:$source, Exec_Slot:$target);
  let assemblyFormat = "$source `,` $target attr-dict";
  let hasVerifier = 1;
}

def Exec_FillOp : Exec_CommandOp<"fill"> {
  let summary = "fills a slot with a repeated 32-bit pattern";
  let description = [{
    ```mlir
    exec.fill %gradient, 0
    ```
  }];
  let arguments = (ins Exec_Slot:$target, I32Attr:$pattern);
  let assemblyFormat = "$target `,` $pattern attr-dict";
}

def Exec_BarrierOp : Exec_CommandOp<"barrier"> {
  let summary = "what is before it has finished before what is after it begins";
  let assemblyFormat = "attr-dict";
}

def Exec_AllReduceOp : Exec_CommandOp<"all_reduce"> {
  let summary = "sums slots over all ranks";
  let description = [{
    ```mlir
    exec.all_reduce %gradient
    ```
  }];
  let arguments = (ins Variadic<Exec_Slot>:$slots);
  let assemblyFormat = "$slots attr-dict";
}

def Exec_InterfaceOp : Exec_CommandOp<"interface", [AttrSizedOperandSegments]> {
  let summary = "the slots of the entry's inputs and outputs, in order";
  let arguments = (ins Variadic<Exec_Slot>:$inputs, Variadic<Exec_Slot>:$outputs);
  let assemblyFormat = "`inputs` `(` $inputs `)` `outputs` `(` $outputs `)` attr-dict";
}

#endif
