package gpuvae.cuda;

/** What generation a device is of, such as 9.0. */
public record ComputeCapability(int major, int minor) {
  @Override
  public String toString() {
    return major + "." + minor;
  }
}
