// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Elements repeated along new dimensions, or along those of size 1.

func.func @columns(%v: tensor<?xf32> {case.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>})
    -> (tensor<?x2xf32> {case.expect = dense<[[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]> : tensor<3x2xf32>}) {
  %y = weft.broadcast %v dims = [0] : tensor<?xf32> -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

func.func @rows(%v: tensor<3xf32> {case.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>})
    -> (tensor<2x3xf32> {case.expect = dense<[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]> : tensor<2x3xf32>}) {
  %y = weft.broadcast %v dims = [1] : tensor<3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

func.func @like(%v: tensor<3xf32> {case.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>},
                %x: tensor<?x5xf32> {case.value = dense<[[0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]]> : tensor<2x5xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]> : tensor<2x3xf32>}) {
  %y = weft.broadcast %v like %x dims = [1] : tensor<3xf32>, tensor<?x5xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @scalar(%v: tensor<i64> {case.value = dense<7> : tensor<i64>},
                  %x: tensor<?x1xf32> {case.value = dense<[[0.0], [0.0]]> : tensor<2x1xf32>})
    -> (tensor<?x2xi64> {case.expect = dense<[[7, 7], [7, 7]]> : tensor<2x2xi64>}) {
  %y = weft.broadcast %v like %x dims = [] : tensor<i64>, tensor<?x1xf32> -> tensor<?x2xi64>
  return %y : tensor<?x2xi64>
}

// A dimension of size 1 is stretched.
func.func @stretch(%v: tensor<?x1xf32> {case.value = dense<[[1.0], [2.0]]> : tensor<2x1xf32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]> : tensor<2x3xf32>}) {
  %y = weft.broadcast %v dims = [0, 1] : tensor<?x1xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @truth(%v: tensor<2xi1> {case.value = dense<[true, false]> : tensor<2xi1>})
    -> (tensor<2x2xi1> {case.expect = dense<[[true, true], [false, false]]> : tensor<2x2xi1>}) {
  %y = weft.broadcast %v dims = [0] : tensor<2xi1> -> tensor<2x2xi1>
  return %y : tensor<2x2xi1>
}

func.func @gradient(%v: tensor<?xf32>) -> tensor<?x4xf32> attributes {case.gradient = 2} {
  %y = weft.broadcast %v dims = [0] : tensor<?xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func @gradient_like(%v: tensor<3xf32>, %x: tensor<?x2xi1>)
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.broadcast %v like %x dims = [1] : tensor<3xf32>, tensor<?x2xi1> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_stretch(%v: tensor<2x1x3xf32>)
    -> tensor<2x2x4x3xf32> attributes {case.gradient = 2} {
  %y = weft.broadcast %v dims = [0, 2, 3] : tensor<2x1x3xf32> -> tensor<2x2x4x3xf32>
  return %y : tensor<2x2x4x3xf32>
}

func.func @gradient_scalar(%v: tensor<f32>, %x: tensor<?x2xi1>)
    -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.broadcast %v like %x dims = [] : tensor<f32>, tensor<?x2xi1> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
