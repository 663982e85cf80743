// A tile of a product: 16 rows by 4 columns, kept in registers.
#pragma once

#include <algorithm>

namespace softcuda {

constexpr int kTileRows = 16;
constexpr int kTileColumns = 4;

constexpr int kSumBlock = 64;

// Eight floats; the compiler splits them where the machine's vectors are shorter.
using TileVector = float __attribute__((vector_size(32), aligned(4)));

// Adds rows times columns: for each k, kTileRows floats of `rows` and kTileColumns of `columns`.
// Sums along k in blocks of kSumBlock, each block in order (fused where the machine can), then the
// blocks in order.
inline void multiplyTile(const float* rows, const float* columns, int k,
                         float (&total)[kTileColumns][kTileRows]) {
  for (int start = 0; start < k; start += kSumBlock) {
    TileVector low[kTileColumns] = {}, high[kTileColumns] = {};
    int end = std::min(k, start + kSumBlock);
    for (int p = start; p < end; p++) {
      TileVector first = *reinterpret_cast<const TileVector*>(rows + p * kTileRows);
      TileVector second = *reinterpret_cast<const TileVector*>(rows + p * kTileRows + 8);
#pragma GCC unroll 4
      for (int j = 0; j < kTileColumns; j++) {
        low[j] += first * columns[p * kTileColumns + j];
        high[j] += second * columns[p * kTileColumns + j];
      }
    }
    for (int j = 0; j < kTileColumns; j++) {
      *reinterpret_cast<TileVector*>(total[j]) += low[j];
      *reinterpret_cast<TileVector*>(total[j] + 8) += high[j];
    }
  }
}

}  // namespace softcuda
