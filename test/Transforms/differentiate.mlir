// RUN: weft-opt %s --weft-differentiate --canonicalize --cse --split-input-file | FileCheck %s

// With respect to parameters (all reads of one are the same value) and operands; the result comes along.
// CHECK-LABEL: weft.model @parameters
weft.model @parameters {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  // CHECK-NOT: @f
  func.func private @f(%x: tensor<4xf32>) -> tensor<f32> {
    %w = weft.read @w : tensor<4xf32>
    %p = weft.mul %x, %w : tensor<4xf32>
    %again = weft.read @w : tensor<4xf32>
    %q = weft.mul %p, %again : tensor<4xf32>
    %s = weft.reduce_sum %q dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: func.func @grad(%[[X:.*]]: tensor<4xf32>)
  func.func @grad(%x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>) {
    // CHECK-DAG: %[[W:.*]] = weft.read @w
    // CHECK-DAG: %[[P:.*]] = weft.mul %[[X]], %[[W]]
    // CHECK-DAG: %[[Q:.*]] = weft.mul %[[P]], %[[W]]
    // CHECK-DAG: %[[S:.*]] = weft.reduce_sum %[[Q]]
    // w has two uses: the cotangent of q = p w is one, that of p is w.
    // CHECK-DAG: %[[DX:.*]] = weft.mul %[[W]], %[[W]]
    // CHECK-DAG: %[[DW:.*]] = weft.add %[[P]], %[[P]]
    // CHECK: return %[[S]], %[[DW]], %[[DX]]
    %s, %dw, %dx = weft.value_and_grad @f(%x) wrt [@w, 0]
        : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
    return %s, %dw, %dx : tensor<f32>, tensor<4xf32>, tensor<4xf32>
  }
}

// -----

// The gradient with respect to one operand holds the others fixed, also where they are the same value.
// CHECK-LABEL: weft.model @aliased_operands
weft.model @aliased_operands {
  func.func private @product(%a: tensor<f32>, %b: tensor<f32>) -> tensor<f32> {
    %c = weft.mul %a, %b : tensor<f32>
    return %c : tensor<f32>
  }
  // CHECK: func.func @grad(%[[X:.*]]: tensor<f32>)
  // CHECK-NEXT: return %[[X]]
  func.func @grad(%x: tensor<f32>) -> tensor<f32> {
    %v, %da = weft.value_and_grad @product(%x, %x) wrt [0]
        : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
    return %da : tensor<f32>
  }
}

// -----

// Functions that call functions, and a gradient of zero for what the value does not depend on.
// CHECK-LABEL: weft.model @calls
weft.model @calls {
  weft.parameter @unused : tensor<2xf32> = #weft.constant<1.0>
  func.func @square(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
    %y = weft.mul %x, %x : tensor<?x3xf32>
    return %y : tensor<?x3xf32>
  }
  func.func private @f(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>) -> tensor<f32> {
    %z = call @square(%x) : (tensor<?x3xf32>) -> tensor<?x3xf32>
    %s = weft.reduce_sum %z dims = [0, 1] : tensor<?x3xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: func.func @grad(%[[X:.*]]: tensor<?x3xf32>, %[[Y:.*]]: tensor<?x3xf32>)
  func.func @grad(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>)
      -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<2xf32>) {
    // CHECK-DAG: %[[ZERO:.*]] = weft.constant dense<0.000000e+00> : tensor<f32>
    // CHECK-DAG: %[[DU:.*]] = weft.constant dense<0.000000e+00> : tensor<2xf32>
    // CHECK: %[[DX:.*]] = weft.add %[[X]], %[[X]]
    // CHECK: %[[DY:.*]] = weft.broadcast %[[ZERO]] like %{{.*}} dims = []
    // CHECK: return %[[DX]], %[[DY]], %[[DU]]
    %s, %dx, %dy, %du = weft.value_and_grad @f(%x, %y) wrt [0, 1, @unused]
        : (tensor<?x3xf32>, tensor<?x3xf32>)
        -> (tensor<f32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<2xf32>)
    return %dx, %dy, %du : tensor<?x3xf32>, tensor<?x3xf32>, tensor<2xf32>
  }
}

// -----

// Second derivatives: the inner gradient is expanded first. f = x^3, f' = 3 x^2, f'' = 6 x, in sums.
// CHECK-LABEL: weft.model @nested
weft.model @nested {
  func.func private @cube(%x: tensor<f32>) -> tensor<f32> {
    %y = weft.mul %x, %x : tensor<f32>
    %z = weft.mul %y, %x : tensor<f32>
    return %z : tensor<f32>
  }
  func.func private @slope(%x: tensor<f32>) -> tensor<f32> {
    %z, %dx = weft.value_and_grad @cube(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
    return %dx : tensor<f32>
  }
  // CHECK: func.func @curvature(%[[X:.*]]: tensor<f32>)
  // CHECK-NOT: weft.value_and_grad
  // CHECK-NOT: weft.mul
  // CHECK-COUNT-4: weft.add
  // CHECK-NOT: weft.mul
  func.func @curvature(%x: tensor<f32>) -> tensor<f32> {
    %v, %dx = weft.value_and_grad @slope(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
    return %dx : tensor<f32>
  }
}

// -----

// After `flat`, parameters are operands.
// CHECK-LABEL: weft.model @flat
weft.model @flat {
  weft.parameter @w : tensor<4xf32> = #weft.constant<1.0>
  func.func private @f(%w: tensor<4xf32> {weft.parameter = @w}, %x: tensor<4xf32>) -> tensor<f32> {
    %p = weft.mul %x, %w : tensor<4xf32>
    %s = weft.reduce_sum %p dims = [0] : tensor<4xf32> -> tensor<f32>
    return %s : tensor<f32>
  }
  // CHECK: func.func @grad(%[[W:.*]]: tensor<4xf32> {weft.parameter = @w}, %[[X:.*]]: tensor<4xf32>)
  // CHECK-NEXT: return %[[X]], %[[W]]
  func.func @grad(%w: tensor<4xf32> {weft.parameter = @w}, %x: tensor<4xf32>)
      -> (tensor<4xf32>, tensor<4xf32>) {
    %s, %dw, %dx = weft.value_and_grad @f(%w, %x) wrt [0, 1]
        : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
    return %dw, %dx : tensor<4xf32>, tensor<4xf32>
  }
}
