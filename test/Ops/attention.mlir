// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// Scaled dot-product attention: values of torch.nn.functional.scaled_dot_product_attention.

func.func @plain(%q: tensor<?x3x2x4xf32> {case.value = dense<[[[[1.28, -0.69, -1.45, 0.19], [1.55, 1.76, -1.49, -2.22]], [[-1.36, 1.37, -2.62, 0.34], [-0.95, -1.62, 0.34, -0.4]], [[1.32, 0.38, -0.72, 0.46], [-0.62, 0.27, -0.55, 0.39]]], [[[-0.23, 2.3, -1.1, -0.09], [-0.19, -0.5, 0.09, 0.9]], [[-0.34, -0.12, -0.15, -0.05], [0.24, -0.08, 0.66, 0.41]], [[1.45, -1.1, 0.51, -1.5], [-0.05, -0.52, -1.55, 1.35]]]]> : tensor<2x3x2x4xf32>},
                 %k: tensor<?x4x2x4xf32> {case.value = dense<[[[[-1.09, -0.63, 0.46, -2.01], [1.74, 0.84, -1.18, -0.48]], [[0.36, -0.35, -0.55, 0.28], [-0.48, 1.51, 0.71, -1.74]], [[-0.37, -0.7, 1.59, -1.27], [-2.05, -0.16, -0.79, 1.56]], [[-0.08, 0.92, 1.5, 1.6], [0.2, -0.46, 0.05, 0.68]]], [[[0.77, -1.22, -0.26, 1.23], [-0.19, 0.67, -0.17, -0.36]], [[0.06, -0.89, 0.33, -0.58], [0.25, -0.59, -0.11, 0.14]], [[0.18, 0.85, 2.06, -1.24], [0.3, 0.29, -0.39, -1.38]], [[-0.41, -0.91, -1.11, -0.09], [0.88, -0.57, 0.79, -0.76]]]]> : tensor<2x4x2x4xf32>},
                 %v: tensor<?x4x2x4xf32> {case.value = dense<[[[[0.35, -1.46, -0.66, 1.34], [-0.71, 3.01, -0.14, -0.3]], [[1.11, 2.12, 1.87, 1.24], [-0.35, 1.28, -1.12, -0.07]], [[-1.24, 0.25, 0.53, 0.03], [1.55, 2.03, 0.43, 1.32]], [[-0.2, -1.43, 0.35, -0.51], [-1.48, 1.47, -1.39, -0.94]]], [[[1.35, -0.86, 1.26, 0.7], [-0.06, 0.44, 0.25, -0.7]], [[1.64, 0.1, 0.96, 0.14], [0.48, -0.46, 0.17, 0.34]], [[-0.66, -0.31, -0.73, 2.62], [1.54, 0.57, 1.28, 0.71]], [[-0.71, 1.58, 0.02, 1.5], [-0.09, 0.29, -0.68, 0.13]]]]> : tensor<2x4x2x4xf32>})
    -> (tensor<?x3x2x4xf32> {case.expect = dense<[[[[0.691375442, 1.21455353, 1.31521833, 0.988235335], [-0.62685975, 2.58120927, -0.384477213, -0.247841349]], [[0.64593207, 0.668502365, 1.00023056, 0.943781017], [0.237531596, 1.79860122, -0.380062335, 0.348574311]], [[0.413017633, 0.546122474, 1.06809664, 0.579231625], [0.429570328, 1.96475557, -0.189705529, 0.497604457]]], [[[-0.111277011, 0.292591455, -0.0145385506, 1.67984385], [0.375889465, 0.0837143533, 0.146249904, 0.106594827]], [[0.383983207, 0.248315654, 0.39808141, 1.19116222], [0.361983309, 0.167147902, 0.10388619, 0.109097459]], [[0.45128731, -0.0238532369, 0.261266587, 1.31847578], [0.447439771, 0.0269497377, 0.267302383, 0.112963792]]]]> : tensor<2x3x2x4xf32>}) attributes {case.tolerance = 1.0e-5} {
  %y = weft.attention %q, %k, %v : tensor<?x3x2x4xf32>, tensor<?x4x2x4xf32>
  return %y : tensor<?x3x2x4xf32>
}

