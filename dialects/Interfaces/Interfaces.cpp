// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated definitions of the op interfaces.
#include "dialects/Interfaces/DecomposableOpInterface.h"
#include "dialects/Interfaces/DifferentiableOpInterface.h"
#include "dialects/Interfaces/FusableOpInterface.h"
#include "dialects/Interfaces/LossOpInterface.h"
#include "dialects/Interfaces/RandomOpInterface.h"
#include "dialects/Interfaces/ReferenceOpInterface.h"

#include "dialects/Interfaces/DecomposableOpInterface.cpp.inc"
#include "dialects/Interfaces/DifferentiableOpInterface.cpp.inc"
#include "dialects/Interfaces/FusableOpInterface.cpp.inc"
#include "dialects/Interfaces/LossOpInterface.cpp.inc"
#include "dialects/Interfaces/RandomOpInterface.cpp.inc"
#include "dialects/Interfaces/ReferenceOpInterface.cpp.inc"
