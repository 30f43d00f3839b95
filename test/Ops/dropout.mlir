// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Elements zeroed at random, the rest scaled up.

func.func @values(%x: tensor<?x5xf32> {case.value = dense<[[1.0, -2.0, 3.0, 4.0, -5.0], [6.0, 7.0, -8.0, 9.0, 10.0]]> : tensor<2x5xf32>},
                  %seed: tensor<i64> {case.value = dense<11> : tensor<i64>},
                  %step: tensor<i64> {case.value = dense<4> : tensor<i64>},
                  %offset: tensor<i64> {case.value = dense<0> : tensor<i64>})
    -> (tensor<?x5xf32> {case.expect = dense<[[0.0, -2.66666667, 4.0, 5.33333333, 0.0], [0.0, 9.33333333, 0.0, 12.0, 13.3333333]]> : tensor<2x5xf32>}) {
  %y = weft.dropout %x, %seed, %step, %offset p = 0.25 id = 2 : tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

// p = 0 keeps everything.
func.func @none(%x: tensor<2x5xf32> {case.value = dense<[[1.0, -2.0, 3.0, 4.0, -5.0], [6.0, 7.0, -8.0, 9.0, 10.0]]> : tensor<2x5xf32>},
                %seed: tensor<i64> {case.value = dense<11> : tensor<i64>},
                %step: tensor<i64> {case.value = dense<4> : tensor<i64>},
                %offset: tensor<i64> {case.value = dense<0> : tensor<i64>})
    -> (tensor<2x5xf32> {case.expect = dense<[[1.0, -2.0, 3.0, 4.0, -5.0], [6.0, 7.0, -8.0, 9.0, 10.0]]> : tensor<2x5xf32>}) {
  %y = weft.dropout %x, %seed, %step, %offset p = 0.0 id = 2 : tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

func.func @gradient(%x: tensor<?x5xf32>,
                    %seed: tensor<i64> {case.value = dense<11> : tensor<i64>},
                    %step: tensor<i64> {case.value = dense<4> : tensor<i64>},
                    %offset: tensor<i64> {case.value = dense<3> : tensor<i64>})
    -> tensor<?x5xf32> attributes {case.gradient = 2} {
  %y = weft.dropout %x, %seed, %step, %offset p = 0.5 id = 2 : tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}
