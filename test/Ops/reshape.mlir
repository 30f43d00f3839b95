// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// The same elements in row-major order.

func.func @static(%x: tensor<2x3x4xf32> {case.value = dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>})
    -> (tensor<6x4xf32> {case.expect = dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0], [12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]> : tensor<6x4xf32>}) {
  %y = weft.reshape %x : tensor<2x3x4xf32> -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}

func.func @merge(%x: tensor<?x3x4xf32> {case.value = dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x12xf32> {case.expect = dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0], [12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0, 21.0, 22.0, 23.0]]> : tensor<2x12xf32>}) {
  %y = weft.reshape %x : tensor<?x3x4xf32> -> tensor<?x12xf32>
  return %y : tensor<?x12xf32>
}

// Dimension 0 becomes three times the batch.
func.func @rows(%x: tensor<?x3x4xf32> {case.value = dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>})
    -> (tensor<?x4xf32> {case.expect = dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0], [12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]> : tensor<6x4xf32>}) {
  %y = weft.reshape %x : tensor<?x3x4xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// And back.
func.func @batch(%x: tensor<?x4xf32> {case.value = dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0], [12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]> : tensor<6x4xf32>, case.times = 3})
    -> (tensor<?x3x4xf32> {case.expect = dense<[[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]], [[12.0, 13.0, 14.0, 15.0], [16.0, 17.0, 18.0, 19.0], [20.0, 21.0, 22.0, 23.0]]]> : tensor<2x3x4xf32>}) {
  %y = weft.reshape %x : tensor<?x4xf32> -> tensor<?x3x4xf32>
  return %y : tensor<?x3x4xf32>
}

func.func @scalar(%x: tensor<1x1xi64> {case.value = dense<[[5]]> : tensor<1x1xi64>})
    -> (tensor<i64> {case.expect = dense<5> : tensor<i64>}) {
  %y = weft.reshape %x : tensor<1x1xi64> -> tensor<i64>
  return %y : tensor<i64>
}

func.func @truth(%x: tensor<4xi1> {case.value = dense<[true, true, false, false]> : tensor<4xi1>})
    -> (tensor<2x2xi1> {case.expect = dense<[[true, true], [false, false]]> : tensor<2x2xi1>}) {
  %y = weft.reshape %x : tensor<4xi1> -> tensor<2x2xi1>
  return %y : tensor<2x2xi1>
}

func.func @gradient(%x: tensor<?x2x3xf32>) -> tensor<?x3xf32> attributes {case.gradient = 2} {
  %y = weft.reshape %x : tensor<?x2x3xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @gradient_batch(%x: tensor<?x3xf32> {case.times = 2})
    -> tensor<?x2x3xf32> attributes {case.gradient} {
  %y = weft.reshape %x : tensor<?x3xf32> -> tensor<?x2x3xf32>
  return %y : tensor<?x2x3xf32>
}
