#include "dnn/convolution.h"

namespace softcuda::dnn {

bool outputOf(const Convolution& convolution, const Tensor& input, const Filter& filter,
              Tensor& output) {
  bool set = input.extent[0] > 0 && filter.extent[0] > 0 && convolution.stride[0] > 0;
  if (!set || input.extent[1] != filter.extent[1]) return false;
  output = {{input.type, input.format, {input.extent[0], filter.extent[0], 0, 0}}};
  for (int i = 0; i < 2; i++) {
    int64_t span = int64_t{convolution.dilation[i]} * (filter.extent[2 + i] - 1) + 1;
    int64_t room = input.extent[2 + i] + int64_t{2} * convolution.pad[i] - span;
    if (room < 0) return false;
    output.extent[2 + i] = static_cast<int>(room / convolution.stride[i] + 1);
  }
  return true;
}

}  // namespace softcuda::dnn
