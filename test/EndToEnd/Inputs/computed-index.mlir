// Rows of a table that are picked by the label and the one behind it: the last label has none.
weft.model @neighbours attributes {optimizer = #weft.sgd<lr = 0.1>} {
  weft.parameter @table : tensor<10x10xf32> = #weft.uniform<-0.25, 0.25>
  func.func @loss(%x: tensor<?x784xf32> {weft.input = "x"}, %labels: tensor<?xi64> {weft.input = "labels"}) -> tensor<f32> {
    %table = weft.read @table : tensor<10x10xf32>
    %one = weft.constant dense<1> : tensor<i64>
    %ones = weft.broadcast %one like %labels dims = [] : tensor<i64>, tensor<?xi64> -> tensor<?xi64>
    %next = weft.add %labels, %ones : tensor<?xi64>
    %logits = weft.embedding %next, %table : (tensor<?xi64>, tensor<10x10xf32>) -> tensor<?x10xf32>
    %l = weft.cross_entropy %logits, %labels : (tensor<?x10xf32>, tensor<?xi64>) -> tensor<f32>
    return %l : tensor<f32>
  }
}
