package gpuvae.cuda;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets a class's tests ask for {@code Device.cuda(0)}: it is the one that tests run on. */
public final class CudaLibraries implements BeforeAllCallback, AfterAllCallback {
  private String before;

  /** For JUnit. */
  public CudaLibraries() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    LibraryProbe libraries = CudaDeviceForTests.libraries();
    before = System.clearProperty(LibraryProbe.PROPERTY);
    libraries.only().ifPresent(folder -> restore(folder.toString()));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    restore(before);
  }

  /** Sets the property; clears it with null. */
  static void restore(String value) {
    if (value == null) {
      System.clearProperty(LibraryProbe.PROPERTY);
    } else {
      System.setProperty(LibraryProbe.PROPERTY, value);
    }
  }
}
