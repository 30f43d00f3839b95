// Each phase prints IR that parses again, and going on from there gives what going all the way does.
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-pipeline="to=flat" -o %t.flat.mlir
// RUN: weft-opt %t.flat.mlir --weft-pipeline="from=flat to=specialized bind=batch=64" -o %t.specialized.mlir
// RUN: weft-opt %t.specialized.mlir --weft-pipeline="from=specialized to=training" -o %t.training.mlir
// RUN: weft-opt %t.training.mlir --weft-pipeline="from=training to=optimized" -o %t.optimized.mlir
// RUN: weft-opt %examples/mlp/mlp.mlir --weft-pipeline="bind=batch=64" -o %t.direct.mlir
// RUN: diff %t.optimized.mlir %t.direct.mlir
// RUN: FileCheck %s --check-prefix=FLAT < %t.flat.mlir
// RUN: FileCheck %s --check-prefix=SPECIALIZED < %t.specialized.mlir
// RUN: FileCheck %s --check-prefix=TRAINING < %t.training.mlir
// RUN: FileCheck %s --check-prefix=OPTIMIZED < %t.optimized.mlir
// RUN: not weft-opt %examples/mlp/mlp.mlir --weft-pipeline="from=training to=flat" 2>&1 | FileCheck %s --check-prefix=ORDER

// FLAT: func.func @logits(
// FLAT: func.func @loss(
// FLAT-NOT: call
// SPECIALIZED: weft.tuned_batch = 64
// TRAINING: func.func @train_step(
// TRAINING: weft.sgd_update
// OPTIMIZED: weft.layout = array<i64: 1, 0>
// OPTIMIZED-NOT: weft.sgd_update
// ORDER: expected phases from input to schedule in order, got from=training to=flat
