package gpuvae.backend.cuda;

import gpuvae.backend.PosteriorHead;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** Sampling the posterior and the prior. */
final class PosteriorKernels {
  private static final int ROWS_A_BLOCK = 8;

  private final Launcher launcher;
  private final CudaFunction reparameterise;
  private final CudaFunction reparameteriseBackward;
  private final CudaFunction standardNormal;

  PosteriorKernels(Launcher launcher, KernelLibrary library) {
    this.launcher = launcher;
    reparameterise = library.function("reparameterise");
    reparameteriseBackward = library.function("reparameterise_backward");
    standardNormal = library.function("standard_normal");
  }

  /**
   * Backend.reparameterise.
   *
   * @param bias F32 [2 latent], added to the heads before; null for none
   */
  void reparameterise(
      StepState state,
      int rows,
      PosteriorHead head,
      Tensor heads,
      Tensor bias,
      boolean draw,
      Tensor eps,
      Tensor sigma,
      Tensor z,
      Tensor kl) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(z.columns())
        .putInt(head.ordinal())
        .putAddress(CudaStorage.floats(heads))
        .putAddress(CudaStorage.floatsOrNull(bias))
        .putInt(draw ? 1 : 0)
        .putAddress(CudaStorage.floats(eps))
        .putAddress(CudaStorage.floats(sigma))
        .putAddress(CudaStorage.floats(z))
        .putAddress(CudaStorage.floats(kl));
    launcher.blocks(reparameterise, Math.ceilDiv(rows, ROWS_A_BLOCK));
  }

  /**
   * Backend.reparameteriseBackward.
   *
   * @param biasGradient F32 [2 latent], column sums of dHeads; null for none
   */
  void reparameteriseBackward(
      StepState state,
      int rows,
      PosteriorHead head,
      Tensor heads,
      Tensor eps,
      Tensor sigma,
      Tensor dz,
      Tensor dHeads,
      Tensor biasGradient) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(dz.columns())
        .putInt(head.ordinal())
        .putAddress(CudaStorage.floats(heads))
        .putAddress(CudaStorage.floats(eps))
        .putAddress(CudaStorage.floats(sigma))
        .putAddress(CudaStorage.floats(dz))
        .putAddress(CudaStorage.floats(dHeads))
        .putAddress(CudaStorage.floatsOrNull(biasGradient));
    int rowBlocks = biasGradient == null ? Math.ceilDiv(rows, 64) : 1;
    launcher.strips(reparameteriseBackward, dz.columns(), rowBlocks);
  }

  void standardNormal(StepState state, int rows, Tensor z) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(z.columns())
        .putAddress(CudaStorage.floats(z));
    launcher.rows(standardNormal, rows, z.columns());
  }
}
