// A classifier of texts at its smallest: one-hot words through a linear layer, the mean over the words that are there, a linear
// layer. What it computes depends neither on the padding nor on the length of the bucket.
weft.model @text attributes {optimizer = #weft.adamw<lr = 0.01>} {
  weft.parameter @words.weight : tensor<16x64xf32> = #weft.uniform<-0.25, 0.25>
  weft.parameter @classifier.weight : tensor<2x16xf32> = #weft.uniform<-0.25, 0.25>
  weft.parameter @classifier.bias : tensor<2xf32> = #weft.constant<0.0>

  func.func @logits(%ids: tensor<?x?xi32> {weft.input = "input_ids", weft.dims = ["batch", "seq"]},
                    %mask: tensor<?x?xi32> {weft.input = "attention_mask", weft.dims = ["batch", "seq"]})
      -> (tensor<?x2xf32> {weft.output = "logits"}) {
    %e = weft.one_hot %ids num_classes = 64 : tensor<?x?xi32> -> tensor<?x?x64xf32>
    %w = weft.read @words.weight : tensor<16x64xf32>
    %h = weft.linear %e, %w : (tensor<?x?x64xf32>, tensor<16x64xf32>) -> tensor<?x?x16xf32>
    %r = weft.tanh %h : tensor<?x?x16xf32>
    %m = weft.cast %mask : tensor<?x?xi32> -> tensor<?x?xf32>
    %m3 = weft.broadcast %m dims = [0, 1] : tensor<?x?xf32> -> tensor<?x?x16xf32>
    %k = weft.mul %r, %m3 : tensor<?x?x16xf32>
    %s = weft.reduce_sum %k dims = [1] : tensor<?x?x16xf32> -> tensor<?x16xf32>
    %n = weft.reduce_sum %m dims = [1] : tensor<?x?xf32> -> tensor<?xf32>
    %n2 = weft.broadcast %n dims = [0] : tensor<?xf32> -> tensor<?x16xf32>
    %p = weft.div %s, %n2 : tensor<?x16xf32>
    %v = weft.read @classifier.weight : tensor<2x16xf32>
    %c = weft.read @classifier.bias : tensor<2xf32>
    %y = weft.linear %p, %v, %c : (tensor<?x16xf32>, tensor<2x16xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }

  func.func @loss(%ids: tensor<?x?xi32> {weft.input = "input_ids", weft.dims = ["batch", "seq"]},
                  %mask: tensor<?x?xi32> {weft.input = "attention_mask", weft.dims = ["batch", "seq"]},
                  %labels: tensor<?xi64> {weft.input = "labels"}) -> tensor<f32> {
    %y = call @logits(%ids, %mask) : (tensor<?x?xi32>, tensor<?x?xi32>) -> tensor<?x2xf32>
    %l = weft.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi64>) -> tensor<f32>
    return %l : tensor<f32>
  }
}
