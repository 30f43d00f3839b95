// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// As many rows of a table as a tensor has positions.

func.func @unbound(%t: tensor<5x3xf32> {case.value = dense<[[0.6, 1.14, 0.03], [0.37, -0.0, 0.99], [1.08, -1.55, 0.11], [-1.87, -1.09, 0.31], [1.58, -0.67, 1.71]]> : tensor<5x3xf32>},
                   %x: tensor<?x?xi32> {case.value = dense<0> : tensor<2x3xi32>})
    -> (tensor<?x3xf32> {case.expect = dense<[[0.6, 1.14, 0.03], [0.37, -0.0, 0.99], [1.08, -1.55, 0.11]]> : tensor<3x3xf32>}) {
  %y = weft.prefix %t dim = 0 like %x dim = 1 : tensor<5x3xf32>, tensor<?x?xi32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

func.func @bound(%t: tensor<5x3xf32> {case.value = dense<[[0.6, 1.14, 0.03], [0.37, -0.0, 0.99], [1.08, -1.55, 0.11], [-1.87, -1.09, 0.31], [1.58, -0.67, 1.71]]> : tensor<5x3xf32>},
                 %x: tensor<?x2xi32> {case.value = dense<0> : tensor<4x2xi32>})
    -> (tensor<5x2xf32> {case.expect = dense<[[0.6, 1.14], [0.37, -0.0], [1.08, -1.55], [-1.87, -1.09], [1.58, -0.67]]> : tensor<5x2xf32>}) {
  %y = weft.prefix %t dim = 1 like %x dim = 1 : tensor<5x3xf32>, tensor<?x2xi32> -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

// Added to each sample.
func.func @added(%t: tensor<5x3xf32> {case.value = dense<[[0.6, 1.14, 0.03], [0.37, -0.0, 0.99], [1.08, -1.55, 0.11], [-1.87, -1.09, 0.31], [1.58, -0.67, 1.71]]> : tensor<5x3xf32>},
                 %x: tensor<?x?x3xf32> {case.value = dense<1.0> : tensor<2x2x3xf32>})
    -> (tensor<?x?x3xf32> {case.expect = dense<[[[1.6, 2.14, 1.03], [1.37, 1.0, 1.99]], [[1.6, 2.14, 1.03], [1.37, 1.0, 1.99]]]> : tensor<2x2x3xf32>}) {
  %p = weft.prefix %t dim = 0 like %x dim = 1 : tensor<5x3xf32>, tensor<?x?x3xf32> -> tensor<?x3xf32>
  %q = weft.broadcast %p like %x dims = [1, 2] : tensor<?x3xf32>, tensor<?x?x3xf32> -> tensor<?x?x3xf32>
  %y = weft.add %x, %q : tensor<?x?x3xf32>
  return %y : tensor<?x?x3xf32>
}

func.func @gradient(%t: tensor<5x3xf32>, %x: tensor<?x2xi32>) -> tensor<2x3xf32> attributes {case.gradient = 2} {
  %y = weft.prefix %t dim = 0 like %x dim = 1 : tensor<5x3xf32>, tensor<?x2xi32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
