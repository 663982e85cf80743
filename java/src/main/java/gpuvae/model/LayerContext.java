package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.NormTensors;
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

  /**
   * What a norm works on, with an output of its own.
   *
   * @param name of the layer
   * @param inputGradient null where no gradient of the input is wanted
   */
  NormTensors norm(
      String name,
      Activation activation,
      Tensor input,
      Tensor inputGradient,
      Tensor residual,
      Tensor mean,
      Tensor inverse) {
    Tensor output = rows(input.columns());
    return new NormTensors(
        input,
        value(name + ".weight"),
        value(name + ".bias"),
        residual,
        activation,
        mean,
        inverse,
        pre(activation, output),
        output,
        rows(input.columns()),
        gradient(name + ".weight"),
        gradient(name + ".bias"),
        inputGradient != null ? inputGradient : rows(input.columns()));
  }
}
