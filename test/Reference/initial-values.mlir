// RUN: weft-opt %s --weft-evaluate=seed=5 -o /dev/null | FileCheck %s

// Initial values are a function of the seed and the parameter's name: word i of the name's Philox stream makes
// element i. The runtime makes the same. These
// were computed by another program.
weft.model @m {
  weft.parameter @n : tensor<5xf32> = #weft.normal<mean = 0.5, std = 2.0>
  weft.parameter @t : tensor<5xf32> = #weft.truncated_normal<>
  weft.parameter @u : tensor<5xf32> = #weft.uniform<-1.0, 2.0>
  weft.parameter @k : tensor<2x2xf32> = #weft.kaiming_uniform<a = 2.2360679774997898>
  weft.parameter @e : tensor<3x2xf32> = #weft.normal<zero_row = 1>
  weft.buffer @c : tensor<2xi64> = #weft.constant<3.0>

  // CHECK: @values#0: tensor<5xf32> = [-0.701405, -1.99395, -1.19469, -3.01072, -0.755255]
  // CHECK-NEXT: @values#1: tensor<5xf32> = [0.353554, -1.53184, 1.60256, 0.828501, -0.75304]
  // CHECK-NEXT: @values#2: tensor<5xf32> = [0.887309, -0.803399, -0.793909, 0.360018, -0.851792]
  // CHECK-NEXT: @values#3: tensor<2x2xf32> = {{\[}}[-0.253836, 0.211472], [0.201563, 0.559394]]
  // CHECK-NEXT: @values#4: tensor<2xi64> = [3, 3]
  // CHECK-NEXT: @values#5: tensor<3x2xf32> = {{\[}}[{{-?[0-9.]+}}, {{-?[0-9.]+}}], [0, 0], [{{-?[0-9.]+}}, {{-?[0-9.]+}}]]
  func.func @values() -> (tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<2x2xf32>, tensor<2xi64>, tensor<3x2xf32>) {
    %n = weft.read @n : tensor<5xf32>
    %t = weft.read @t : tensor<5xf32>
    %u = weft.read @u : tensor<5xf32>
    %k = weft.read @k : tensor<2x2xf32>
    %c = weft.read @c : tensor<2xi64>
    %e = weft.read @e : tensor<3x2xf32>
    return %n, %t, %u, %k, %c, %e : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<2x2xf32>, tensor<2xi64>, tensor<3x2xf32>
  }
}
