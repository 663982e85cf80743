package gpuvae.cuda;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets a class's tests ask for {@code Device.cuda(0)}: it is the one that tests run on. */
public final class CudaLibraries implements BeforeAllCallback, AfterAllCallback {
  /** For JUnit. */
  public CudaLibraries() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    CudaDeviceForTests.libraries()
        .only()
        .ifPresent(folder -> System.setProperty(LibraryProbe.PROPERTY, folder.toString()));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    System.clearProperty(LibraryProbe.PROPERTY);
  }
}
