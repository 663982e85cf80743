package gpuvae.cuda;

/** Convolutions on a stream. */
public final class CudnnHandle extends Owned {
  /** How convolutions of floats are computed. */
  public enum MathMode {
    /** In float32. */
    FLOAT32(CudnnTable.CUDNN_FMA_MATH),
    /** With factors rounded to TF32 (10 bits of fraction) where the card has tensor cores. */
    TF32(CudnnTable.CUDNN_DEFAULT_MATH);

    private final int value;

    MathMode(int value) {
      this.value = value;
    }

    int value() {
      return value;
    }
  }

  private final Dnn dnn;
  private final long handle;

  CudnnHandle(CudaContext context, Dnn dnn, long handle) {
    super(context);
    this.dnn = dnn;
    this.handle = handle;
  }

  void setStream(CudaStream stream) {
    ensureOpen();
    dnn.setStream(handle, stream.handle());
  }

  /**
   * Plans a convolution, which chooses its algorithms and runs nothing.
   *
   * @param deterministic whether each algorithm must give the same bits every time
   * @param workspaceLimit the most that an algorithm may need, in bytes
   * @throws CudaException if cuDNN refuses the geometry
   * @throws IllegalArgumentException if no algorithm keeps to these limits
   */
  public CudnnConvolution plan(
      ConvolutionGeometry geometry, MathMode mode, boolean deterministic, long workspaceLimit) {
    ensureOpen();
    return context()
        .adopt(new CudnnConvolution(this, dnn, geometry, mode, deterministic, workspaceLimit));
  }

  long handle() {
    ensureOpen();
    return handle;
  }

  @Override
  void free() {
    dnn.destroy(handle);
  }
}