// Before the sequence is bound.
func.func @masked(%q: tensor<?x?x2x4xf32> {case.value = dense<[[[[1.28, -0.69, -1.45, 0.19], [1.55, 1.76, -1.49, -2.22]], [[-1.36, 1.37, -2.62, 0.34], [-0.95, -1.62, 0.34, -0.4]], [[1.32, 0.38, -0.72, 0.46], [-0.62, 0.27, -0.55, 0.39]]], [[[-0.23, 2.3, -1.1, -0.09], [-0.19, -0.5, 0.09, 0.9]], [[-0.34, -0.12, -0.15, -0.05], [0.24, -0.08, 0.66, 0.41]], [[1.45, -1.1, 0.51, -1.5], [-0.05, -0.52, -1.55, 1.35]]]]> : tensor<2x3x2x4xf32>},
                  %k: tensor<?x?x2x4xf32> {case.value = dense<[[[[-1.09, -0.63, 0.46, -2.01], [1.74, 0.84, -1.18, -0.48]], [[0.36, -0.35, -0.55, 0.28], [-0.48, 1.51, 0.71, -1.74]], [[-0.37, -0.7, 1.59, -1.27], [-2.05, -0.16, -0.79, 1.56]], [[-0.08, 0.92, 1.5, 1.6], [0.2, -0.46, 0.05, 0.68]]], [[[0.77, -1.22, -0.26, 1.23], [-0.19, 0.67, -0.17, -0.36]], [[0.06, -0.89, 0.33, -0.58], [0.25, -0.59, -0.11, 0.14]], [[0.18, 0.85, 2.06, -1.24], [0.3, 0.29, -0.39, -1.38]], [[-0.41, -0.91, -1.11, -0.09], [0.88, -0.57, 0.79, -0.76]]]]> : tensor<2x4x2x4xf32>},
                  %v: tensor<?x?x2x4xf32> {case.value = dense<[[[[0.35, -1.46, -0.66, 1.34], [-0.71, 3.01, -0.14, -0.3]], [[1.11, 2.12, 1.87, 1.24], [-0.35, 1.28, -1.12, -0.07]], [[-1.24, 0.25, 0.53, 0.03], [1.55, 2.03, 0.43, 1.32]], [[-0.2, -1.43, 0.35, -0.51], [-1.48, 1.47, -1.39, -0.94]]], [[[1.35, -0.86, 1.26, 0.7], [-0.06, 0.44, 0.25, -0.7]], [[1.64, 0.1, 0.96, 0.14], [0.48, -0.46, 0.17, 0.34]], [[-0.66, -0.31, -0.73, 2.62], [1.54, 0.57, 1.28, 0.71]], [[-0.71, 1.58, 0.02, 1.5], [-0.09, 0.29, -0.68, 0.13]]]]> : tensor<2x4x2x4xf32>},
                  %m: tensor<?x?xi32> {case.value = dense<[[1, 1, 1, 0], [1, 0, 2, 0]]> : tensor<2x4xi32>})
    -> (tensor<?x?x2x4xf32> {case.expect = dense<[[[[0.777131156, 1.4689756, 1.40807818, 1.13237465], [-0.619978705, 2.59017178, -0.37636712, -0.242258709]], [[0.805177276, 1.0635417, 1.12263531, 1.21745271], [0.971399384, 1.93900612, 0.0514643524, 0.899157009]], [[0.695789798, 1.45766629, 1.39933955, 1.08167131], [0.827911902, 2.06796293, 0.0606791686, 0.797492664]]], [[[-0.223920379, -0.429325269, -0.29825948, 2.20344633], [0.574254519, 0.49153318, 0.658301346, -0.141063206]], [[0.413309887, -0.60369176, 0.332630187, 1.59474876], [0.657217385, 0.498273913, 0.711708691, -0.0679521796]], [[-0.0698167454, -0.47149293, -0.145689216, 2.05624286], [0.570048221, 0.491191418, 0.655593542, -0.144770005]]]]> : tensor<2x3x2x4xf32>}) attributes {case.tolerance = 1.0e-5} {
  %y = weft.attention %q, %k, %v mask %m : tensor<?x?x2x4xf32>, tensor<?x?x2x4xf32> mask tensor<?x?xi32>
  return %y : tensor<?x?x2x4xf32>
}

func.func @causal(%q: tensor<1x3x2x2xf32> {case.value = dense<[[[[0.23, -0.13], [1.56, 0.62]], [[-0.01, 0.52], [-0.83, 0.9]], [[1.58, 0.44], [-0.39, -0.51]]]]> : tensor<1x3x2x2xf32>},
                  %k: tensor<1x3x2x2xf32> {case.value = dense<[[[[-0.52, 0.73], [-1.11, -1.63]], [[0.6, 0.41], [0.38, 0.63]], [[1.8, -1.18], [1.35, -1.3]]]]> : tensor<1x3x2x2xf32>},
                  %v: tensor<1x3x2x2xf32> {case.value = dense<[[[[0.71, -0.92], [0.59, -0.17]], [[-0.62, -1.42], [-0.82, 0.64]], [[1.05, 1.25], [-1.87, -0.11]]]]> : tensor<1x3x2x2xf32>})
    -> (tensor<1x3x2x2xf32> {case.expect = dense<[[[[0.71, -0.92], [0.59, -0.17]], [[0.0597605752, -1.16445091], [-0.185030354, 0.275230204]], [[0.420877272, -0.114945822], [-0.562799747, 0.0673957351]]]]> : tensor<1x3x2x2xf32>}) attributes {case.tolerance = 1.0e-5} {
  %y = weft.attention %q, %k, %v causal scale = 0.25 : tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>
  return %y : tensor<1x3x2x2xf32>
}

