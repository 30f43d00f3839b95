// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attributes of the graph dialect: initializers, optimizers and enumerations.
#ifndef WEFT_DIALECT_WEFTATTRS_TD
#define WEFT_DIALECT_WEFTATTRS_TD

include "dialects/Weft/WeftBase.td"

class Weft_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Weft_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

// A double. Stored as APFloat, because attribute parameters need a hash.
class Weft_F64Parameter<string default = ""> : APFloatParameter<""> {
  let parser = "::weft::parseDouble($_parser)";
  let printer = "::weft::printDouble($_printer, $_self)";
  let defaultValue = default;
}

//===----------------------------------------------------------------------===//
// Initializers
//===----------------------------------------------------------------------===//

def Weft_InitializerAttrInterface : AttrInterface<"InitializerAttrInterface"> {
  let cppNamespace = "::weft";
  let description = "How the elements of a parameter are drawn before training.";
  let methods = [
    InterfaceMethod<"The distribution for a parameter of this shape.",
      "::weft::Distribution", "getDistribution", (ins "::llvm::ArrayRef<int64_t>":$shape)>
  ];
}

class Weft_InitializerAttr<string name, string mnemonic>
    : Weft_Attr<name, mnemonic, [DeclareAttrInterfaceMethods<Weft_InitializerAttrInterface>]>;

def Weft_KaimingUniformAttr : Weft_InitializerAttr<"KaimingUniform", "kaiming_uniform"> {
  let summary = "uniform in [-b, b), b = sqrt(6 / ((1 + a^2) fan_in))";
  let description = [{
    As `torch.nn.init.kaiming_uniform_(w, a)` with `fan_in`: the product of all dimensions but the
    first. With `a = sqrt(5)` it is `nn.Linear`'s and `nn.Conv2d`'s default.
  }];
  let parameters = (ins Weft_F64Parameter<"::llvm::APFloat(0.0)">:$a);
  let genVerifyDecl = 1;
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
}

def Weft_UniformAttr : Weft_InitializerAttr<"Uniform", "uniform"> {
  let summary = "uniform in [low, high)";
  let parameters = (ins Weft_F64Parameter<>:$low, Weft_F64Parameter<>:$high);
  let genVerifyDecl = 1;
  let assemblyFormat = "`<` $low `,` $high `>`";
}

def Weft_NormalAttr : Weft_InitializerAttr<"Normal", "normal"> {
  let summary = "normal with the given mean and standard deviation";
  let description = [{
    `zero_row = n` sets row n of the first dimension to zero, as `nn.Embedding(padding_idx = n)` begins;
    all other elements stay as they are without it. A parameter has that row (parameter_c1).
  }];
  let parameters = (ins Weft_F64Parameter<"::llvm::APFloat(0.0)">:$mean,
                        Weft_F64Parameter<"::llvm::APFloat(1.0)">:$std,
                        DefaultValuedParameter<"int64_t", "-1">:$zero_row);
  let genVerifyDecl = 1;
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
}

def Weft_TruncatedNormalAttr : Weft_InitializerAttr<"TruncatedNormal", "truncated_normal"> {
  let summary = "normal, cut at two standard deviations from the mean";
  let parameters = (ins Weft_F64Parameter<"::llvm::APFloat(0.0)">:$mean,
                        Weft_F64Parameter<"::llvm::APFloat(1.0)">:$std);
  let genVerifyDecl = 1;
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
}

def Weft_ConstantInitAttr : Weft_InitializerAttr<"ConstantInit", "constant"> {
  let summary = "every element the same";
  let parameters = (ins Weft_F64Parameter<>:$value);
  let assemblyFormat = "`<` $value `>`";
}

//===----------------------------------------------------------------------===//
// Optimizers
//===----------------------------------------------------------------------===//

def Weft_ScalarRole : I32EnumAttr<"ScalarRole", "a number of the step", [
    I32EnumAttrCase<"LearningRate", 1, "learning_rate">,
    I32EnumAttrCase<"WeightDecay", 2, "weight_decay">,
    I32EnumAttrCase<"Momentum", 3, "momentum">,
    I32EnumAttrCase<"Dampening", 4, "dampening">,
    I32EnumAttrCase<"Beta1", 5, "beta1">,
    I32EnumAttrCase<"Beta2", 6, "beta2">,
    I32EnumAttrCase<"Epsilon", 7, "epsilon">,
    I32EnumAttrCase<"BiasCorrection1", 8, "bias_correction1">,
    I32EnumAttrCase<"BiasCorrection2", 9, "bias_correction2">,
    I32EnumAttrCase<"MaxGradNorm", 10, "max_grad_norm">,
    I32EnumAttrCase<"Step", 11, "step">,
    I32EnumAttrCase<"Seed", 12, "seed">,
    I32EnumAttrCase<"SampleOffset", 13, "sample_offset">,
    I32EnumAttrCase<"LabelSmoothing", 14, "label_smoothing">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}

