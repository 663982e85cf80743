package gpuvae.backend.cuda;

import gpuvae.backend.PosteriorTensors;
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
  void reparameterise(StepState state, int rows, PosteriorTensors t, Tensor bias, boolean draw) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(t.z().columns())
        .putInt(t.head().ordinal())
        .putAddress(CudaStorage.floats(t.heads()))
        .putAddress(CudaStorage.floatsOrNull(bias))
        .putInt(draw ? 1 : 0)
        .putAddress(CudaStorage.floats(t.eps()))
        .putAddress(CudaStorage.floats(t.sigma()))
        .putAddress(CudaStorage.floats(t.z()))
        .putAddress(CudaStorage.floats(t.kl()));
    launcher.blocks(reparameterise, Math.ceilDiv(rows, ROWS_A_BLOCK));
  }

  /**
   * Backend.reparameteriseBackward.
   *
   * @param biasGradient F32 [2 latent], column sums of dHeads; null for none
   */
  void reparameteriseBackward(StepState state, int rows, PosteriorTensors t, Tensor biasGradient) {
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(t.dz().columns())
        .putInt(t.head().ordinal())
        .putAddress(CudaStorage.floats(t.heads()))
        .putAddress(CudaStorage.floats(t.eps()))
        .putAddress(CudaStorage.floats(t.sigma()))
        .putAddress(CudaStorage.floats(t.dz()))
        .putAddress(CudaStorage.floats(t.dHeads()))
        .putAddress(CudaStorage.floatsOrNull(biasGradient));
    int rowBlocks = biasGradient == null ? Math.ceilDiv(rows, 64) : 1;
    launcher.strips(reparameteriseBackward, t.dz().columns(), rowBlocks);
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
