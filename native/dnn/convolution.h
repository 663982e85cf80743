// Convolutions: their shapes.
#pragma once

#include "dnn/library.h"

namespace softcuda::dnn {

constexpr int kCrossCorrelation = 1;
constexpr int kMostMathType = 3;

// The output's shape; false if the three do not fit together or it would be empty.
bool outputOf(const Convolution& convolution, const Tensor& input, const Filter& filter,
              Tensor& output);

}  // namespace softcuda::dnn
