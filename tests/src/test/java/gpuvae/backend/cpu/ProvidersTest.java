package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("scalar")
class ProvidersTest {
  private static final boolean VECTOR =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  @Test
  void whatIsThereIsChosen() {
    String chosen = Providers.choose("").getClass().getSimpleName();
    assertEquals(VECTOR ? "VectorKernels" : "ScalarKernels", chosen);
    assertInstanceOf(ScalarKernels.class, Providers.choose("scalar"));
  }

  @Test
  void vectorsThatAreNotThereNameTheFlag() {
    if (VECTOR) {
      assertEquals("VectorKernels", Providers.choose("vector").getClass().getSimpleName());
    } else {
      String message =
          assertThrows(IllegalStateException.class, () -> Providers.choose("vector")).getMessage();
      assertTrue(message.contains("--add-modules=jdk.incubator.vector"), message);
    }
  }

  @Test
  void anythingElseIsRefused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Providers.choose("gpu")).getMessage();
    assertTrue(message.contains("'gpu'") && message.contains("scalar, vector"), message);
  }
}
