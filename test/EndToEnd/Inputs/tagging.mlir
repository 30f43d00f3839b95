// A tagger at its smallest: one-hot words through two linear layers, a loss for each place that has a label.
weft.model @tagging attributes {optimizer = #weft.adamw<lr = 0.02>} {
  weft.parameter @words.weight : tensor<16x64xf32> = #weft.uniform<-0.25, 0.25>
  weft.parameter @classifier.weight : tensor<5x16xf32> = #weft.uniform<-0.25, 0.25>
  weft.parameter @classifier.bias : tensor<5xf32> = #weft.constant<0.0>

  func.func @logits(%ids: tensor<?x?xi32> {weft.input = "input_ids", weft.dims = ["batch", "seq"]})
      -> (tensor<?x?x5xf32> {weft.output = "logits"}) {
    %e = weft.one_hot %ids num_classes = 64 : tensor<?x?xi32> -> tensor<?x?x64xf32>
    %w = weft.read @words.weight : tensor<16x64xf32>
    %h = weft.linear %e, %w : (tensor<?x?x64xf32>, tensor<16x64xf32>) -> tensor<?x?x16xf32>
    %r = weft.tanh %h : tensor<?x?x16xf32>
    %v = weft.read @classifier.weight : tensor<5x16xf32>
    %c = weft.read @classifier.bias : tensor<5xf32>
    %y = weft.linear %r, %v, %c : (tensor<?x?x16xf32>, tensor<5x16xf32>, tensor<5xf32>) -> tensor<?x?x5xf32>
    return %y : tensor<?x?x5xf32>
  }

  func.func @loss(%ids: tensor<?x?xi32> {weft.input = "input_ids", weft.dims = ["batch", "seq"]},
                  %labels: tensor<?x?xi64> {weft.input = "labels", weft.dims = ["batch", "seq"]}) -> tensor<f32> {
    %y = call @logits(%ids) : (tensor<?x?xi32>) -> tensor<?x?x5xf32>
    %l = weft.cross_entropy %y, %labels : (tensor<?x?x5xf32>, tensor<?x?xi64>) -> tensor<f32>
    return %l : tensor<f32>
  }
}
