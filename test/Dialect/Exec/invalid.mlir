// RUN: weft-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{expected 'exec.interface' as its last op}}
exec.program @p fixed(0) rows(0) {
  exec.barrier
}

// -----

exec.program @p fixed(0) rows(0) {
  // expected-error @+1 {{expected commands and slots only in a program}}
  %0 = arith.constant 0 : i32
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(64) rows(0) {
  // expected-error @+1 {{expected a slot within the 64 bytes of its region, got one that ends at 68}}
  %0 = exec.slot fixed at 64 fixed(4)
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(0) rows(64) {
  // expected-error @+1 {{expected a slot within the 64 bytes of its region, got one that ends at 80}}
  %0 = exec.slot rows at 0 rows(80)
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(64) rows(0) {
  // expected-error @+1 {{expected an offset that is a multiple of 64, got 4}}
  %0 = exec.slot persistent at 4 fixed(4)
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(64) rows(0) {
  // expected-error @+1 {{expected a size per row in the spaces rows and argument only}}
  %0 = exec.slot persistent at 0 rows(4)
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(64) rows(64) {
  // expected-error @+1 {{expected a size per row alone in the space rows, got fixed 4}}
  %0 = exec.slot rows at 0 fixed(4) rows(4)
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(64) rows(64) {
  %0 = exec.slot rows at 0 rows(4)
  %1 = exec.slot fixed at 0 fixed(4)
  // expected-error @+1 {{expected slots of the same size, got 0 + 4 * rows and 4 + 0 * rows}}
  exec.copy %0, %1
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(0) rows(0) {
  // expected-error @+1 {{expected a kernel of the module, got @nothing}}
  exec.dispatch @nothing()
  exec.interface inputs() outputs()
}

// -----

exec.program @p fixed(0) rows(0) {
^bb0(%x: !exec.slot):
  // expected-error @+1 {{expected slots that exec.slot makes}}
  exec.copy %x, %x
  exec.interface inputs() outputs()
}
