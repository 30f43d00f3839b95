// RUN: weft-opt %s --weft-check-indices | FileCheck %s

weft.model @m {
  // Computed and nowhere bounded: one check for all readers of the same range, named after the first.
  // CHECK-LABEL: func.func @computed
  // CHECK: %[[sum:.*]] = weft.add
  // CHECK-NEXT: %[[checked:.*]] = weft.check_index %[[sum]] low = 0 high = 8 user = "weft.gather"
  // CHECK-NEXT: weft.gather %{{.*}}, %[[checked]]
  // CHECK-NEXT: weft.scatter_sum %{{.*}}, %[[checked]]
  // CHECK-NEXT: %[[other:.*]] = weft.check_index %[[sum]] low = 0 high = 5 user = "weft.scatter_sum"
  // CHECK-NEXT: weft.scatter_sum %{{.*}}, %[[other]]
  func.func @computed(%x: tensor<?x8xf32>, %i: tensor<?x3xi64>) -> (tensor<?x8xf32>, tensor<?x5xf32>) {
    %j = weft.add %i, %i : tensor<?x3xi64>
    %y = weft.gather %x, %j dim = 1 : (tensor<?x8xf32>, tensor<?x3xi64>) -> tensor<?x3xf32>
    %z = weft.scatter_sum %y, %j dim = 1 size = 8 : (tensor<?x3xf32>, tensor<?x3xi64>) -> tensor<?x8xf32>
    %w = weft.scatter_sum %y, %j dim = 1 size = 5 : (tensor<?x3xf32>, tensor<?x3xi64>) -> tensor<?x5xf32>
    return %z, %w : tensor<?x8xf32>, tensor<?x5xf32>
  }

  // What the runtime has checked, however it is moved; labels that are ignored stay so.
  // CHECK-LABEL: func.func @inputs
  // CHECK-NOT: weft.check_index
  func.func @inputs(%x: tensor<?x8xf32>, %i: tensor<?x3x1xi32> {weft.input = "i", weft.index_range = array<i64: 0, 8>},
                    %l: tensor<?xi64> {weft.input = "labels", weft.index_range = array<i64: 0, 8, -100>}) -> (tensor<?x3xf32>, tensor<f32>) {
    %wide = weft.cast %i : tensor<?x3x1xi32> -> tensor<?x3x1xi64>
    %j = weft.reshape %wide : tensor<?x3x1xi64> -> tensor<?x3xi64>
    %y = weft.gather %x, %j dim = 1 : (tensor<?x8xf32>, tensor<?x3xi64>) -> tensor<?x3xf32>
    %z = weft.cross_entropy %x, %l : (tensor<?x8xf32>, tensor<?xi64>) -> tensor<f32>
    return %y, %z : tensor<?x3xf32>, tensor<f32>
  }

  // What cannot be out of range: 8 - 1 - places of a row, bounded, chosen, constant.
  // CHECK-LABEL: func.func @proven
  // CHECK-NOT: weft.check_index
  func.func @proven(%x: tensor<?x8xf32>, %i: tensor<?x2xi64>, %table: tensor<4x3xf32>)
      -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32>, tensor<2x3xf32>, tensor<?x4xf32>) {
    %seven = weft.constant dense<7> : tensor<i64>
    %sevens = weft.broadcast %seven like %i dims = [] : tensor<i64>, tensor<?x2xi64> -> tensor<?x2xi64>
    %zeros = weft.sub %sevens, %sevens : tensor<?x2xi64>
    %v, %top = weft.top_k %x k = 2 dim = 1 : tensor<?x8xf32> -> tensor<?x2xf32>, tensor<?x2xi64>
    %back = weft.sub %sevens, %top : tensor<?x2xi64>
    %a = weft.gather %x, %back dim = 1 : (tensor<?x8xf32>, tensor<?x2xi64>) -> tensor<?x2xf32>
    %most = weft.minimum %i, %sevens : tensor<?x2xi64>
    %bounded = weft.maximum %most, %zeros : tensor<?x2xi64>
    %b = weft.gather %x, %bounded dim = 1 : (tensor<?x8xf32>, tensor<?x2xi64>) -> tensor<?x2xf32>
    %is = weft.compare eq, %i, %zeros : tensor<?x2xi64>
    %chosen = weft.select %is, %top, %bounded : tensor<?x2xi64>
    %c = weft.gather %x, %chosen dim = 1 : (tensor<?x8xf32>, tensor<?x2xi64>) -> tensor<?x2xf32>
    %rows = weft.constant dense<[3, 0]> : tensor<2xi32>
    %d = weft.embedding %rows, %table : (tensor<2xi32>, tensor<4x3xf32>) -> tensor<2x3xf32>
    %best = weft.argmax %x dim = 1 : tensor<?x8xf32> -> tensor<?xi64>
    %e = weft.one_hot %best num_classes = 8 : tensor<?xi64> -> tensor<?x8xf32>
    %f = weft.slice %e starts = [0, 0] limits = [-1, 4] strides = [1, 1] : tensor<?x8xf32> -> tensor<?x4xf32>
    return %a, %b, %c, %d, %f : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32>, tensor<2x3xf32>, tensor<?x4xf32>
  }

  // Sums wrap where a bound is missing; an ignored label is one no more once something is added.
  // CHECK-LABEL: func.func @not_proven
  // CHECK-COUNT-2: weft.check_index
  func.func @not_proven(%x: tensor<?x8xf32>, %i: tensor<?x2xi64>,
                        %l: tensor<?xi64> {weft.input = "labels", weft.index_range = array<i64: 0, 8, -100>}) -> (tensor<?x2xf32>, tensor<?x8xf32>) {
    %one = weft.constant dense<1> : tensor<i64>
    %ones = weft.broadcast %one like %i dims = [] : tensor<i64>, tensor<?x2xi64> -> tensor<?x2xi64>
    %positive = weft.maximum %i, %ones : tensor<?x2xi64>
    %more = weft.add %positive, %ones : tensor<?x2xi64>
    %a = weft.gather %x, %more dim = 1 : (tensor<?x8xf32>, tensor<?x2xi64>) -> tensor<?x2xf32>
    %m = weft.broadcast %one like %l dims = [] : tensor<i64>, tensor<?xi64> -> tensor<?xi64>
    %n = weft.mul %l, %m : tensor<?xi64>
    %b = weft.one_hot %n num_classes = 8 : tensor<?xi64> -> tensor<?x8xf32>
    return %a, %b : tensor<?x2xf32>, tensor<?x8xf32>
  }
}
