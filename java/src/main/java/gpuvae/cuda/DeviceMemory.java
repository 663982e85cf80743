package gpuvae.cuda;

/** Memory on a device. */
public final class DeviceMemory extends Owned {
  private final long address;
  private final long size;

  DeviceMemory(CudaContext context, long address, long size) {
    super(context);
    this.address = address;
    this.size = size;
  }

  /** Where it begins, for the device; a multiple of 256. */
  public long address() {
    ensureOpen();
    return address;
  }

  /** In bytes. */
  public long size() {
    return size;
  }

  @Override
  void free() {
    driver().free(address);
  }
}
