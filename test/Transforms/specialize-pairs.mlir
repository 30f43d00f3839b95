// RUN: weft-opt %s --weft-specialize="bind=seq=16,32,masked@seq=4,7,batch=8" | FileCheck %s
// RUN: weft-opt %s --weft-specialize="bind=masked@seq=4,7,batch=8,seq=16:32:16" | FileCheck %s
// RUN: weft-opt %s --weft-specialize="bind=seq=16,32,masked=4,7" | FileCheck %s --check-prefix=ALL

// Sizes in pairs make one copy for each pair, otherwise one for each tuple. A function that has but one of the two
// dimensions takes each of its sizes.
// ALL: func.func @logits__seq16__masked4(
// ALL: func.func @logits__seq16__masked7(
// ALL: func.func @logits__seq32__masked4(
// ALL: func.func @logits__seq32__masked7(
weft.model @pairs {
  // CHECK: func.func @logits__seq16__masked4(%{{.*}}: tensor<?x16x2xf32>{{.*}}, %{{.*}}: tensor<?x4xi32>
  // CHECK-SAME: -> tensor<?x4x2xf32> attributes {weft.bucket = {masked = 4 : i64, seq = 16 : i64}
  // CHECK: func.func @logits__seq32__masked7(%{{.*}}: tensor<?x32x2xf32>{{.*}}, %{{.*}}: tensor<?x7xi32>
  // CHECK-NOT: func.func @logits
  func.func @logits(%x: tensor<?x?x2xf32> {weft.dims = ["batch", "seq"]},
                    %at: tensor<?x?xi32> {weft.dims = ["batch", "masked"]}) -> tensor<?x?x2xf32> {
    %y = weft.gather %x, %at dim = 1 : (tensor<?x?x2xf32>, tensor<?x?xi32>) -> tensor<?x?x2xf32>
    return %y : tensor<?x?x2xf32>
  }
  // CHECK: func.func @places__masked4(
  // CHECK: func.func @places__masked7(
  // CHECK-NOT: func.func @places
  func.func @places(%x: tensor<?x?xf32> {weft.dims = ["batch", "masked"]}) -> tensor<?x?xf32> {
    return %x : tensor<?x?xf32>
  }
}
