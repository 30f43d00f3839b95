// RUN: weft-opt %s --weft-form-dispatches=mcpu=x86-64-v3 --split-input-file --verify-diagnostics

weft.model @composite {
  func.func @f(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
    // expected-error @+1 {{expected a primitive, composite ops are decomposed before dispatches are formed}}
    %0 = weft.softmax %x dim = 1 : tensor<?x8xf32>
    return %0 : tensor<?x8xf32>
  }
}
