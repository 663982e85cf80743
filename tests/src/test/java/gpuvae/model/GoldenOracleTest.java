package gpuvae.model;

import gpuvae.backend.reference.DoubleBackend;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle itself against PyTorch's float64. */
class GoldenOracleTest {
  @ParameterizedTest
  @ValueSource(strings = {"mlp-relu-odd", "mlp-softplus", "autoencoder", "conv-upsample"})
  void doubleBackend(String name) throws IOException {
    try (DoubleBackend backend = new DoubleBackend()) {
      GoldenTest.check(backend, name);
    }
  }
}
