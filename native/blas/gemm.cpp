#include "blas/gemm.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "blas/tile.h"

namespace softcuda {
namespace {

constexpr int kRows = kTileRows, kColumns = kTileColumns;

// op(A)'s rows [i, i + kRows) as k runs, padded with zeros: kRows floats for each k.
void packRows(const Gemm& g, int i, std::vector<float>& panel) {
  int rows = std::min(kRows, g.m - i);
  for (int p = 0; p < g.k; p++) {
    float* to = &panel[static_cast<size_t>(p) * kRows];
    for (int r = 0; r < rows; r++)
      to[r] = g.transA ? g.a[(i + r) * g.lda + p] : g.a[p * g.lda + i + r];
    std::fill(to + rows, to + kRows, 0.0f);
  }
}

// op(B)'s columns, kColumns at a time: kColumns floats for each k.
std::vector<float> packColumns(const Gemm& g) {
  int groups = (g.n + kColumns - 1) / kColumns;
  std::vector<float> packed(static_cast<size_t>(groups) * kColumns * g.k, 0.0f);
  for (int j = 0; j < g.n; j++) {
    float* to = &packed[static_cast<size_t>(j / kColumns) * kColumns * g.k + j % kColumns];
    for (int p = 0; p < g.k; p++)
      to[static_cast<size_t>(p) * kColumns] = g.transB ? g.b[p * g.ldb + j] : g.b[j * g.ldb + p];
  }
  return packed;
}

// beta 0 does not read C.
void writeTile(const Gemm& g, int i, int j, const float (&total)[kColumns][kRows]) {
  for (int column = j; column < std::min(j + kColumns, g.n); column++) {
    for (int row = i; row < std::min(i + kRows, g.m); row++) {
      float& c = g.c[column * g.ldc + row];
      float product = g.alpha * total[column - j][row - i];
      c = g.beta == 0.0f ? product : std::fma(g.beta, c, product);
    }
  }
}

}  // namespace

void gemm(const Gemm& g) {
  bool product = g.alpha != 0.0f && g.k > 0;
  std::vector<float> columns = product ? packColumns(g) : std::vector<float>();
  std::vector<float> panel(product ? static_cast<size_t>(g.k) * kRows : 0);
  for (int i = 0; i < g.m; i += kRows) {
    if (product) packRows(g, i, panel);
    for (int j = 0; j < g.n; j += kColumns) {
      float total[kColumns][kRows] = {};
      if (product) multiplyTile(panel.data(), &columns[static_cast<size_t>(j) * g.k], g.k, total);
      writeTile(g, i, j, total);
    }
  }
}

}  // namespace softcuda
