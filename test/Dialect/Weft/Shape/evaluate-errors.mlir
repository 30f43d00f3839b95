// RUN: weft-opt %s --split-input-file --verify-diagnostics --weft-evaluate="function=main rows=3" -o /dev/null

func.func @main(%x: tensor<?x2xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{'weft.reshape' op expected a multiple of 4 elements, those of a row of 'tensor<?x4xf32>', got 6}}
  %y = weft.reshape %x : tensor<?x2xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @main() -> tensor<2x3xf32> {
  %labels = weft.constant dense<[2, 3]> : tensor<2xi64>
  // expected-error @+1 {{'weft.one_hot' op expected labels from 0 to 2, or -100, got 3 at position 1}}
  %y = weft.one_hot %labels num_classes = 3 : tensor<2xi64> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @main(%a: tensor<?x1xf32> {case.value = dense<[[1.0], [2.0]]> : tensor<2x1xf32>},
                %b: tensor<?x1xf32> {case.value = dense<[[1.0]]> : tensor<1x1xf32>}) -> tensor<?x2xf32> {
  // expected-error @+1 {{'weft.concat' op expected operands that agree in dimension 0, got sizes 2 and 1}}
  %y = weft.concat %a, %b dim = 1 : tensor<?x1xf32>, tensor<?x1xf32> -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}
