package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.Convolution;
import gpuvae.backend.Tensor;
import java.util.HashMap;
import java.util.Map;

/** Convolutions and their gradients; how each is laid out is found out once. */
final class Convolutions {
  /** Both ways through a convolution; by Winograd's algorithm, or null. */
  private record Layout(
      Correlation forward,
      Correlation backward,
      Winograd winogradForward,
      Winograd winogradBackward) {
    static Layout of(Convolution g) {
      boolean winograd = Winograd.pays(g);
      return new Layout(
          Correlation.forward(g),
          Correlation.backward(g),
          winograd ? Winograd.forward(g) : null,
          winograd ? Winograd.backward(g) : null);
    }
  }

  private final Correlate correlate;
  private final FilterGradient filterGradient;
  private final WinogradCorrelate winogradCorrelate;
  private final WinogradFilterGradient winogradFilterGradient;
  private final Map<Convolution, Layout> layouts = new HashMap<>();

  Convolutions(WorkerPool pool, Kernels kernels) {
    WinogradKernels transforms = kernels.images().winograd();
    PaddedImages[] padded = new PaddedImages[pool.workers()];
    WinogradTiles[] inputs = new WinogradTiles[pool.workers()];
    for (int i = 0; i < padded.length; i++) {
      padded[i] = new PaddedImages(kernels.images());
      inputs[i] = new WinogradTiles(kernels, transforms::input, Winograd.SEEN);
    }
    correlate = new Correlate(pool, kernels, padded);
    filterGradient = new FilterGradient(pool, kernels, padded);
    winogradCorrelate = new WinogradCorrelate(pool, kernels, inputs);
    winogradFilterGradient = new WinogradFilterGradient(pool, kernels, inputs);
  }

  private Layout layout(Convolution geometry) {
    return layouts.computeIfAbsent(geometry, Layout::of);
  }

  /** y = activation(convolution(x) + bias). */
  void forward(
      int rows,
      Convolution geometry,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Activation activation,
      Tensor y) {
    Layout layout = layout(geometry);
    if (layout.winogradForward != null) {
      winogradCorrelate.run(rows, layout.winogradForward, x, weight, bias, activation, y);
    } else {
      correlate.run(rows, layout.forward, x, weight, bias, activation, y);
    }
  }

  /** dx = activation(transposed convolution(dy) + bias). */
  void backwardData(
      int rows,
      Convolution geometry,
      Tensor dy,
      Tensor weight,
      Tensor bias,
      Activation activation,
      Tensor dx) {
    Layout layout = layout(geometry);
    if (layout.winogradBackward != null) {
      winogradCorrelate.run(rows, layout.winogradBackward, dy, weight, bias, activation, dx);
    } else {
      correlate.run(rows, layout.backward, dy, weight, bias, activation, dx);
    }
  }

  /** The same products either way: vectors hold the channels of the side that fills them better. */
  void backwardWeight(int rows, Convolution geometry, Tensor x, Tensor dy, Tensor gradient) {
    Layout layout = layout(geometry);
    if (layout.winogradForward != null) {
      winogradFilterGradient.run(rows, layout.winogradForward, x, dy, gradient);
    } else if (FilterGradient.work(layout.forward) <= FilterGradient.work(layout.backward)) {
      filterGradient.run(rows, layout.forward, x, dy, gradient);
    } else {
      filterGradient.run(rows, layout.backward, dy, x, gradient);
    }
  }
}
