package gpuvae.cuda;

/** A kernel; usable as long as its module is open. */
public final class CudaFunction {
  private final CudaModule module;
  private final long handle;

  CudaFunction(CudaModule module, long handle) {
    this.module = module;
    this.handle = handle;
  }

  long handle() {
    module.ensureOpen();
    return handle;
  }
}
