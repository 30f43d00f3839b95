// RUN: weft-opt %s --weft-check-gradients -o /dev/null

// Several ops, several uses, several results, an integer argument and one that no result depends on; for one
// and for three rows, three arguments each.
func.func @graph(%x: tensor<?x3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>, %labels: tensor<?xi64>, %unused: tensor<f32>)
    -> (tensor<?x2xf32>, tensor<?xf32>) attributes {case.gradient} {
  %h = weft.linear %x, %w, %b : (tensor<?x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %t = weft.tanh %h : tensor<?x2xf32>
  %y = weft.mul %h, %t : tensor<?x2xf32>
  %s = weft.reduce_sum %y dims = [1] : tensor<?x2xf32> -> tensor<?xf32>
  return %y, %s : tensor<?x2xf32>, tensor<?xf32>
}

// Of a model: with respect to its arguments, at the initial parameters. Both orders.
weft.model @m {
  weft.parameter @w : tensor<2x3xf32> = #weft.normal<std = 0.5>
  func.func @loss(%x: tensor<?x3xf32>, %labels: tensor<?xi64>) -> tensor<f32>
      attributes {case.gradient = 2, case.rows = array<i64: 4>} {
    %w = weft.read @w : tensor<2x3xf32>
    %y = weft.linear %x, %w : (tensor<?x3xf32>, tensor<2x3xf32>) -> tensor<?x2xf32>
    %loss = weft.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}
