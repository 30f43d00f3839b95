// A 784-128-10 perceptron for MNIST, with the names, the layout and the initial weights of PyTorch's
// nn.Linear:
//
//   weftc mlp.mlir --optimizer=sgd --bind=batch=64 -o mlp.weft
weft.model @mlp attributes {optimizer = #weft.sgd<lr = 0.01>} {
  weft.parameter @fc1.weight : tensor<128x784xf32> = #weft.kaiming_uniform<a = 2.2360679774997898>
  weft.parameter @fc1.bias : tensor<128xf32> = #weft.uniform<-0.035714285714285712, 0.035714285714285712>
  weft.parameter @fc2.weight : tensor<10x128xf32> = #weft.kaiming_uniform<a = 2.2360679774997898>
  weft.parameter @fc2.bias : tensor<10xf32> = #weft.uniform<-0.088388347648318447, 0.088388347648318447>

  func.func @logits(%x: tensor<?x784xf32> {weft.input = "x", weft.dims = ["batch"]}) -> tensor<?x10xf32> {
    %w1 = weft.read @fc1.weight : tensor<128x784xf32>
    %b1 = weft.read @fc1.bias : tensor<128xf32>
    %h = weft.linear %x, %w1, %b1 : (tensor<?x784xf32>, tensor<128x784xf32>, tensor<128xf32>) -> tensor<?x128xf32>
    %r = weft.relu %h : tensor<?x128xf32>
    %w2 = weft.read @fc2.weight : tensor<10x128xf32>
    %b2 = weft.read @fc2.bias : tensor<10xf32>
    %y = weft.linear %r, %w2, %b2 : (tensor<?x128xf32>, tensor<10x128xf32>, tensor<10xf32>) -> tensor<?x10xf32>
    return %y : tensor<?x10xf32>
  }

  func.func @loss(%x: tensor<?x784xf32> {weft.input = "x", weft.dims = ["batch"]},
                  %labels: tensor<?xi64> {weft.input = "labels", weft.dims = ["batch"]}) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x784xf32>) -> tensor<?x10xf32>
    %loss = weft.cross_entropy %y, %labels : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}
