// RUN: weft-opt %s --weft-differentiate --weft-evaluate="function=relu,abs,clamp,maximum,minimum,pow" -o /dev/null | FileCheck %s

// Gradients where a function has none in the strict sense: PyTorch's conventions.

weft.model @edges {
  func.func @relu_sum(%x: tensor<3xf32>) -> tensor<f32> {
    %y = weft.relu %x : tensor<3xf32>
    %s = weft.reduce_sum %y dims = [0] : tensor<3xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: @relu#0: tensor<3xf32> = [0, 0, 1]
  func.func @relu(%x: tensor<3xf32> {case.value = dense<[-1.0, 0.0, 1.0]> : tensor<3xf32>})
      -> (tensor<3xf32>) {
    %s, %dx = weft.value_and_grad @relu_sum(%x) wrt [0] : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
    return %dx : tensor<3xf32>
  }

  func.func @abs_sum(%x: tensor<3xf32>) -> tensor<f32> {
    %y = weft.abs %x : tensor<3xf32>
    %s = weft.reduce_sum %y dims = [0] : tensor<3xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: @abs#0: tensor<3xf32> = [-1, 0, 1]
  func.func @abs(%x: tensor<3xf32> {case.value = dense<[-2.0, 0.0, 3.0]> : tensor<3xf32>})
      -> (tensor<3xf32>) {
    %s, %dx = weft.value_and_grad @abs_sum(%x) wrt [0] : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
    return %dx : tensor<3xf32>
  }

  // Both bounds belong to the interval.
  func.func @clamp_sum(%x: tensor<5xf32>) -> tensor<f32> {
    %y = weft.clamp %x min = -1.0 max = 2.0 : tensor<5xf32>
    %s = weft.reduce_sum %y dims = [0] : tensor<5xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: @clamp#0: tensor<5xf32> = [0, 1, 1, 1, 0]
  func.func @clamp(%x: tensor<5xf32> {case.value = dense<[-1.5, -1.0, 0.5, 2.0, 2.5]> : tensor<5xf32>})
      -> (tensor<5xf32>) {
    %s, %dx = weft.value_and_grad @clamp_sum(%x) wrt [0] : (tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
    return %dx : tensor<5xf32>
  }

  // Ties are shared evenly.
  func.func @maximum_sum(%a: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<f32> {
    %y = weft.maximum %a, %b : tensor<3xf32>
    %s = weft.reduce_sum %y dims = [0] : tensor<3xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: @maximum#0: tensor<3xf32> = [0, 0.5, 1]
  // CHECK: @maximum#1: tensor<3xf32> = [1, 0.5, 0]
  func.func @maximum(%a: tensor<3xf32> {case.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>},
                     %b: tensor<3xf32> {case.value = dense<[2.0, 2.0, 2.0]> : tensor<3xf32>})
      -> (tensor<3xf32>,
          tensor<3xf32>) {
    %s, %da, %db = weft.value_and_grad @maximum_sum(%a, %b) wrt [0, 1]
        : (tensor<3xf32>, tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>, tensor<3xf32>)
    return %da, %db : tensor<3xf32>, tensor<3xf32>
  }
  func.func @minimum_sum(%a: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<f32> {
    %y = weft.minimum %a, %b : tensor<3xf32>
    %s = weft.reduce_sum %y dims = [0] : tensor<3xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: @minimum#0: tensor<3xf32> = [1, 0.5, 0]
  // CHECK: @minimum#1: tensor<3xf32> = [0, 0.5, 1]
  func.func @minimum(%a: tensor<3xf32> {case.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>},
                     %b: tensor<3xf32> {case.value = dense<[2.0, 2.0, 2.0]> : tensor<3xf32>})
      -> (tensor<3xf32>,
          tensor<3xf32>) {
    %s, %da, %db = weft.value_and_grad @minimum_sum(%a, %b) wrt [0, 1]
        : (tensor<3xf32>, tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>, tensor<3xf32>)
    return %da, %db : tensor<3xf32>, tensor<3xf32>
  }

  // 0^0, 0^2, 2^0: no NaN from the logarithm of 0 or from 0^-1.
  func.func @pow_sum(%a: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<f32> {
    %y = weft.pow %a, %b : tensor<3xf32>
    %s = weft.reduce_sum %y dims = [0] : tensor<3xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: @pow#0: tensor<3xf32> = [0, 0, 0]
  // CHECK: @pow#1: tensor<3xf32> = [0, 0, 0.693147]
  func.func @pow(%a: tensor<3xf32> {case.value = dense<[0.0, 0.0, 2.0]> : tensor<3xf32>},
                 %b: tensor<3xf32> {case.value = dense<[0.0, 2.0, 0.0]> : tensor<3xf32>})
      -> (tensor<3xf32>,
          tensor<3xf32>) {
    %s, %da, %db = weft.value_and_grad @pow_sum(%a, %b) wrt [0, 1]
        : (tensor<3xf32>, tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>, tensor<3xf32>)
    return %da, %db : tensor<3xf32>, tensor<3xf32>
  }
}
