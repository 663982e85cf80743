package gpuvae.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"autoencoder", "mlp-softplus", "mlp-relu-odd"})
  void rewritingAGoldenFileGivesItsBytes(String name) throws Exception {
    Path golden = SafetensorsReaderTest.golden(name + ".safetensors");
    Path copy = folder.resolve("copy.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (SafetensorsReader reader = SafetensorsReader.open(golden)) {
      for (String tensor : reader.names().reversed()) {
        long[] shape = reader.info(tensor).shape();
        if (reader.info(tensor).dtype() == DType.F64) {
          writer.add(tensor, shape, reader.doubles(tensor));
        } else {
          writer.add(tensor, shape, reader.floats(tensor));
        }
      }
    }
    writer.write(copy);
    assertEquals(RawSafetensors.header(golden).strip(), RawSafetensors.header(copy).strip());
    assertEquals(RawSafetensors.data(golden), RawSafetensors.data(copy));
  }

  @Test
  void laysOutByTypeThenNameAfterAnAlignedHeader() throws IOException {
    Random random = new Random(13);
    float[] floats = new float[300_007];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = random.nextFloat();
    }
    Path file = folder.resolve("file.safetensors");
    new SafetensorsWriter()
        .metadata("b", "2")
        .metadata("a", "1 \"é\"")
        .add("bytes", DType.BOOL, new long[] {3}, new byte[] {1, 0, 1})
        .add("b", new long[] {127, 2}, floats, 13, 254)
        .add("a", new long[] {300_007}, floats)
        .add("d", new long[] {2}, new double[] {Math.E, -0.0})
        .add("n", new long[] {}, new long[] {Long.MIN_VALUE})
        .add("half", DType.F16, new long[] {1, 0}, new byte[0])
        .write(file);
    String header = RawSafetensors.header(file);
    assertEquals(0, header.getBytes(StandardCharsets.UTF_8).length % 8);
    assertEquals(
        """
        {"__metadata__":{"a":"1 \\"é\\"","b":"2"},\
        "n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},\
        "d":{"dtype":"F64","shape":[2],"data_offsets":[8,24]},\
        "a":{"dtype":"F32","shape":[300007],"data_offsets":[24,1200052]},\
        "b":{"dtype":"F32","shape":[127,2],"data_offsets":[1200052,1201068]},\
        "half":{"dtype":"F16","shape":[1,0],"data_offsets":[1201068,1201068]},\
        "bytes":{"dtype":"BOOL","shape":[3],"data_offsets":[1201068,1201071]}}\
        """,
        header.stripTrailing());
    ByteBuffer data = RawSafetensors.data(file);
    assertEquals(Long.MIN_VALUE, data.getLong());
    assertEquals(Math.E, data.getDouble());
    assertEquals(-0.0, data.getDouble());
    for (int i = 0; i < floats.length; i++) {
      assertEquals(floats[i], data.getFloat());
    }
    for (int i = 13; i < 267; i++) {
      assertEquals(floats[i], data.getFloat());
    }
    assertEquals(ByteBuffer.wrap(new byte[] {1, 0, 1}), data.slice());

    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      assertEquals(Map.of("a", "1 \"é\"", "b", "2"), reader.metadata());
      assertArrayEquals(floats, reader.floats("a"));
      assertEquals(List.of("n", "d", "a", "b", "half", "bytes"), List.copyOf(reader.names()));
    }
  }

  @Test
  void namesAreSortedAsUtf8Bytes() throws IOException {
    Path file = folder.resolve("file.safetensors");
    String emoji = "\uD83D\uDE00"; // after U+FF5E by code point, before it by UTF-16 unit
    new SafetensorsWriter()
        .add(emoji, new long[] {}, new float[] {1})
        .add("\uFF5E", new long[] {}, new float[] {2})
        .write(file);
    assertTrue(RawSafetensors.header(file).contains('"' + emoji + '"'), "unescaped, as in Rust");
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      assertEquals(List.of("\uFF5E", emoji), List.copyOf(reader.names()));
    }
  }

  @Test
  void theSameContentGivesTheSameBytes() throws IOException {
    Path first = folder.resolve("first.safetensors");
    Path second = folder.resolve("second.safetensors");
    float[] a = {1, 2, 3};
    float[] b = {4};
    new SafetensorsWriter()
        .metadata("x", "1")
        .metadata("y", "2")
        .add("a", new long[] {3}, a)
        .add("b", new long[] {1}, b)
        .write(first);
    new SafetensorsWriter()
        .add("b", new long[] {1}, b)
        .metadata("y", "2")
        .add("a", new long[] {3}, a)
        .metadata("x", "1")
        .write(second);
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
  }

  @Test
  void anEmptyFileIsLegal() throws IOException {
    Path file = folder.resolve("empty.safetensors");
    new SafetensorsWriter().write(file);
    byte[] expected = {8, 0, 0, 0, 0, 0, 0, 0, '{', '}', ' ', ' ', ' ', ' ', ' ', ' '};
    assertArrayEquals(expected, Files.readAllBytes(file));
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      assertTrue(reader.names().isEmpty());
    }
  }

  @Test
  void refusesWhatCannotBeRead() {
    SafetensorsWriter writer = new SafetensorsWriter().add("a", new long[] {2}, new float[2]);
    assertRefused("tensor 'a' was added before", () -> writer.add("a", new long[0], new float[1]));
    assertRefused(
        "tensor 'b': shape [2, 3] does not have 5 elements",
        () -> writer.add("b", new long[] {2, 3}, new float[5]));
    assertRefused(
        "tensor 'b': shape [-1, -2] does not have 2 elements",
        () -> writer.add("b", new long[] {-1, -2}, new double[2]));
    assertRefused(
        "tensor 'b': shape [4294967296, 4294967296] does not have 0 elements",
        () -> writer.add("b", new long[] {1L << 32, 1L << 32}, new long[0]));
    assertRefused(
        "tensor 'b': 5 values from 8 on, in an array of 12",
        () -> writer.add("b", new long[] {5}, new float[12], 8, 5));
    assertRefused(
        "tensor 'b': 7 bytes are no whole number of F16",
        () -> writer.add("b", DType.F16, new long[] {3}, new byte[7]));
    assertRefused(
        "a tensor cannot be called __metadata__",
        () -> writer.add("__metadata__", new long[0], new float[1]));
    assertRefused(
        "not valid Unicode: '\uD800'", () -> writer.add("\uD800", new long[0], new float[1]));
  }

  private static void assertRefused(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }
}
