// Flattening and the passes of `optimized` keep what every entry computes, in exact arithmetic: on this model, with
// each kind of step, and on random ones.
// RUN: weft-opt %s --weft-check-equivalent="pipeline=weft-pipeline{to=flat}" -o %t.mlir
// RUN: weft-opt %s --weft-pipeline="to=training" -o %t.sgd.mlir
// RUN: weft-opt %t.sgd.mlir --weft-check-equivalent="pipeline=weft-pipeline{from=training}" -o %t.mlir
// RUN: weft-opt %s --weft-pipeline="to=training optimizer=adamw clip-gradients accumulate-gradients" -o %t.adamw.mlir
// RUN: weft-opt %t.adamw.mlir --weft-check-equivalent="pipeline=weft-pipeline{from=training}" -o %t.mlir
// RUN: weft-opt /dev/null --weft-random-graph="seed=1 size=30" --weft-pipeline="to=training optimizer=adam clip-gradients" -o %t.random1.mlir
// RUN: weft-opt %t.random1.mlir --weft-check-equivalent="pipeline=weft-pipeline{from=training} tolerance=1e-9" -o %t.mlir
// RUN: weft-opt /dev/null --weft-random-graph="seed=2 size=30" --weft-pipeline="to=training optimizer=sgd accumulate-gradients" -o %t.random2.mlir
// RUN: weft-opt %t.random2.mlir --weft-check-equivalent="pipeline=weft-pipeline{from=training} tolerance=1e-9" -o %t.mlir

// The step's numbers, from parameters and a batch that are written down. The gradients' norm, 0.7528, is above the bound
// of 0.5 that the interpreter takes; a program in plain Python computed the same by central differences.
// RUN: weft-opt %s --weft-pipeline="optimizer=sgd clip-gradients" | weft-opt --weft-evaluate="function=train_step rows=3 precision=8" -o %t.mlir | FileCheck %s
// CHECK: @train_step#0: tensor<3x4xf32> = {{\[}}[0.10163699, 0.40366697, -0.69940899, 0.19603304], [-0.20496098, 0.50748393, 0.79887702, 0.092216067], [0.30659798, -0.60356699, 0.90051397, -0.29598304]]
// CHECK-NEXT: @train_step#1: tensor<4xf32> = [0.013368982, 0.023856967, -0.029503002, 0.036113032]
// CHECK-NEXT: @train_step#2: tensor<4x2xf32> = {{\[}}[0.30447719, -0.40442718], [-0.11110896, 0.61085899], [0.2009604, 0.098889607], [0.49566206, -0.19581207]]
// CHECK-NEXT: @train_step#3: tensor<2xf32> = [0.099295737, -0.099295737]
// CHECK-NEXT: @train_step#4: tensor<f32> = 0.74740692
// CHECK-NEXT: @train_step#5: tensor<f32> = 2
// CHECK-NEXT: @train_step#6: tensor<f32> = 0.75281692

weft.model @tiny attributes {optimizer = #weft.sgd<lr = 0.1, momentum = 0.9, nesterov = true>} {
  weft.parameter @w1 : tensor<4x3xf32> = dense<[[0.1, -0.2, 0.3], [0.4, 0.5, -0.6], [-0.7, 0.8, 0.9], [0.2, 0.1, -0.3]]> : tensor<4x3xf32>
  weft.parameter @b1 : tensor<4xf32> = dense<[0.01, 0.02, -0.03, 0.04]> : tensor<4xf32>
  weft.parameter @w2 : tensor<2x4xf32> = dense<[[0.3, -0.1, 0.2, 0.5], [-0.4, 0.6, 0.1, -0.2]]> : tensor<2x4xf32>
  weft.parameter @b2 {decay = false} : tensor<2xf32> = dense<[0.1, -0.1]> : tensor<2xf32>
  func.func @logits(%x: tensor<?x3xf32> {weft.dims = ["batch"]}) -> tensor<?x2xf32> {
    %w1 = weft.read @w1 : tensor<4x3xf32>
    %b1 = weft.read @b1 : tensor<4xf32>
    %h = weft.linear %x, %w1, %b1 : (tensor<?x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %r = weft.relu %h : tensor<?x4xf32>
    %w2 = weft.read @w2 : tensor<2x4xf32>
    %b2 = weft.read @b2 : tensor<2xf32>
    %y = weft.linear %r, %w2, %b2 : (tensor<?x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    return %y : tensor<?x2xf32>
  }
  func.func @loss(%x: tensor<?x3xf32> {weft.dims = ["batch"], case.value = dense<[[1.0, 2.0, -1.0], [0.5, -1.5, 2.0], [3.0, 0.25, 0.75]]> : tensor<3x3xf32>},
                  %labels: tensor<?xi64> {case.value = dense<[1, 0, -100]> : tensor<3xi64>}) -> tensor<f32> {
    %y = call @logits(%x) : (tensor<?x3xf32>) -> tensor<?x2xf32>
    %loss = weft.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi64>) -> tensor<f32>
    return %loss : tensor<f32>
  }
}
