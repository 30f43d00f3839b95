// A classifier of tokens: what a model with a length that varies from batch to batch looks like at its smallest.
weft.model @tokens attributes {optimizer = #weft.adamw<lr = 0.01>} {
  weft.parameter @hidden.weight : tensor<16x8xf32> = #weft.uniform<-0.35, 0.35>
  weft.parameter @hidden.bias : tensor<16xf32> = #weft.constant<0.0>
  weft.parameter @classifier.weight : tensor<3x16xf32> = #weft.uniform<-0.25, 0.25>
  weft.parameter @classifier.bias : tensor<3xf32> = #weft.constant<0.0>

  func.func @logits(%x: tensor<?x?x8xf32> {weft.input = "x", weft.dims = ["batch", "seq"]})
      -> (tensor<?x?x3xf32> {weft.output = "logits"}) {
    %w = weft.read @hidden.weight : tensor<16x8xf32>
    %b = weft.read @hidden.bias : tensor<16xf32>
    %h = weft.linear %x, %w, %b : (tensor<?x?x8xf32>, tensor<16x8xf32>, tensor<16xf32>) -> tensor<?x?x16xf32>
    %r = weft.relu %h : tensor<?x?x16xf32>
    %d = weft.dropout %r p = 0.1 : tensor<?x?x16xf32>
    %v = weft.read @classifier.weight : tensor<3x16xf32>
    %c = weft.read @classifier.bias : tensor<3xf32>
    %y = weft.linear %d, %v, %c : (tensor<?x?x16xf32>, tensor<3x16xf32>, tensor<3xf32>) -> tensor<?x?x3xf32>
    return %y : tensor<?x?x3xf32>
  }

  func.func @loss(%x: tensor<?x?x8xf32> {weft.input = "x", weft.dims = ["batch", "seq"]},
                  %labels: tensor<?x?xi64> {weft.input = "labels", weft.dims = ["batch", "seq"]}) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x?x8xf32>) -> tensor<?x?x3xf32>
    %l = weft.cross_entropy %y, %labels : (tensor<?x?x3xf32>, tensor<?x?xi64>) -> tensor<f32>
    return %l : tensor<f32>
  }
}
