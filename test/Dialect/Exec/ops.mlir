// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --emit-bytecode | weft-opt --allow-bytecode | FileCheck %s

func.func private @kernel()

// CHECK-LABEL: exec.program @step fixed(64) rows(128) {
exec.program @step fixed(64) rows(128) {
  // CHECK: %[[W:.*]] = exec.slot persistent at 64 fixed(16)
  %w = exec.slot persistent at 64 fixed(16)
  // CHECK: %[[C:.*]] = exec.slot constant at 0 fixed(4)
  %c = exec.slot constant at 0 fixed(4)
  // CHECK: %[[X:.*]] = exec.slot argument at 0 rows(16)
  %x = exec.slot argument at 0 rows(16)
  // CHECK: %[[Y:.*]] = exec.slot rows at 64 rows(16)
  %y = exec.slot rows at 64 rows(16)
  // CHECK: %[[N:.*]] = exec.slot fixed at 0 fixed(16)
  %n = exec.slot fixed at 0 fixed(16)
  // CHECK: exec.fill %[[N]], 7
  exec.fill %n, 7
  // CHECK: exec.dispatch @kernel(%[[W]], %[[C]], %[[X]], %[[Y]]) constants [3, 4]
  exec.dispatch @kernel(%w, %c, %x, %y) constants [3, 4]
  // CHECK: exec.barrier
  exec.barrier
  // CHECK: exec.all_reduce %[[N]], %[[W]]
  exec.all_reduce %n, %w
  // CHECK: exec.copy %[[N]], %[[W]]
  exec.copy %n, %w
  // CHECK: exec.interface inputs(%[[X]]) outputs(%[[Y]], %[[N]])
  exec.interface inputs(%x) outputs(%y, %n)
}
