// RUN: weft-opt %examples/mlp/mlp.mlir --weft-pipeline='to=dispatch optimizer=sgd mcpu=x86-64-v3' -o %t
// RUN: weft-opt %t --weft-build-kernels=mcpu=x86-64-v2,x86-64-v3 | FileCheck %s
// RUN: weft-opt %t --weft-build-kernels=mcpu=x86-64-v2,x86-64-v3 | weft-opt | FileCheck %s
// RUN: not weft-opt %t --weft-build-kernels=mcpu=z80 2>&1 | FileCheck %s --check-prefix=CPU

// One module of kernels per processor, with the same kernels in the same order.
// CHECK: module @"mlp.x86-64-v2" attributes {weft.cpu = "x86-64-v2", weft.target = "cpu"}
// CHECK: func.func {{.*}}@dispatch_0
// CHECK: vector<4xf32>
// CHECK: func.func {{.*}}@dispatch_1
// CHECK: module @"mlp.x86-64-v3" attributes {weft.cpu = "x86-64-v3", weft.target = "cpu"}
// CHECK: func.func {{.*}}@dispatch_0
// CHECK: vector<8xf32>
// CHECK: func.func {{.*}}@dispatch_1

// CPU: got 'z80'
