// RUN: weft-opt %s --weft-check-op-cases --weft-check-gradients -o /dev/null

// torch.nn.functional.cross_entropy of class indices.

func.func @mean(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                %l: tensor<?xi64> {case.value = dense<[2, 0, 1, 1]> : tensor<4xi64>})
    -> (tensor<f32> {case.expect = dense<4.28148744> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @sum(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
               %l: tensor<?xi64> {case.value = dense<[2, 0, 1, 1]> : tensor<4xi64>})
    -> (tensor<f32> {case.expect = dense<17.1259498> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l reduction = sum : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @none(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                %l: tensor<?xi64> {case.value = dense<[2, 0, 1, 1]> : tensor<4xi64>})
    -> (tensor<?xf32> {case.expect = dense<[0.0588655593, 5.3132585, 6.18181085, 5.57201484]> : tensor<4xf32>}) {
  %y = weft.cross_entropy %x, %l reduction = none : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// The mean is over those that are not ignored.
func.func @ignored(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                   %l: tensor<?xi64> {case.value = dense<[2, -100, 1, -100]> : tensor<4xi64>})
    -> (tensor<f32> {case.expect = dense<3.12033821> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @ignored_none(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                        %l: tensor<?xi64> {case.value = dense<[2, -100, 1, -100]> : tensor<4xi64>})
    -> (tensor<?xf32> {case.expect = dense<[0.0588655593, 0.0, 6.18181085, 0.0]> : tensor<4xf32>}) {
  %y = weft.cross_entropy %x, %l reduction = none : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @ignored_other(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                         %l: tensor<?xi64> {case.value = dense<[2, 1, 1, 0]> : tensor<4xi64>})
    -> (tensor<f32> {case.expect = dense<0.096690198> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l ignore_index = 1 : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

// The mean of no samples is 0 (PyTorch: NaN), so that a batch without labels ends no training.
func.func @all_ignored(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                       %l: tensor<?xi64> {case.value = dense<[-100, -100, -100, -100]> : tensor<4xi64>})
    -> (tensor<f32> {case.expect = dense<0.0> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @smoothed(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                    %l: tensor<?xi64> {case.value = dense<[2, 0, 1, 1]> : tensor<4xi64>})
    -> (tensor<f32> {case.expect = dense<4.12263327> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l label_smoothing = 0.1 : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @smoothed_ignored(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                            %l: tensor<?xi64> {case.value = dense<[2, -100, 1, -100]> : tensor<4xi64>})
    -> (tensor<f32> {case.expect = dense<5.99380141> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l reduction = sum label_smoothing = 0.3 : (tensor<?x3xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

// The same, the smoothing being a number of the step.
func.func @smoothed_by_number(%x: tensor<?x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                              %l: tensor<?xi64> {case.value = dense<[2, 0, 1, 1]> : tensor<4xi64>},
                              %s: tensor<f64> {case.value = dense<0.1> : tensor<f64>})
    -> (tensor<f32> {case.expect = dense<4.12263327> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l smoothing %s : (tensor<?x3xf32>, tensor<?xi64>, tensor<f64>) -> tensor<f32>
  return %y : tensor<f32>
}

// A sample per token.
func.func @tokens(%x: tensor<?x2x3xf32> {case.value = dense<[[[-1.734375, 0.890625, -0.546875], [1.09375, 1.53125, -1.296875]], [[1.234375, -0.453125, -0.46875], [0.625, 1.890625, 0.734375]]]> : tensor<2x2x3xf32>},
                  %l: tensor<?x2xi64> {case.value = dense<[[0, 2], [1, -100]]> : tensor<2x2xi64>})
    -> (tensor<f32> {case.expect = dense<2.75224717> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l : (tensor<?x2x3xf32>, tensor<?x2xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @int32(%x: tensor<4x3xf32> {case.value = dense<[[-3.625, -1.03125, 1.84375], [-3.03125, 2.21875, -0.59375], [2.40625, -2.59375, 3.21875], [1.8125, -3.625, -0.15625]]> : tensor<4x3xf32>},
                 %l: tensor<4xi32> {case.value = dense<[2, 0, 1, 1]> : tensor<4xi32>})
    -> (tensor<f32> {case.expect = dense<4.28148744> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l : (tensor<4x3xf32>, tensor<4xi32>) -> tensor<f32>
  return %y : tensor<f32>
}

// One sample, without a batch.
func.func @vector(%x: tensor<3xf32> {case.value = dense<[-3.625, -1.03125, 1.84375]> : tensor<3xf32>},
                  %l: tensor<i64> {case.value = dense<2> : tensor<i64>})
    -> (tensor<f32> {case.expect = dense<0.0588655593> : tensor<f32>}) {
  %y = weft.cross_entropy %x, %l : (tensor<3xf32>, tensor<i64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient(%x: tensor<?x4xf32>, %l: tensor<?xi64> {case.range = [0, 4]})
    -> tensor<f32> attributes {case.gradient = 2} {
  %y = weft.cross_entropy %x, %l : (tensor<?x4xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_sum(%x: tensor<?x4xf32>, %l: tensor<?xi64> {case.range = [0, 4]})
    -> tensor<f32> attributes {case.gradient} {
  %y = weft.cross_entropy %x, %l reduction = sum label_smoothing = 0.2 : (tensor<?x4xf32>, tensor<?xi64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_smoothed_by_number(%x: tensor<?x4xf32>, %l: tensor<?xi64> {case.range = [0, 4]})
    -> tensor<f32> attributes {case.gradient} {
  %s = weft.constant dense<0.2> : tensor<f64>
  %y = weft.cross_entropy %x, %l smoothing %s : (tensor<?x4xf32>, tensor<?xi64>, tensor<f64>) -> tensor<f32>
  return %y : tensor<f32>
}

func.func @gradient_none(%x: tensor<?x2x3xf32>, %l: tensor<?x2xi64> {case.range = [0, 3]})
    -> tensor<?x2xf32> attributes {case.gradient} {
  %y = weft.cross_entropy %x, %l reduction = none : (tensor<?x2x3xf32>, tensor<?x2xi64>) -> tensor<?x2xf32>
  return %y : tensor<?x2xf32>
}

func.func @gradient_ignored(%x: tensor<4x3xf32>,
                            %l: tensor<4xi64> {case.value = dense<[2, -100, 1, -100]> : tensor<4xi64>})
    -> tensor<f32> attributes {case.gradient} {
  %y = weft.cross_entropy %x, %l label_smoothing = 0.1 : (tensor<4x3xf32>, tensor<4xi64>) -> tensor<f32>
  return %y : tensor<f32>
}