func.func @bias(%q: tensor<?x3x2x2xf32> {case.value = dense<[[[[0.23, -0.13], [1.56, 0.62]], [[-0.01, 0.52], [-0.83, 0.9]], [[1.58, 0.44], [-0.39, -0.51]]]]> : tensor<1x3x2x2xf32>},
                %k: tensor<?x3x2x2xf32> {case.value = dense<[[[[-0.52, 0.73], [-1.11, -1.63]], [[0.6, 0.41], [0.38, 0.63]], [[1.8, -1.18], [1.35, -1.3]]]]> : tensor<1x3x2x2xf32>},
                %v: tensor<?x3x2x2xf32> {case.value = dense<[[[[0.71, -0.92], [0.59, -0.17]], [[-0.62, -1.42], [-0.82, 0.64]], [[1.05, 1.25], [-1.87, -0.11]]]]> : tensor<1x3x2x2xf32>},
                %b: tensor<1x2x1x3xf32> {case.value = dense<[[[[0.2, 0.43, -0.37]], [[-0.71, 0.26, 1.61]]]]> : tensor<1x2x1x3xf32>})
    -> (tensor<?x3x2x2xf32> {case.expect = dense<[[[[0.219886459, -0.536861737], [-1.67915448, 0.0178716905]], [[0.130431563, -0.901942113], [-1.01785032, 0.287352219]], [[0.28618938, -0.148912618], [-1.35525371, -0.0281138763]]]]> : tensor<1x3x2x2xf32>}) attributes {case.tolerance = 1.0e-5} {
  %y = weft.attention %q, %k, %v bias %b : tensor<?x3x2x2xf32>, tensor<?x3x2x2xf32> bias tensor<1x2x1x3xf32>
  return %y : tensor<?x3x2x2xf32>
}

// Without a key to attend to, 0; large scores are no overflow.
func.func @edges(%q: tensor<2x1x1x2xf32> {case.value = dense<300.0> : tensor<2x1x1x2xf32>},
                 %k: tensor<2x2x1x2xf32> {case.value = dense<300.0> : tensor<2x2x1x2xf32>},
                 %v: tensor<2x2x1x2xf32> {case.value = dense<[[[[1.0, 2.0]], [[3.0, 4.0]]], [[[5.0, 6.0]], [[7.0, 8.0]]]]> : tensor<2x2x1x2xf32>},
                 %m: tensor<2x2xi1> {case.value = dense<[[false, false], [true, true]]> : tensor<2x2xi1>})
    -> (tensor<2x1x1x2xf32> {case.expect = dense<[[[[0.0, 0.0]]], [[[6.0, 7.0]]]]> : tensor<2x1x1x2xf32>}) {
  %y = weft.attention %q, %k, %v mask %m : tensor<2x1x1x2xf32>, tensor<2x2x1x2xf32> mask tensor<2x2xi1>
  return %y : tensor<2x1x1x2xf32>
}

// Weights are dropped where weft.dropout of a tensor [batch, heads, queries, keys] drops: values are the
// numbers of the keys, weights 1/4 each, doubled where they are kept.
func.func @dropout(%q: tensor<?x2x1x1xf32> {case.value = dense<0.0> : tensor<2x2x1x1xf32>},
                   %k: tensor<?x4x1x1xf32> {case.value = dense<0.0> : tensor<2x4x1x1xf32>},
                   %v: tensor<?x4x1x1xf32> {case.value = dense<[[[[1.0]], [[10.0]], [[100.0]], [[1000.0]]], [[[1.0]], [[10.0]], [[100.0]], [[1000.0]]]]> : tensor<2x4x1x1xf32>},
                   %w: tensor<?x1x2x4xf32> {case.value = dense<0.25> : tensor<2x1x2x4xf32>},
                   %seed: tensor<i64> {case.value = dense<11> : tensor<i64>},
                   %step: tensor<i64> {case.value = dense<4> : tensor<i64>},
                   %offset: tensor<i64> {case.value = dense<5> : tensor<i64>})
    -> (tensor<?x2x1x1xf32> {case.expect = dense<[[[[505.0]], [[555.0]]], [[[0.5]], [[555.0]]]]> : tensor<2x2x1x1xf32>},
        tensor<?x2x1x1xf32> {case.expect = dense<0.0> : tensor<2x2x1x1xf32>}) {
  %y = weft.attention %q, %k, %v p = 0.5 random %seed, %step, %offset id = 3 : tensor<?x2x1x1xf32>, tensor<?x4x1x1xf32>
  %d = weft.dropout %w, %seed, %step, %offset p = 0.5 id = 3 : tensor<?x1x2x4xf32>
  %u = weft.reshape %v : tensor<?x4x1x1xf32> -> tensor<?x1x4x1xf32>
  %m = weft.matmul %d, %u : (tensor<?x1x2x4xf32>, tensor<?x1x4x1xf32>) -> tensor<?x1x2x1xf32>
  %z = weft.reshape %m : tensor<?x1x2x1xf32> -> tensor<?x2x1x1xf32>
  %e = weft.sub %y, %z : tensor<?x2x1x1xf32>
  return %y, %e : tensor<?x2x1x1xf32>, tensor<?x2x1x1xf32>
}

