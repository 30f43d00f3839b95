// The perceptron that record_small.py trains in PyTorch.
weft.model @small {
  weft.parameter @fc1.weight : tensor<16x20xf32> = #weft.kaiming_uniform<a = 2.2360679774997898>
  weft.parameter @fc1.bias : tensor<16xf32> = #weft.uniform<-0.2236, 0.2236>
  weft.parameter @fc2.weight : tensor<5x16xf32> = #weft.kaiming_uniform<a = 2.2360679774997898>
  weft.parameter @fc2.bias : tensor<5xf32> = #weft.uniform<-0.25, 0.25>

  func.func @logits(%x: tensor<?x20xf32> {weft.input = "x", weft.dims = ["batch"]}) -> tensor<?x5xf32> {
    %w1 = weft.read @fc1.weight : tensor<16x20xf32>
    %b1 = weft.read @fc1.bias : tensor<16xf32>
    %h = weft.linear %x, %w1, %b1 : (tensor<?x20xf32>, tensor<16x20xf32>, tensor<16xf32>) -> tensor<?x16xf32>
    %r = weft.relu %h : tensor<?x16xf32>
    %w2 = weft.read @fc2.weight : tensor<5x16xf32>
    %b2 = weft.read @fc2.bias : tensor<5xf32>
    %y = weft.linear %r, %w2, %b2 : (tensor<?x16xf32>, tensor<5x16xf32>, tensor<5xf32>) -> tensor<?x5xf32>
    return %y : tensor<?x5xf32>
  }

  func.func @loss(%x: tensor<?x20xf32> {weft.input = "x", weft.dims = ["batch"]},
                  %labels: tensor<?xi64> {weft.input = "labels", weft.dims = ["batch"]}) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x20xf32>) -> tensor<?x5xf32>
    %loss = weft.cross_entropy %y, %labels : (tensor<?x5xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}
