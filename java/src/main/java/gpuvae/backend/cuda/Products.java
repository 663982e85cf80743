package gpuvae.backend.cuda;

import gpuvae.backend.Precision;
import gpuvae.backend.Tensor;
import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CublasHandle;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.DeviceMemory;

/** Matrix products by cuBLAS. */
final class Products implements Part {
  /** What NVIDIA advises for the newest cards; older ones need less. */
  private static final long WORKSPACE = 32L << 20;

  private final Launcher launcher;
  private final Memory memory;
  private final Faults faults;
  private final CublasHandle blas;
  private final DeviceMemory workspace;

  Products(
      CudaContext context,
      CudaStream stream,
      Launcher launcher,
      Memory memory,
      Faults faults,
      Precision precision) {
    this.launcher = launcher;
    this.memory = memory;
    this.faults = faults;
    blas = context.createBlas(stream);
    workspace = memory.allocate("cuBLAS' workspace", WORKSPACE);
    blas.setWorkspace(workspace);
    blas.setMathMode(
        precision == Precision.TF32 ? CublasHandle.MathMode.TF32 : CublasHandle.MathMode.FLOAT32);
  }

  /** Backend.gemm. What is row-major here is, column-major, the transpose: C' = op(B)' op(A)'. */
  void gemm(
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      int m,
      int n,
      int k,
      Tensor c,
      boolean accumulate) {
    launcher.enter();
    try {
      blas.sgemm(
          transposeB,
          transposeA,
          n,
          m,
          k,
          1,
          CudaStorage.floats(b),
          b.columns(),
          CudaStorage.floats(a),
          a.columns(),
          accumulate ? 1 : 0,
          CudaStorage.floats(c),
          c.columns());
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  @Override
  public void close() {
    new Cleanup().then(blas::close).then(() -> memory.free(workspace)).end();
  }
}
