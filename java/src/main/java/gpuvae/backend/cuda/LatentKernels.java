package gpuvae.backend.cuda;

import gpuvae.backend.LatentTensors;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.CudaFunction;

/** The layers around the latent variables, but for the encoder's last product. */
final class LatentKernels {
  /** The widest layers and the most latent variables: what the kernels' shared memory holds. */
  private static final int WIDEST = 1024;

  private static final int MOST_LATENT = 128;

  /**
   * Each block reads all weights from the cache, some 64 bytes a clock: so many values are 4096
   * clocks, about the time of one launch. cuBLAS, whose blocks read a part of them, overtakes where
   * there are more.
   */
  private static final long MOST_WEIGHTS = 65_536;

  private static final int ROWS_A_BLOCK = 4;
  private static final int STRIP = 32;
  private static final int CHUNK = 16;

  private final Launcher launcher;
  private final Scratch scratch;
  private final CudaFunction forward;
  private final CudaFunction backward;

  LatentKernels(Launcher launcher, KernelLibrary library, Scratch scratch) {
    this.launcher = launcher;
    this.scratch = scratch;
    forward = library.function("latent_forward");
    backward = library.function("latent_backward");
  }

  /** Whether they are the faster way. */
  static boolean suit(LatentTensors t) {
    Tensor headWeight = t.heads().weight();
    Tensor nextWeight = t.after().weight();
    return headWeight.columns() <= WIDEST
        && nextWeight.rows() <= WIDEST
        && nextWeight.columns() <= MOST_LATENT
        && headWeight.size() + nextWeight.size() <= MOST_WEIGHTS;
  }

  /** After the product of the encoder's last layer, which stays in {@code before}'s pre. */
  void forward(StepState state, int rows, LatentTensors t, boolean draw) {
    LayerTensors before = t.before();
    LayerTensors heads = t.heads();
    LayerTensors after = t.after();
    PosteriorTensors posterior = t.posterior();
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(before.y().columns())
        .putInt(after.x().columns())
        .putInt(after.y().columns())
        .putAddress(CudaStorage.floats(before.pre()))
        .putAddress(CudaStorage.floats(before.bias()))
        .putInt(before.activation().kind().ordinal())
        .putFloat(before.activation().slope())
        .putAddress(CudaStorage.floats(heads.weight()))
        .putAddress(CudaStorage.floats(heads.bias()))
        .putInt(posterior.head().ordinal())
        .putAddress(CudaStorage.floats(heads.y()))
        .putInt(draw ? 1 : 0)
        .putAddress(CudaStorage.floats(posterior.eps()))
        .putAddress(CudaStorage.floats(posterior.kl()))
        .putAddress(CudaStorage.floats(after.weight()))
        .putAddress(CudaStorage.floats(after.bias()))
        .putInt(after.activation().kind().ordinal())
        .putFloat(after.activation().slope())
        .putAddress(CudaStorage.floats(after.pre()))
        .putAddress(CudaStorage.floats(after.y()));
    launcher.largeBlocks(forward, Math.ceilDiv(rows, ROWS_A_BLOCK));
  }

  /** Before the products of the encoder's last layer. */
  void backward(StepState state, int rows, LatentTensors t) {
    LayerTensors before = t.before();
    LayerTensors heads = t.heads();
    LayerTensors after = t.after();
    PosteriorTensors posterior = t.posterior();
    int hidden = before.y().columns();
    int latent = after.x().columns();
    int outputs = after.y().columns();
    launcher
        .arguments()
        .putAddress(CudaStorage.address(state.words()))
        .putInt(rows)
        .putInt(hidden)
        .putInt(latent)
        .putInt(outputs)
        .putInt(after.activation().kind().ordinal())
        .putFloat(after.activation().slope())
        .putAddress(LayerKernels.operand(after.activation(), after.pre(), after.y()))
        .putAddress(CudaStorage.floats(after.dy()))
        .putAddress(CudaStorage.floats(after.weight()))
        .putAddress(CudaStorage.floats(after.x()))
        .putAddress(CudaStorage.floats(after.weightGradient()))
        .putAddress(CudaStorage.floats(after.biasGradient()))
        .putInt(posterior.head().ordinal())
        .putAddress(CudaStorage.floats(heads.weight()))
        .putAddress(CudaStorage.floats(heads.y()))
        .putAddress(CudaStorage.floats(posterior.eps()))
        .putAddress(CudaStorage.floats(heads.dy()))
        .putAddress(CudaStorage.floats(heads.weightGradient()))
        .putAddress(CudaStorage.floats(heads.biasGradient()))
        .putInt(before.activation().kind().ordinal())
        .putFloat(before.activation().slope())
        .putAddress(CudaStorage.floats(before.pre()))
        .putAddress(CudaStorage.floats(before.bias()))
        .putAddress(CudaStorage.floats(before.dy()))
        .putAddress(CudaStorage.floats(before.biasGradient()))
        .putAddress(scratch.ticket());
    // A row or column of ones makes the sums of the heads' bias and of the next layer's.
    int blocks =
        Math.ceilDiv(rows, ROWS_A_BLOCK)
            + Math.ceilDiv(hidden + 1, STRIP) * Math.ceilDiv(2 * latent, CHUNK)
            + Math.ceilDiv(outputs, STRIP) * Math.ceilDiv(latent + 1, CHUNK)
            + Math.ceilDiv(hidden, STRIP);
    launcher.largeBlocks(backward, blocks);
  }
}
