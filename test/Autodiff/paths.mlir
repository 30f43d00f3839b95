// RUN: weft-opt %s --weft-differentiate --canonicalize --cse --split-input-file | FileCheck %s

// Only ops on a path from the operand to the result are visited: what the result does not use has no
// gradient, and neither has what does not depend on the operand.
// CHECK-LABEL: weft.model @off_path
weft.model @off_path {
  func.func private @f(%x: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<f32> {
    %off = weft.exp %c : tensor<4xf32>
    %dead = weft.log %x : tensor<4xf32>
    %p = weft.mul %x, %off : tensor<4xf32>
    %s = weft.reduce_sum %p dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: func.func @grad(%{{.*}}: tensor<4xf32>, %[[C:.*]]: tensor<4xf32>)
  // CHECK-NEXT: %[[E:.*]] = weft.exp %[[C]]
  // CHECK-NEXT: return %[[E]]
  func.func @grad(%x: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
    %v, %dx = weft.value_and_grad @f(%x, %c) wrt [0]
        : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
    return %dx : tensor<4xf32>
  }
}

// -----

// No gradient flows through a comparison, whose result is no number.
// CHECK-LABEL: weft.model @masks
weft.model @masks {
  func.func private @f(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<f32> {
    %c = weft.compare gt, %x, %y : tensor<4xf32>
    %z = weft.select %c, %x, %y : tensor<4xf32>
    %s = weft.reduce_sum %z dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: func.func @grad(%[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>)
  // CHECK-DAG: %[[ZERO:.*]] = weft.constant dense<0.000000e+00> : tensor<4xf32>
  // CHECK-DAG: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<4xf32>
  // CHECK-DAG: %[[C:.*]] = weft.compare gt, %[[X]], %[[Y]]
  // CHECK: %[[DX:.*]] = weft.select %[[C]], %[[ONE]], %[[ZERO]]
  // CHECK: %[[DY:.*]] = weft.select %[[C]], %[[ZERO]], %[[ONE]]
  // CHECK: return %[[DX]], %[[DY]]
  func.func @grad(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %v, %dx, %dy = weft.value_and_grad @f(%x, %y) wrt [0, 1]
        : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
    return %dx, %dy : tensor<4xf32>, tensor<4xf32>
  }
}

// -----

// A result that is its operand has the cotangent one; one that is another operand has zero.
// CHECK-LABEL: weft.model @identity
weft.model @identity {
  func.func private @f(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
  // CHECK: func.func @grad
  // CHECK-DAG: %[[ONE:.*]] = weft.constant dense<1.000000e+00> : tensor<f32>
  // CHECK-DAG: %[[ZERO:.*]] = weft.constant dense<0.000000e+00> : tensor<f32>
  // CHECK: return %[[ONE]], %[[ZERO]]
  func.func @grad(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
    %v, %dx, %dy = weft.value_and_grad @f(%x, %y) wrt [0, 1]
        : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>)
    return %dx, %dy : tensor<f32>, tensor<f32>
  }
}
