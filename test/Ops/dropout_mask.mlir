// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// Philox4x32-10 with key = seed, counter = (id, step, row, column / 4), lane = column mod 4.

func.func @matrix(%seed: tensor<i64> {case.value = dense<81985529216486895> : tensor<i64>},
                  %step: tensor<i64> {case.value = dense<7> : tensor<i64>},
                  %offset: tensor<i64> {case.value = dense<0> : tensor<i64>})
    -> (tensor<3x9xi1> {case.expect = dense<[[false, true, false, false, false, false, true, true, false], [false, false, false, true, true, false, true, false, true], [false, true, false, true, true, false, false, true, false]]> : tensor<3x9xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset p = 0.5 id = 3 : tensor<3x9xi1>
  return %y : tensor<3x9xi1>
}

// The last row of @matrix.
func.func @offset(%seed: tensor<i64> {case.value = dense<81985529216486895> : tensor<i64>},
                  %step: tensor<i64> {case.value = dense<7> : tensor<i64>},
                  %offset: tensor<i64> {case.value = dense<2> : tensor<i64>})
    -> (tensor<1x9xi1> {case.expect = dense<[[false, true, false, true, true, false, false, true, false]]> : tensor<1x9xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset p = 0.5 id = 3 : tensor<1x9xi1>
  return %y : tensor<1x9xi1>
}

func.func @vector(%seed: tensor<i64> {case.value = dense<5> : tensor<i64>},
                  %step: tensor<i64> {case.value = dense<1> : tensor<i64>},
                  %offset: tensor<i64> {case.value = dense<0> : tensor<i64>})
    -> (tensor<12xi1> {case.expect = dense<[true, false, true, true, false, false, false, false, true, true, false, true]> : tensor<12xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset p = 0.25 id = 0 : tensor<12xi1>
  return %y : tensor<12xi1>
}

func.func @rank3(%seed: tensor<i64> {case.value = dense<5> : tensor<i64>},
                 %step: tensor<i64> {case.value = dense<1> : tensor<i64>},
                 %offset: tensor<i64> {case.value = dense<1> : tensor<i64>})
    -> (tensor<2x3x4xi1> {case.expect = dense<[[[true, false, true, true], [true, true, true, false], [false, true, true, true]], [[true, true, true, false], [false, true, true, true], [true, true, true, true]]]> : tensor<2x3x4xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset p = 0.25 id = 1 : tensor<2x3x4xi1>
  return %y : tensor<2x3x4xi1>
}

func.func @rank4(%seed: tensor<i64> {case.value = dense<5> : tensor<i64>},
                 %step: tensor<i64> {case.value = dense<1> : tensor<i64>},
                 %offset: tensor<i64> {case.value = dense<1> : tensor<i64>})
    -> (tensor<2x2x2x3xi1> {case.expect = dense<[[[[true, true, true], [false, true, true]], [[true, true, false], [true, true, true]]], [[[true, true, true], [true, true, true]], [[true, true, true], [false, true, true]]]]> : tensor<2x2x2x3xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset p = 0.25 id = 1 : tensor<2x2x2x3xi1>
  return %y : tensor<2x2x2x3xi1>
}

// A seed is 64 bits, whatever its sign.
func.func @like(%seed: tensor<i64> {case.value = dense<-1> : tensor<i64>},
                %step: tensor<i64> {case.value = dense<1> : tensor<i64>},
                %offset: tensor<i64> {case.value = dense<0> : tensor<i64>},
                %x: tensor<?x1xf32> {case.value = dense<[[0.0], [0.0]]> : tensor<2x1xf32>})
    -> (tensor<?x8xi1> {case.expect = dense<[[false, false, false, false, false, false, false, false], [false, true, true, false, false, true, false, false]]> : tensor<2x8xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset like %x p = 0.75 id = 9 : tensor<?x1xf32> -> tensor<?x8xi1>
  return %y : tensor<?x8xi1>
}

// @rank3 with its first two dimensions flattened.
func.func @flattened(%seed: tensor<i64> {case.value = dense<5> : tensor<i64>},
                     %step: tensor<i64> {case.value = dense<1> : tensor<i64>},
                     %offset: tensor<i64> {case.value = dense<1> : tensor<i64>},
                     %x: tensor<?x1xf32> {case.value = dense<0.0> : tensor<6x1xf32>})
    -> (tensor<?x4xi1> {case.expect = dense<[[true, false, true, true], [true, true, true, false], [false, true, true, true], [true, true, true, false], [false, true, true, true], [true, true, true, true]]> : tensor<6x4xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset like %x p = 0.25 id = 1 rows_per_sample = 3 : tensor<?x1xf32> -> tensor<?x4xi1>
  return %y : tensor<?x4xi1>
}

// Its id and rows per sample given as numbers.
func.func @numbers(%seed: tensor<i64> {case.value = dense<5> : tensor<i64>},
                   %step: tensor<i64> {case.value = dense<1> : tensor<i64>},
                   %offset: tensor<i64> {case.value = dense<1> : tensor<i64>},
                   %id: tensor<i64> {case.value = dense<1> : tensor<i64>},
                   %rows: tensor<i64> {case.value = dense<3> : tensor<i64>})
    -> (tensor<6x4xi1> {case.expect = dense<[[true, false, true, true], [true, true, true, false], [false, true, true, true], [true, true, true, false], [false, true, true, true], [true, true, true, true]]> : tensor<6x4xi1>}) {
  %y = weft.dropout_mask %seed, %step, %offset numbers(%id, %rows) p = 0.25 id = 0 rows_per_sample = 1 : tensor<6x4xi1>
  return %y : tensor<6x4xi1>
}