func.func @gradient(%q: tensor<?x3x2x2xf32>, %k: tensor<?x2x2x2xf32>, %v: tensor<?x2x2x2xf32>)
    -> tensor<?x3x2x2xf32> attributes {case.gradient = 2} {
  %y = weft.attention %q, %k, %v : tensor<?x3x2x2xf32>, tensor<?x2x2x2xf32>
  return %y : tensor<?x3x2x2xf32>
}

func.func @gradient_masked(%q: tensor<2x3x1x2xf32>, %k: tensor<2x3x1x2xf32>, %v: tensor<2x3x1x2xf32>,
                           %m: tensor<2x3xi32> {case.value = dense<[[1, 0, 1], [0, 0, 0]]> : tensor<2x3xi32>})
    -> tensor<2x3x1x2xf32> attributes {case.gradient = 2} {
  %y = weft.attention %q, %k, %v mask %m causal scale = 0.7 : tensor<2x3x1x2xf32>, tensor<2x3x1x2xf32> mask tensor<2x3xi32>
  return %y : tensor<2x3x1x2xf32>
}

func.func @gradient_bias(%q: tensor<?x2x2x2xf32>, %k: tensor<?x3x2x2xf32>, %v: tensor<?x3x2x2xf32>, %b: tensor<1x2x1x3xf32>)
    -> tensor<?x2x2x2xf32> attributes {case.gradient = 2} {
  %y = weft.attention %q, %k, %v bias %b : tensor<?x2x2x2xf32>, tensor<?x3x2x2xf32> bias tensor<1x2x1x3xf32>
  return %y : tensor<?x2x2x2xf32>
}

// Shared by samples and heads; and with a size of 1 for queries and keys.
func.func @gradient_shared_bias(%q: tensor<?x2x2x2xf32>, %k: tensor<?x3x2x2xf32>, %v: tensor<?x3x2x2xf32>, %b: tensor<1x1x2x3xf32>,
                                %c: tensor<?x1x1x3xf32>, %d: tensor<1x2x2x1xf32>)
    -> (tensor<?x2x2x2xf32>, tensor<?x2x2x2xf32>, tensor<?x2x2x2xf32>) attributes {case.gradient = 2} {
  %x = weft.attention %q, %k, %v bias %b : tensor<?x2x2x2xf32>, tensor<?x3x2x2xf32> bias tensor<1x1x2x3xf32>
  %y = weft.attention %q, %k, %v bias %c : tensor<?x2x2x2xf32>, tensor<?x3x2x2xf32> bias tensor<?x1x1x3xf32>
  %z = weft.attention %q, %k, %v bias %d : tensor<?x2x2x2xf32>, tensor<?x3x2x2xf32> bias tensor<1x2x2x1xf32>
  return %x, %y, %z : tensor<?x2x2x2xf32>, tensor<?x2x2x2xf32>, tensor<?x2x2x2xf32>
}

func.func @gradient_dropout(%q: tensor<?x2x1x2xf32>, %k: tensor<?x4x1x2xf32>, %v: tensor<?x4x1x2xf32>,
                            %seed: tensor<i64> {case.value = dense<11> : tensor<i64>},
                            %step: tensor<i64> {case.value = dense<4> : tensor<i64>},
                            %offset: tensor<i64> {case.value = dense<5> : tensor<i64>})
    -> tensor<?x2x1x2xf32> attributes {case.gradient = 2} {
  %y = weft.attention %q, %k, %v p = 0.5 random %seed, %step, %offset id = 3 : tensor<?x2x1x2xf32>, tensor<?x4x1x2xf32>
  return %y : tensor<?x2x1x2xf32>
}
