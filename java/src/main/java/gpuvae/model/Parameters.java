package gpuvae.model;

import gpuvae.backend.AdamTensors;
import gpuvae.backend.ElementType;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;

/**
 * Parameters, gradients and the two Adam moments: four flat buffers of one layout, so that Adam is
 * one pass and a checkpoint one copy.
 */
public final class Parameters {
  private final ParameterLayout layout;
  private final AdamTensors tensors;
  private final Statistics statistics;

  /**
   * Allocates zeros.
   *
   * @param tensors of its owner, who frees them
   */
  Parameters(Tensors tensors, ParameterLayout layout) {
    this.layout = layout;
    this.tensors = new AdamTensors(zeros(tensors), zeros(tensors), zeros(tensors), zeros(tensors));
    statistics = new Statistics(tensors, layout);
  }

  private Tensor zeros(Tensors tensors) {
    Tensor tensor = tensors.allocate(ElementType.F32, layout.flatSize());
    tensors.backend().fill(tensor, 0);
    return tensor;
  }

  /** Where each parameter is. */
  public ParameterLayout layout() {
    return layout;
  }

  /** All four, as the optimizer takes them. */
  AdamTensors tensors() {
    return tensors;
  }

  /** F32 [flat size]. */
  public Tensor values() {
    return tensors.parameters();
  }

  /** F32 [flat size]: of the last step, summed over its batch. */
  public Tensor gradients() {
    return tensors.gradients();
  }

  /** F32 [flat size]: Adam's m. */
  public Tensor firstMoment() {
    return tensors.firstMoment();
  }

  /** F32 [flat size]: Adam's v. */
  public Tensor secondMoment() {
    return tensors.secondMoment();
  }

  /** What batch norms know beside their parameters. */
  public Statistics statistics() {
    return statistics;
  }

  /** A parameter, as a view in its own shape. */
  Tensor value(String name) {
    return view(values(), name);
  }

  /** A parameter's gradient, as a view in its own shape. */
  Tensor gradient(String name) {
    return view(gradients(), name);
  }

  private Tensor view(Tensor buffer, String name) {
    ParameterLayout.Entry entry = layout.entry(name);
    return buffer.view(entry.offset(), entry.dimensions());
  }

  /** Two neighbouring parameters of one shape as one, twice as many rows. */
  Tensor pair(Tensor first, Tensor second) {
    int[] shape = first.shape();
    shape[0] *= 2;
    if (second.offset() != first.offset() + first.size()) {
      throw new IllegalStateException("the heads' parameters are not neighbours");
    }
    Tensor buffer = first.storage() == values().storage() ? values() : gradients();
    return buffer.view(first.offset() - buffer.offset(), shape);
  }
}