def Weft_ScalarRoleAttr : EnumAttr<Weft_Dialect, Weft_ScalarRole, "scalar_role"> {
  let assemblyFormat = "`<` $value `>`";
}

def Weft_OptimizerAttrInterface : AttrInterface<"OptimizerAttrInterface"> {
  let cppNamespace = "::weft";
  let description = [{
    How a parameter follows its gradient. What an optimizer needs from the train step is its state per
    parameter and the numbers of the step; the values in the attribute are only the defaults of those
    numbers, except where they decide about structure (a momentum of zero keeps no buffer).
  }];
  let methods = [
    InterfaceMethod<"Its name for users: sgd, adam, adamw.", "::llvm::StringRef", "getOptimizerName", (ins)>,
    InterfaceMethod<"The names of its state tensors, each with the shape and type of the parameter and zero at first (PyTorch's names).",
      "::llvm::SmallVector<::llvm::StringRef>", "getStateSlots", (ins)>,
    InterfaceMethod<"The numbers of the step that `buildUpdate` reads.",
      "::llvm::SmallVector<::weft::ScalarRole>", "getScalars", (ins)>,
    InterfaceMethod<"Default values of those numbers, as far as the attribute gives them (bias corrections follow from the betas and the step).",
      "::llvm::SmallVector<std::pair<::weft::ScalarRole, double>>", "getDefaults", (ins)>,
    InterfaceMethod<[{
        Builds the update: the parameter's new value, then the new value of each state tensor.
        `scalars` holds a tensor<f64> for each role of `getScalars`, in that order. `decay` tells
        whether weight decay applies to this parameter.
      }],
      "::llvm::SmallVector<::mlir::Value>", "buildUpdate",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::Value":$parameter,
           "::mlir::Value":$gradient, "::mlir::ValueRange":$state, "::mlir::ValueRange":$scalars,
           "bool":$decay)>
  ];
}

class Weft_OptimizerAttr<string name, string mnemonic>
    : Weft_Attr<name, mnemonic, [DeclareAttrInterfaceMethods<Weft_OptimizerAttrInterface>]>;

def Weft_SGDAttr : Weft_OptimizerAttr<"SGD", "sgd"> {
  let summary = "stochastic gradient descent, as torch.optim.SGD";
  let parameters = (ins Weft_F64Parameter<"::llvm::APFloat(0.001)">:$lr,
                        Weft_F64Parameter<"::llvm::APFloat(0.0)">:$momentum,
                        Weft_F64Parameter<"::llvm::APFloat(0.0)">:$dampening,
                        Weft_F64Parameter<"::llvm::APFloat(0.0)">:$weight_decay,
                        DefaultValuedParameter<"bool", "false">:$nesterov);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}

