package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Tensor;

/** What every layer is made from. */
record LayerContext(Backend backend, Workspace workspace, Parameters parameters) {
  /** F32 [capacity, columns]. */
  Tensor rows(int columns) {
    return workspace.rows(columns);
  }

  /** What an activation's derivative needs: its input apart from its output, or one tensor. */
  Tensor pre(Activation activation, Tensor output) {
    return activation.needsInput() ? rows(output.columns()) : output;
  }

  Tensor value(String name) {
    return parameters.value(name);
  }

  Tensor gradient(String name) {
    return parameters.gradient(name);
  }
}
