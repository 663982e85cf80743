package gpuvae.cuda;

/** Recorded work. */
public final class CudaGraph extends Owned {
  private final long handle;

  CudaGraph(CudaContext context, long handle) {
    super(context);
    this.handle = handle;
  }

  /** How many launches, products, copies and fills it consists of. */
  public long nodeCount() {
    ensureOpen();
    return driver().graphNodeCount(handle);
  }

  /** Makes it ready to run; the graph itself may be closed then. */
  public CudaGraphExec instantiate() {
    ensureOpen();
    return context().adopt(new CudaGraphExec(context(), driver().instantiateGraph(handle)));
  }

  @Override
  void free() {
    driver().destroyGraph(handle);
  }
}
