package gpuvae.model;

import gpuvae.backend.Activation;
import gpuvae.config.LayerConfig;
import gpuvae.config.VaeConfig;
import gpuvae.io.Json;
import gpuvae.io.SafetensorsReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * PyTorch's float64 results for a preset, and how far PyTorch's own float32 lands from them. The
 * small cases are resources of the tests; the others are read from the folder that the environment
 * variable GPUVAE_GOLDEN names, and skipped where it is not set.
 */
final class Golden implements AutoCloseable {
  private static final List<String> RESOURCES =
      List.of("autoencoder", "mlp-softplus", "mlp-relu-odd", "conv-upsample", "conv-residual");

  private final String name;
  private final Path copy;
  private final SafetensorsReader reader;
  private final Map<?, ?> row;

  private Golden(String name, Path copy, SafetensorsReader reader, Map<?, ?> row) {
    this.name = name;
    this.copy = copy;
    this.reader = reader;
    this.row = row;
  }

  static Golden open(String name) throws IOException {
    if (RESOURCES.contains(name)) {
      Path copy = Files.createTempFile("golden", ".safetensors");
      try (InputStream in = resource(name + ".safetensors");
          InputStream index = resource("index.json")) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        String json = new String(index.readAllBytes(), StandardCharsets.UTF_8);
        return new Golden(name, copy, SafetensorsReader.open(copy), row(json, name));
      }
    }
    String folder = System.getenv("GPUVAE_GOLDEN");
    Assumptions.assumeTrue(folder != null, "GPUVAE_GOLDEN does not name the folder with " + name);
    Path file = Path.of(folder, name + ".safetensors");
    String json = Files.readString(Path.of(folder, "index.json"));
    return new Golden(name, null, SafetensorsReader.open(file), row(json, name));
  }

  private static InputStream resource(String file) {
    return Golden.class.getResourceAsStream("/golden/" + file);
  }

  private static Map<?, ?> row(String json, String name) throws IOException {
    for (Object row : (List<?>) Json.parse(json, "index.json")) {
      if (((Map<?, ?>) row).get("case").equals(name)) {
        return (Map<?, ?>) row;
      }
    }
    throw new IOException("index.json has no case " + name);
  }

  VaeConfig config() {
    return name.equals("mlp-relu-odd")
        ? VaeConfig.preset("mlp-relu").toBuilder()
            .latent(5)
            .encoder(new LayerConfig.Dense("encoder.fc1", 37, Activation.RELU))
            .decoder(new LayerConfig.Dense("decoder.fc3", 37, Activation.RELU))
            .build()
        : VaeConfig.preset(name);
  }

  int batch() {
    return ((Number) row.get("batch")).intValue();
  }

  boolean has(String key) {
    return reader.names().contains(key);
  }

  float[] floats(String key) throws IOException {
    return reader.floats(key);
  }

  double loss(String key) throws IOException {
    return reader.doubles(key)[0];
  }

  /** PyTorch's float32 error: ||float32 - float64|| / ||float64||. */
  double torchError(String key) {
    return ((Number) ((Map<?, ?>) row.get("torch_float32_error")).get(key)).doubleValue();
  }

  @Override
  public void close() throws IOException {
    reader.close();
    if (copy != null) {
      Files.deleteIfExists(copy);
    }
  }
}
