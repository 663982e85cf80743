package gpuvae.cuda;

/** A device, whether in use or not. */
public final class CudaDevice {
  private final Cuda cuda;
  private final int handle;

  CudaDevice(Cuda cuda, int handle) {
    this.cuda = cuda;
    this.handle = handle;
  }

  /** As its makers call it. */
  public String name() {
    return driver().deviceName(handle);
  }

  /** Its generation. */
  public ComputeCapability computeCapability() {
    return new ComputeCapability(
        driver().deviceAttribute(DriverTable.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, handle),
        driver().deviceAttribute(DriverTable.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, handle));
  }

  /** Its memory in bytes. */
  public long totalMemory() {
    return driver().deviceMemory(handle);
  }

  /** How many multiprocessors it has. */
  public int multiprocessors() {
    return driver().deviceAttribute(DriverTable.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, handle);
  }

  /** The most that its memory can move, in bytes a second: twice in each clock, the bus's width. */
  public double memoryBandwidth() {
    double kilohertz =
        driver().deviceAttribute(DriverTable.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, handle);
    int bits =
        driver().deviceAttribute(DriverTable.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, handle);
    return 2 * 1e3 * kilohertz * bits / Byte.SIZE;
  }

  /** Retains its primary context, which the process shares, and makes it current. */
  public CudaContext openContext() {
    return new CudaContext(this, driver().retainPrimaryContext(handle));
  }

  Cuda cuda() {
    return cuda;
  }

  Driver driver() {
    return cuda.driver();
  }

  int handle() {
    return handle;
  }
}
