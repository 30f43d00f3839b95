// RUN: weft-opt %s --weft-check-op-cases -o /dev/null

// Every relation, of numbers, NaN, integers and truth values.

func.func @eq(%a: tensor<5xf32> {case.value = dense<[1.0, 2.0, 3.0, 0x7FC00000, -0.0]> : tensor<5xf32>},
              %b: tensor<5xf32> {case.value = dense<[2.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>})
    -> (tensor<5xi1> {case.expect = dense<[false, true, false, false, true]> : tensor<5xi1>}) {
  %y = weft.compare eq, %a, %b : tensor<5xf32>
  return %y : tensor<5xi1>
}

func.func @ne(%a: tensor<5xf32> {case.value = dense<[1.0, 2.0, 3.0, 0x7FC00000, -0.0]> : tensor<5xf32>},
              %b: tensor<5xf32> {case.value = dense<[2.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>})
    -> (tensor<5xi1> {case.expect = dense<[true, false, true, true, false]> : tensor<5xi1>}) {
  %y = weft.compare ne, %a, %b : tensor<5xf32>
  return %y : tensor<5xi1>
}

func.func @lt(%a: tensor<5xf32> {case.value = dense<[1.0, 2.0, 3.0, 0x7FC00000, -0.0]> : tensor<5xf32>},
              %b: tensor<5xf32> {case.value = dense<[2.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>})
    -> (tensor<5xi1> {case.expect = dense<[true, false, false, false, false]> : tensor<5xi1>}) {
  %y = weft.compare lt, %a, %b : tensor<5xf32>
  return %y : tensor<5xi1>
}

func.func @le(%a: tensor<5xf32> {case.value = dense<[1.0, 2.0, 3.0, 0x7FC00000, -0.0]> : tensor<5xf32>},
              %b: tensor<5xf32> {case.value = dense<[2.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>})
    -> (tensor<5xi1> {case.expect = dense<[true, true, false, false, true]> : tensor<5xi1>}) {
  %y = weft.compare le, %a, %b : tensor<5xf32>
  return %y : tensor<5xi1>
}

func.func @gt(%a: tensor<5xf32> {case.value = dense<[1.0, 2.0, 3.0, 0x7FC00000, -0.0]> : tensor<5xf32>},
              %b: tensor<5xf32> {case.value = dense<[2.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>})
    -> (tensor<5xi1> {case.expect = dense<[false, false, true, false, false]> : tensor<5xi1>}) {
  %y = weft.compare gt, %a, %b : tensor<5xf32>
  return %y : tensor<5xi1>
}

func.func @ge(%a: tensor<5xf32> {case.value = dense<[1.0, 2.0, 3.0, 0x7FC00000, -0.0]> : tensor<5xf32>},
              %b: tensor<5xf32> {case.value = dense<[2.0, 2.0, 2.0, 0x7FC00000, 0.0]> : tensor<5xf32>})
    -> (tensor<5xi1> {case.expect = dense<[false, true, true, false, true]> : tensor<5xi1>}) {
  %y = weft.compare ge, %a, %b : tensor<5xf32>
  return %y : tensor<5xi1>
}

// Integers are signed.
func.func @signed(%a: tensor<3xi8> {case.value = dense<[-1, 0, 5]> : tensor<3xi8>},
                  %b: tensor<3xi8> {case.value = dense<[1, 0, -5]> : tensor<3xi8>})
    -> (tensor<3xi1> {case.expect = dense<[true, false, false]> : tensor<3xi1>}) {
  %y = weft.compare lt, %a, %b : tensor<3xi8>
  return %y : tensor<3xi1>
}

// False is less than true.
func.func @truth(%a: tensor<4xi1> {case.value = dense<[true, true, false, false]> : tensor<4xi1>},
                 %b: tensor<4xi1> {case.value = dense<[true, false, true, false]> : tensor<4xi1>})
    -> (tensor<4xi1> {case.expect = dense<[false, false, true, false]> : tensor<4xi1>}) {
  %y = weft.compare lt, %a, %b : tensor<4xi1>
  return %y : tensor<4xi1>
}

func.func @dynamic(%a: tensor<?x1xi64> {case.value = dense<[[-1], [0], [5]]> : tensor<3x1xi64>},
                   %b: tensor<?x1xi64> {case.value = dense<[[1], [0], [-5]]> : tensor<3x1xi64>})
    -> (tensor<?x1xi1> {case.expect = dense<[[false], [true], [true]]> : tensor<3x1xi1>}) {
  %y = weft.compare ge, %a, %b : tensor<?x1xi64>
  return %y : tensor<?x1xi1>
}