class Weft_AdamLikeAttr<string name, string mnemonic, string decay> : Weft_OptimizerAttr<name, mnemonic> {
  let parameters = (ins Weft_F64Parameter<"::llvm::APFloat(0.001)">:$lr,
                        Weft_F64Parameter<"::llvm::APFloat(0.9)">:$beta1,
                        Weft_F64Parameter<"::llvm::APFloat(0.999)">:$beta2,
                        Weft_F64Parameter<"::llvm::APFloat(1e-8)">:$eps,
                        Weft_F64Parameter<"::llvm::APFloat(" # decay # ")">:$weight_decay);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}

def Weft_AdamAttr : Weft_AdamLikeAttr<"Adam", "adam", "0.0"> {
  let summary = "Adam (weight decay added to the gradient), as torch.optim.Adam";
}
def Weft_AdamWAttr : Weft_AdamLikeAttr<"AdamW", "adamw", "0.01"> {
  let summary = "Adam with decoupled weight decay, as torch.optim.AdamW";
}

//===----------------------------------------------------------------------===//
// State of training
//===----------------------------------------------------------------------===//

// A keyword, or a string where it is none.
def Weft_SlotParameter : StringRefParameter<"name of a slot"> {
  let parser = "::weft::parseSlot($_parser)";
  let printer = "$_printer.printKeywordOrString($_self)";
}

def Weft_StateAttr : Weft_Attr<"State", "state"> {
  let summary = "optimizer state of a parameter, as weft.state of an argument or result";
  let description = [{
    `slot` is one of the optimizer's `getStateSlots`.

    ```mlir
    #weft.state<@fc1.weight, exp_avg>
    ```
  }];
  let parameters = (ins "::mlir::FlatSymbolRefAttr":$parameter, Weft_SlotParameter:$slot);
  let assemblyFormat = "`<` $parameter `,` $slot `>`";
}

def Weft_AccumulatorAttr : Weft_Attr<"Accumulator", "accumulator"> {
  let summary = "the sum of a parameter's gradients over micro-batches, as weft.state";
  let description = [{
    ```mlir
    #weft.accumulator<@fc1.weight>
    ```
  }];
  let parameters = (ins "::mlir::FlatSymbolRefAttr":$parameter);
  let assemblyFormat = "`<` $parameter `>`";
}

def Weft_LossPart : I32EnumAttr<"LossPart", "a half of the loss over micro-batches, as weft.state", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Weight", 1, "weight">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_LossPartAttr : EnumAttr<Weft_Dialect, Weft_LossPart, "loss_accumulator"> {
  let assemblyFormat = "`<` $value `>`";
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

// Numbered as in runtime/schema/module.fbs, which says what the inputs and outputs of each are.
def Weft_TaskKind : I32EnumAttr<"TaskKind", "what a model is trained for", [
    I32EnumAttrCase<"Classification", 1, "classification">,
    I32EnumAttrCase<"Regression", 2, "regression">,
    I32EnumAttrCase<"TokenClassification", 3, "token_classification">,
    I32EnumAttrCase<"MaskedLanguageModeling", 4, "masked_language_modeling">,
    I32EnumAttrCase<"Pretraining", 5, "pretraining">,
    I32EnumAttrCase<"QuestionAnswering", 6, "question_answering">,
    I32EnumAttrCase<"MultiLabelClassification", 7, "multi_label_classification">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}

def Weft_TaskAttr : Weft_Attr<"Task", "task"> {
  let summary = "what a model is trained for, and the names of its classes";
  let description = [{
    The runtime judges predictions by it. `labels` names the classes in the order of the logits; it may be
    absent.

    ```mlir
    #weft.task<token_classification, labels = ["O", "B-person", "I-person"]>
    ```
  }];
  let parameters = (ins EnumParameter<Weft_TaskKind>:$kind, OptionalParameter<"::mlir::ArrayAttr">:$labels);
  let assemblyFormat = "`<` $kind (`,` `labels` `=` $labels^)? `>`";
  let genVerifyDecl = 1;
}

def Weft_ArgumentDefaults : I32EnumAttr<"ArgumentDefaults", "where options of a run have their defaults from", [
    I32EnumAttrCase<"PyTorch", 0, "pytorch">,
    I32EnumAttrCase<"TrainingArguments", 1, "training_arguments">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_ArgumentDefaultsAttr : EnumAttr<Weft_Dialect, Weft_ArgumentDefaults, "argument_defaults"> {
  let assemblyFormat = "`<` $value `>`";
}

//===----------------------------------------------------------------------===//
// Enumerations of ops
//===----------------------------------------------------------------------===//

def Weft_ComparePredicate : I32EnumAttr<"ComparePredicate", "comparison", [
    I32EnumAttrCase<"EQ", 0, "eq">, I32EnumAttrCase<"NE", 1, "ne">,
    I32EnumAttrCase<"LT", 2, "lt">, I32EnumAttrCase<"LE", 3, "le">,
    I32EnumAttrCase<"GT", 4, "gt">, I32EnumAttrCase<"GE", 5, "ge">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_ComparePredicateAttr : EnumAttr<Weft_Dialect, Weft_ComparePredicate, "predicate"> {
  let assemblyFormat = "$value";
}

def Weft_LossReduction : I32EnumAttr<"LossReduction", "how a loss combines its samples", [
    I32EnumAttrCase<"Mean", 0, "mean">, I32EnumAttrCase<"Sum", 1, "sum">,
    I32EnumAttrCase<"None", 2, "none">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_LossReductionAttr : EnumAttr<Weft_Dialect, Weft_LossReduction, "reduction"> {
  let assemblyFormat = "$value";
}

def Weft_GeluApproximation : I32EnumAttr<"GeluApproximation", "form of the gelu", [
    I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"Tanh", 1, "tanh">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_GeluApproximationAttr : EnumAttr<Weft_Dialect, Weft_GeluApproximation, "approximate"> {
  let assemblyFormat = "$value";
}

#endif
