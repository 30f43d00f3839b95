// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All of the graph dialect: its attributes and every family of ops.
#ifndef WEFT_DIALECT_WEFT_H
#define WEFT_DIALECT_WEFT_H

#include "dialects/Weft/AttentionOps.h"
#include "dialects/Weft/ContractionOps.h"
#include "dialects/Weft/ElementwiseOps.h"
#include "dialects/Weft/IndexingOps.h"
#include "dialects/Weft/LossOps.h"
#include "dialects/Weft/ModelOps.h"
#include "dialects/Weft/NormalizationOps.h"
#include "dialects/Weft/OptimizerOps.h"
#include "dialects/Weft/RandomOps.h"
#include "dialects/Weft/ReductionOps.h"
#include "dialects/Weft/ShapeOps.h"

#endif
