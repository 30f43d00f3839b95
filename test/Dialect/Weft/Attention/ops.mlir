// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

// CHECK-LABEL: func.func @attention
func.func @attention(%q: tensor<?x?x12x32xf32>, %k: tensor<?x?x12x32xf32>, %m: tensor<?x?xi32>, %b: tensor<1x12x1x1xf32>,
                     %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) -> tensor<?x?x12x32xf32> {
  // CHECK: weft.attention %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32>{{$}}
  %x = weft.attention %q, %k, %k : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32>
  // CHECK: weft.attention %{{.*}}, %{{.*}}, %{{.*}} mask %{{.*}} bias %{{.*}} causal scale = 2.500000e-01 p = 1.000000e-01 : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32> mask tensor<?x?xi32> bias tensor<1x12x1x1xf32>
  %y = weft.attention %x, %k, %k mask %m bias %b causal scale = 0.25 p = 0.1
      : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32> mask tensor<?x?xi32> bias tensor<1x12x1x1xf32>
  // CHECK: weft.attention %{{.*}}, %{{.*}}, %{{.*}} p = 1.000000e-01 random %{{.*}}, %{{.*}}, %{{.*}} id = 3 : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32>
  %z = weft.attention %y, %k, %k p = 0.1 random %seed, %step, %offset id = 3 : tensor<?x?x12x32xf32>, tensor<?x?x12x32xf32>
  return %z : tensor<?x?x12x32xf32>
}

// CHECK-LABEL: func.func @attention_gradient
func.func @attention_gradient(%q: tensor<?x16x12x32xf32>, %k: tensor<?x8x12x32xf32>, %m: tensor<?x8xi1>, %b: tensor<?x12x16x8xf32>,
                              %seed: tensor<i64>, %step: tensor<i64>, %offset: tensor<i64>) -> tensor<?x12x16x8xf32> {
  // CHECK: weft.attention_gradient %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x16x12x32xf32>, tensor<?x8x12x32xf32>
  %0:3 = weft.attention_gradient %q, %k, %k, %q : tensor<?x16x12x32xf32>, tensor<?x8x12x32xf32>
  // CHECK: weft.attention_gradient %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} mask %{{.*}} bias %{{.*}} causal scale = 1.000000e+00 p = 1.000000e-01 random %{{.*}}, %{{.*}}, %{{.*}} id = 3 : tensor<?x16x12x32xf32>, tensor<?x8x12x32xf32> mask tensor<?x8xi1> bias tensor<?x12x16x8xf32>
  %1:4 = weft.attention_gradient %0#0, %k, %k, %q mask %m bias %b causal scale = 1.0 p = 0.1 random %seed, %step, %offset id = 3
      : tensor<?x16x12x32xf32>, tensor<?x8x12x32xf32> mask tensor<?x8xi1> bias tensor<?x12x16x8xf32>
  return %1#3 : tensor<?x12x16x8xf32>
}
