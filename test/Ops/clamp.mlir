// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Moved into an interval. NaN stays NaN.

func.func @both(%x: tensor<5xf32> {case.value = dense<[-3.0, -1.0, 0.25, 6.0, 7.5]> : tensor<5xf32>})
    -> (tensor<5xf32> {case.expect = dense<[-1.0, -1.0, 0.25, 6.0, 6.0]> : tensor<5xf32>}) {
  %y = weft.clamp %x min = -1.0 max = 6.0 : tensor<5xf32>
  return %y : tensor<5xf32>
}

func.func @below(%x: tensor<5xf32> {case.value = dense<[-3.0, -1.0, 0.25, 6.0, 7.5]> : tensor<5xf32>})
    -> (tensor<5xf32> {case.expect = dense<[0.0, 0.0, 0.25, 6.0, 7.5]> : tensor<5xf32>}) {
  %y = weft.clamp %x min = 0.0 : tensor<5xf32>
  return %y : tensor<5xf32>
}

func.func @above(%x: tensor<5xf32> {case.value = dense<[-3.0, -1.0, 0.25, 6.0, 7.5]> : tensor<5xf32>})
    -> (tensor<5xf32> {case.expect = dense<[-3.0, -1.0, 0.25, 0.5, 0.5]> : tensor<5xf32>}) {
  %y = weft.clamp %x max = 0.5 : tensor<5xf32>
  return %y : tensor<5xf32>
}

// As torch.clamp: the upper bound wins.
func.func @crossed(%x: tensor<5xf32> {case.value = dense<[-3.0, -1.0, 0.25, 6.0, 7.5]> : tensor<5xf32>})
    -> (tensor<5xf32> {case.expect = dense<[1.0, 1.0, 1.0, 1.0, 1.0]> : tensor<5xf32>}) {
  %y = weft.clamp %x min = 2.0 max = 1.0 : tensor<5xf32>
  return %y : tensor<5xf32>
}

func.func @special(%x: tensor<3xf32> {case.value = dense<[0x7FC00000, 0x7F800000, 0xFF800000]> : tensor<3xf32>})
    -> (tensor<3xf32> {case.expect = dense<[0x7FC00000, 1.0, -1.0]> : tensor<3xf32>}) {
  %y = weft.clamp %x min = -1.0 max = 1.0 : tensor<3xf32>
  return %y : tensor<3xf32>
}

func.func @gradient(%x: tensor<?x3xf32>)
    -> tensor<?x3xf32> attributes {case.gradient = 2, case.rows = array<i64: 1, 5>} {
  %y = weft.clamp %x min = -1.0 max = 1.0 : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
