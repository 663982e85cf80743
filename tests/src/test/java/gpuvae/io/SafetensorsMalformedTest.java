package gpuvae.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsMalformedTest {
  @TempDir Path folder;

  /** Each header stands before 8 bytes of data; T is short for a tensor's usual entry. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          not JSON            | {"a":{,                  | tensor 'a': bad JSON
          no object           | [1]                      | the header does not begin with '{'
          space first         |` {"a":T} `               | the header does not begin with '{'
          empty header        |``                        | the header does not begin with '{'
          never closed        | {"a":T                   | bad JSON: Unexpected end-of-input
          goes on             | {"a":T} {}               | goes on after its closing brace
          goes on, no JSON    | {"a":T} x                | bad JSON: Unrecognized token 'x'
          tensor is a number  | {"a":1}                  | tensor 'a': expected an object
          no dtype            | {"a":{"shape":[8],"data_offsets":[0,8]}} | tensor 'a': has no dtype
          no shape            | {"a":{"dtype":"U8","data_offsets":[0,8]}} | tensor 'a': has no shape
          no offsets          | {"a":{"dtype":"U8","shape":[8]}} | tensor 'a': has no data_offsets
          unknown dtype       | {"a":{"dtype":"F33","shape":[8],"data_offsets":[0,8]}} | tensor 'a': unknown dtype 'F33'
          dtype no string     | {"a":{"dtype":4,"shape":[8],"data_offsets":[0,8]}} | tensor 'a': expected a string for dtype
          dtype null          | {"a":{"dtype":null,"shape":[8],"data_offsets":[0,8]}} | tensor 'a': expected a string for dtype
          shape no array      | {"a":{"dtype":"U8","shape":8,"data_offsets":[0,8]}} | tensor 'a': expected an array for shape
          shape of strings    | {"a":{"dtype":"U8","shape":["8"],"data_offsets":[0,8]}} | tensor 'a': expected whole numbers in shape
          fractional shape    | {"a":{"dtype":"U8","shape":[8.0],"data_offsets":[0,8]}} | tensor 'a': expected whole numbers in shape
          negative shape      | {"a":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}} | tensor 'a': shape has a negative number
          huge size           | {"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,8]}} | tensor 'a': shape has a number above 2^63
          shape too small     | {"a":{"dtype":"U8","shape":[7],"data_offsets":[0,8]}} | tensor 'a': U8[7] needs 7 bytes, data_offsets give 8
          shape too large     | {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}} | tensor 'a': F32[3] needs 12 bytes, data_offsets give 8
          shape overflows     | {"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,8]}} | tensor 'a': U8[4294967296, 4294967296] exceeds 2^63 bytes
          bytes overflow      | {"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,8]}} | exceeds 2^63 bytes
          negative offset     | {"a":{"dtype":"U8","shape":[8],"data_offsets":[-8,0]}} | tensor 'a': data_offsets has a negative number
          fractional offset   | {"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8.5]}} | tensor 'a': expected whole numbers in data_offsets
          one offset          | {"a":{"dtype":"U8","shape":[8],"data_offsets":[8]}} | tensor 'a': data_offsets must be [begin, end]
          three offsets       | {"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]}} | tensor 'a': data_offsets must be [begin, end]
          backward offsets    | {"a":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}} | tensor 'a': data_offsets end before they begin
          overlap             | {"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}} | tensor 'b': its data overlaps that of tensor 'a'
          the same twice      | {"a":T,"b":T}            | tensor 'b': its data overlaps that of tensor 'a'
          hole                | {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}} | tensor 'b': a hole of 1 bytes lies before its data
          hole at the start   | {"a":{"dtype":"U8","shape":[6],"data_offsets":[2,8]}} | tensor 'a': a hole of 2 bytes lies before its data
          trailing bytes      | {"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}} | 2 trailing bytes follow the last tensor
          data without tensor | {}                       | 8 trailing bytes follow the last tensor
          data cut short      | {"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}} | tensor 'a': its data ends at byte 9 of only 8: the file is cut short
          claims 2^40 values  | {"a":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}} | tensor 'a': its data ends at byte 4398046511104 of only 8
          duplicate tensor    | {"a":T,"a":T}            | bad JSON: Duplicate
          escaped duplicate   | {"a":T,"\\u0061":T}      | bad JSON: Duplicate
          duplicate key       | {"a":{"dtype":"U8","dtype":"I8","shape":[8],"data_offsets":[0,8]}} | tensor 'a': bad JSON: Duplicate
          duplicate metadata  | {"__metadata__":{"k":"1","k":"2"},"a":T} | __metadata__: bad JSON: Duplicate
          metadata no object  | {"__metadata__":[],"a":T} | __metadata__: expected an object
          metadata no string  | {"__metadata__":{"k":1},"a":T} | __metadata__: expected a string for 'k'
          half a surrogate    | {"\\ud800":T}            | Broken surrogate pair
          its second half     | {"\\udc00":T}            | urrogate
          half in metadata    | {"__metadata__":{"k":"\\ud800"},"a":T} | __metadata__: bad Unicode in 'k'
          its second half     | {"__metadata__":{"k":"\\udc00"},"a":T} | __metadata__: bad Unicode in 'k'
          half, then another  | {"\\ud800\\u0061":T}      | urrogate
          deep nesting        | {"a":{"x":DEEP}}         | tensor 'a': bad JSON: Document nesting depth
          """)
  void isRefusedWithItsReason(String name, String header, String reason) throws IOException {
    String json =
        header
            .replace("T", "{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}")
            .replace("DEEP", "[".repeat(100_000));
    assertRefused(RawSafetensors.file(json, new byte[8]), reason);
  }

  @Test
  void headerThatIsNotUtf8IsRefused() throws IOException {
    byte[] header =
        "{\"\u00e9\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(RawSafetensors.file(header, new byte[8]), "the header is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void fileWithoutALengthIsRefused(int size) throws IOException {
    assertRefused(new byte[size], "the file is cut short: " + size + " bytes, no header");
  }

  @ParameterizedTest
  @CsvSource({
    "4611686018427387904, the header is too long: 4611686018427387904 bytes",
    "-1, the header is too long: 18446744073709551615 bytes",
    "100000001, the header is too long: 100000001 bytes",
    "100000000, the file is cut short: a header of 100000000 bytes in a file of 40",
    "33, the file is cut short: a header of 33 bytes in a file of 40",
  })
  void aLengthAloneAllocatesNothing(long length, String reason) throws IOException {
    byte[] file = new byte[40];
    Arrays.fill(file, (byte) '{');
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    assertRefused(file, reason); // also loads every class that is needed
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertRefused(file, reason);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 1_000_000, allocated + " bytes");
  }

  @Test
  void damagedFilesAreRefusedOrReadNeverAnythingElse() throws IOException {
    Path valid = folder.resolve("valid.safetensors");
    new SafetensorsWriter()
        .metadata("format", "pt")
        .add("weight", new long[] {3, 5}, randomFloats(15))
        .add("steps", new long[] {}, new long[] {207})
        .add("empty", new long[] {0, 4}, new double[0])
        .write(valid);
    byte[] bytes = Files.readAllBytes(valid);
    Random random = new Random(20);
    int refused = 0;
    Path damaged = folder.resolve("damaged.safetensors");
    for (int i = 0; i < 2_000; i++) {
      byte[] copy = bytes.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
      }
      if (random.nextInt(4) == 0) {
        copy = Arrays.copyOf(copy, random.nextInt(copy.length + 9));
      }
      Files.write(damaged, copy);
      try (SafetensorsReader reader = SafetensorsReader.open(damaged)) {
        for (String name : reader.names()) {
          assertEquals(reader.info(name).bytes(), reader.bytes(name).length);
        }
      } catch (IOException e) {
        assertTrue(e.getMessage().startsWith(damaged + ": "), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 1_000 && refused < 2_000, refused + " of 2000 refused");
  }

  private void assertRefused(byte[] bytes, String reason) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, bytes);
    String message =
        assertThrows(IOException.class, () -> SafetensorsReader.open(file).close()).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(message.contains(reason), message);
  }

  private static float[] randomFloats(int count) {
    Random random = new Random(9);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
