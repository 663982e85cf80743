package gpuvae.cuda;

/** Kernels that were loaded together. */
public final class CudaModule extends Owned {
  private final long handle;

  CudaModule(CudaContext context, long handle) {
    super(context);
    this.handle = handle;
  }

  /**
   * A kernel by its name.
   *
   * @throws CudaException if there is none
   */
  public CudaFunction function(String name) {
    ensureOpen();
    return new CudaFunction(this, driver().function(handle, name));
  }

  @Override
  void free() {
    driver().unloadModule(handle);
  }
}
