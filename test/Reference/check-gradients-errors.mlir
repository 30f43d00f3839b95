// RUN: weft-opt %s --weft-check-gradients --split-input-file --verify-diagnostics

// At a kink central differences do not converge.
// expected-error @below {{argument 0, element 1: central differences do not converge}}
func.func @kink(%x: tensor<2xf32> {case.value = dense<[1.0, 1.0e-5]> : tensor<2xf32>}) -> tensor<2xf32>
    attributes {case.gradient} {
  %shift = weft.constant dense<[0.0, 1.1e-5]> : tensor<2xf32>
  %z = weft.sub %x, %shift : tensor<2xf32>
  %y = weft.relu %z : tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// A gradient that is not the slope is found: at 0 it is one-sided, and the central difference is in between.
// expected-error @below {{argument 0, element 0: expected a gradient of}}
func.func @wrong(%x: tensor<1xf32> {case.value = dense<0.0> : tensor<1xf32>}) -> tensor<1xf32>
    attributes {case.gradient} {
  %y = weft.relu %x : tensor<1xf32>
  return %y : tensor<1xf32>
}

// -----

// expected-error @below {{expected a result that depends smoothly on an argument}}
func.func @constant(%x: tensor<2xf32>) -> tensor<2xf32> attributes {case.gradient} {
  %y = weft.sign %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// expected-error @below {{'case.gradient': expected nothing, 1 or 2 (orders), got 3}}
func.func @order(%x: tensor<2xf32>) -> tensor<2xf32> attributes {case.gradient = 3} {
  %y = weft.neg %x : tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// expected-error @below {{weft-check-gradients: expected a function with 'case.gradient'}}
module {
}
