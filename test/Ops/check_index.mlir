// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// Indices in range are what they are.

func.func @values(%i: tensor<?x3xi64> {case.value = dense<[[0, 4, -100], [3, 2, 1]]> : tensor<2x3xi64>},
                  %j: tensor<20xi32> {case.value = dense<7> : tensor<20xi32>})
    -> (tensor<?x3xi64> {case.expect = dense<[[0, 4, -100], [3, 2, 1]]> : tensor<2x3xi64>},
        tensor<20xi32> {case.expect = dense<7> : tensor<20xi32>}) {
  %y = weft.check_index %i low = 0 high = 5 ignore = -100 user = "weft.cross_entropy" : tensor<?x3xi64>
  %z = weft.check_index %j low = 7 high = 8 user = "weft.gather" : tensor<20xi32>
  return %y, %z : tensor<?x3xi64>, tensor<20xi32>
}
