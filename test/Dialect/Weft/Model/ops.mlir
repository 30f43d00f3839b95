// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: weft.model @m attributes {optimizer = #weft.sgd<lr = 1.000000e-01, momentum = 9.000000e-01>}
weft.model @m attributes {optimizer = #weft.sgd<lr = 0.1, momentum = 0.9>} {
  // CHECK: weft.parameter @fc1.weight : tensor<4x3xf32> = #weft.kaiming_uniform<a = 2.250000e+00>
  weft.parameter @fc1.weight : tensor<4x3xf32> = #weft.kaiming_uniform<a = 2.25>
  // CHECK: weft.parameter @fc1.bias {aliases = ["bias"], decay = false, trainable = false} : tensor<4xf32> = #weft.uniform<-5.000000e-01, 5.000000e-01>
  weft.parameter @fc1.bias {trainable = false, decay = false, aliases = ["bias"]} : tensor<4xf32> = #weft.uniform<-0.5, 0.5>
  // CHECK: weft.parameter @n : tensor<2xf32> = #weft.normal<std = 2.000000e-02>
  weft.parameter @n : tensor<2xf32> = #weft.normal<std = 0.02>
  // CHECK: weft.parameter @e : tensor<4x2xf32> = #weft.normal<std = 2.000000e-02, zero_row = 3>
  weft.parameter @e : tensor<4x2xf32> = #weft.normal<std = 0.02, zero_row = 3>
  // CHECK: weft.parameter @t : tensor<2xf32> = #weft.truncated_normal
  weft.parameter @t : tensor<2xf32> = #weft.truncated_normal
  // CHECK: weft.parameter @d : tensor<2xf32> = dense<[1.000000e+00, 2.000000e+00]>
  weft.parameter @d : tensor<2xf32> = dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: weft.buffer @steps : tensor<f32> = #weft.constant<0.000000e+00>
  weft.buffer @steps : tensor<f32> = #weft.constant<0>

  // CHECK-LABEL: func.func @loss
  func.func @loss(%x: tensor<?x3xf32> {weft.dims = ["batch"]}) -> tensor<f32> {
    // CHECK: %[[STEPS:.*]] = weft.read @steps : tensor<f32>
    %s = weft.read @steps : tensor<f32>
    // CHECK: weft.write @steps, %[[STEPS]] : tensor<f32>
    weft.write @steps, %s : tensor<f32>
    return %s : tensor<f32>
  }

  // CHECK-LABEL: func.func @gradient
  func.func @gradient(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
    // CHECK: weft.value_and_grad @loss(%{{.*}}) wrt [@fc1.weight, 0] : (tensor<?x3xf32>) -> (tensor<f32>, tensor<4x3xf32>, tensor<?x3xf32>)
    %l, %dw, %dx = weft.value_and_grad @loss(%x) wrt [@fc1.weight, 0] : (tensor<?x3xf32>) -> (tensor<f32>, tensor<4x3xf32>, tensor<?x3xf32>)
    return %dx : tensor<?x3xf32>
  }

  // CHECK-LABEL: func.func @step
  func.func @step(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
    // CHECK: weft.dispatch @kernel(%{{.*}}) constants [7] rows 16 : (tensor<?x3xf32>) -> tensor<?x3xf32>
    %y = weft.dispatch @kernel(%x) constants [7] rows 16 : (tensor<?x3xf32>) -> tensor<?x3xf32>
    return %y : tensor<?x3xf32>
  }
  func.func private @kernel(%x: tensor<?x3xf32>, %number: tensor<i64>) -> tensor<?x3xf32> {
    return %x : tensor<?x3xf32>
  }
}

// CHECK-LABEL: weft.model @named
// CHECK-SAME: architecture = "BertForTokenClassification"
// CHECK-SAME: argument_defaults = #weft.argument_defaults<training_arguments>
// CHECK-SAME: task = #weft.task<token_classification, labels = ["O", "B-person"]>
weft.model @named attributes {
  task = #weft.task<token_classification, labels = ["O", "B-person"]>,
  architecture = "BertForTokenClassification",
  argument_defaults = #weft.argument_defaults<training_arguments>
} {
}

// CHECK-LABEL: weft.model @regression attributes {task = #weft.task<regression>}
weft.model @regression attributes {task = #weft.task<regression>} {
}
