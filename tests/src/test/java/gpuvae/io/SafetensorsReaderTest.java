package gpuvae.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsReaderTest {
  @TempDir Path folder;

  static Path golden(String name) throws URISyntaxException {
    return Path.of(SafetensorsReaderTest.class.getResource("/golden/" + name).toURI());
  }

  /** First value, last value and the sum in double of absolute values, by numpy. */
  @ParameterizedTest
  @CsvSource({
    "autoencoder, 38, x, 70, -1.9451090097427368, 0.978939950466156, 54.312210901640356",
    "autoencoder, 38, out/mu, 14, -0.6584765911102295, 0.1387990117073059, 2.957006359472871",
    "mlp-softplus, 48, out/sigma, 14, 0.5311880707740784, 1.1396979093551636, 10.967113554477692",
    "mlp-softplus, 48, out/decoder, 70, 0.20499327778816223, -0.12405255436897278,"
        + " 23.40920239314437",
    "mlp-relu-odd, 48, x, 10192, 0.0, 0.0, 1226.9137365086935",
    "mlp-relu-odd, 48, out/decoder, 10192, -0.07162809371948242, -0.30366358160972595,"
        + " 2575.3066556495064",
  })
  void readsGoldenTensors(
      String file, int tensors, String name, int count, float first, float last, double sum)
      throws Exception {
    try (SafetensorsReader reader = SafetensorsReader.open(golden(file + ".safetensors"))) {
      assertEquals(tensors, reader.names().size());
      float[] values = reader.floats(name);
      assertEquals(count, values.length);
      assertEquals(count, reader.info(name).elements());
      assertEquals(first, values[0]);
      assertEquals(last, values[count - 1]);
      double actual = 0;
      for (float value : values) {
        actual += Math.abs((double) value);
      }
      assertEquals(sum, actual, 1e-12 * sum);
    }
  }

  @Test
  void goldenLossesMatchTheirIndex() throws Exception {
    for (Object row : (List<?>) Json.parse(Files.readString(golden("index.json")), "index.json")) {
      Map<?, ?> fields = (Map<?, ?>) row;
      try (SafetensorsReader reader =
          SafetensorsReader.open(golden(fields.get("case") + ".safetensors"))) {
        assertArrayEquals(
            new double[] {(Double) fields.get("recon")}, reader.doubles("loss/recon"));
        double kl = ((Number) fields.get("kl")).doubleValue();
        assertArrayEquals(new double[] {kl}, reader.doubles("loss/kl"));
        assertEquals(DType.F64, reader.info("loss/kl").dtype());
      }
    }
  }

  @Test
  void readsEveryGoldenFileThere() throws IOException {
    String folder = System.getenv("GPUVAE_GOLDEN");
    assumeTrue(folder != null, "GPUVAE_GOLDEN names no folder of golden files");
    int files = 0;
    try (Stream<Path> paths = Files.list(Path.of(folder))) {
      for (Path path : paths.filter(p -> p.toString().endsWith(".safetensors")).toList()) {
        try (SafetensorsReader reader = SafetensorsReader.open(path)) {
          long bytes = 0;
          for (String name : reader.names()) {
            bytes += reader.bytes(name).length;
          }
          assertEquals(RawSafetensors.data(path).capacity(), bytes, path.toString());
        }
        files++;
      }
    }
    assertTrue(files >= 7, files + " files");
  }

  @Test
  void readsEveryType() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(Math.PI).putLong(-5_000_000_000L).putFloat(-1.5f).putInt(-7).putInt(-7);
    data.putShort((short) 0x3555).putShort((short) 0xC049).putShort((short) -3);
    data.putShort((short) -3).put((byte) -2).put((byte) -2).put((byte) 1);
    String header =
        """
        {"f64":{"dtype":"F64","shape":[],"data_offsets":[0,8]},
        "i64":{"dtype":"I64","shape":[1,1],"data_offsets":[8,16]},
        "f32":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},
        "i32":{"dtype":"I32","shape":[1],"data_offsets":[20,24]},
        "u32":{"dtype":"U32","shape":[1],"data_offsets":[24,28]},
        "f16":{"dtype":"F16","shape":[1],"data_offsets":[28,30]},
        "bf16":{"dtype":"BF16","shape":[1],"data_offsets":[30,32]},
        "i16":{"dtype":"I16","shape":[1],"data_offsets":[32,34]},
        "u16":{"dtype":"U16","shape":[1],"data_offsets":[34,36]},
        "i8":{"dtype":"I8","shape":[1],"data_offsets":[36,37]},
        "u8":{"dtype":"U8","shape":[1],"data_offsets":[37,38]},
        "bool":{"dtype":"BOOL","shape":[1],"data_offsets":[38,39]}}\
        """;
    try (SafetensorsReader reader = open(header, Arrays.copyOf(data.array(), 39))) {
      assertArrayEquals(new double[] {Math.PI}, reader.doubles("f64"));
      assertArrayEquals(new float[] {(float) Math.PI}, reader.floats("f64"));
      assertArrayEquals(new float[] {-1.5f}, reader.floats("f32"));
      assertArrayEquals(new double[] {-1.5}, reader.doubles("f32"));
      assertArrayEquals(new float[] {0.33325195f}, reader.floats("f16"));
      assertArrayEquals(new float[] {-3.140625f}, reader.floats("bf16"));
      assertArrayEquals(new double[] {-3.140625}, reader.doubles("bf16"));
      assertArrayEquals(new long[] {-5_000_000_000L}, reader.longs("i64"));
      assertArrayEquals(new long[] {-7}, reader.longs("i32"));
      assertArrayEquals(new long[] {4_294_967_289L}, reader.longs("u32"));
      assertArrayEquals(new long[] {-3}, reader.longs("i16"));
      assertArrayEquals(new long[] {65_533}, reader.longs("u16"));
      assertArrayEquals(new long[] {-2}, reader.longs("i8"));
      assertArrayEquals(new long[] {254}, reader.longs("u8"));
      assertArrayEquals(new long[] {1}, reader.longs("bool"));
      assertArrayEquals(new byte[] {0, 0, (byte) 0xC0, (byte) 0xBF}, reader.bytes("f32"));
      assertArrayEquals(new long[0], reader.info("f64").shape());
      assertArrayEquals(new long[] {1, 1}, reader.info("i64").shape());

      String wrong = assertThrows(IOException.class, () -> reader.floats("i64")).getMessage();
      assertTrue(wrong.endsWith("tensor 'i64' is I64, not F32, F64, F16 or BF16"), wrong);
      String missing = assertThrows(IOException.class, () -> reader.longs("none")).getMessage();
      assertTrue(missing.endsWith("file.safetensors: no tensor 'none'"), missing);
    }
  }

  @Test
  void readsUnalignedDataInAnyOrderOfNames() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
    data.put((byte) 9).putFloat(2.5f).putFloat(-0.125f);
    String header =
        "{\"z\":{\"data_offsets\":[1,9],\"shape\":[2],\"later\":{\"x\":[1]},\"dtype\":\"F32\"},"
            + "\"empty\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[1,1]},"
            + "\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}   ";
    assertEquals(1, header.length() % 2, "an odd length, so that nothing is aligned");
    try (SafetensorsReader reader = open(header, data.array())) {
      assertEquals(List.of("a", "empty", "z"), List.copyOf(reader.names()));
      assertArrayEquals(new float[] {2.5f, -0.125f}, reader.floats("z"));
      assertEquals(0, reader.floats("empty").length);
      assertEquals(Map.of("format", "pt"), reader.metadata());
    }
  }

  @Test
  void readsLongNamesAndStrings() throws IOException {
    String name = "n".repeat(1_000_003);
    String value = "é".repeat(21_000_000);
    String header =
        "{\"__metadata__\":{\"note\":\""
            + value
            + "\"},\""
            + name
            + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
    try (SafetensorsReader reader = open(header, new byte[] {42})) {
      assertEquals(value, reader.metadata().get("note"));
      assertArrayEquals(new byte[] {42}, reader.bytes(name));
    }
  }

  @Test
  void saysWhatCannotBeOpened() {
    Path missing = folder.resolve("none.safetensors");
    assertEquals(
        missing + ": no such file",
        assertThrows(IOException.class, () -> SafetensorsReader.open(missing)).getMessage());
    assertEquals(
        folder + ": it is a folder",
        assertThrows(IOException.class, () -> SafetensorsReader.open(folder)).getMessage());
  }

  @Test
  void aFileCutWhileOpenIsAnError() throws IOException {
    Path file = folder.resolve("file.safetensors");
    new SafetensorsWriter().add("a", new long[] {1000}, new float[1000]).write(file);
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      Files.write(file, new byte[100]);
      String message = assertThrows(IOException.class, () -> reader.floats("a")).getMessage();
      assertEquals(file + ": tensor 'a': the file was cut short while being read", message);
    }
  }

  private SafetensorsReader open(String header, byte[] data) throws IOException {
    Path file = folder.resolve("file.safetensors");
    Files.write(file, RawSafetensors.file(header, data));
    return SafetensorsReader.open(file);
  }
}
