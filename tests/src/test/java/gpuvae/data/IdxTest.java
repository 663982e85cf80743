package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path folder;

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("some.file"), content);
  }

  private String picturesError(byte[] content) throws IOException {
    Path file = write(content);
    String message = assertThrows(IOException.class, () -> Idx.pictures(file, ALL)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  private String labelsError(byte[] content, int count) throws IOException {
    Path file = write(content);
    String message =
        assertThrows(IOException.class, () -> Idx.labels(file, count, 10)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring(file.toString().length() + 2);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "13,3,4", "127,28,28", "2700,28,28"}) // the last outgrows the first buffer
  void readsPlainAndGzip(int count, int height, int width) throws IOException {
    byte[] content = Fixtures.pictures(count, height, width, 3);
    for (byte[] stored : new byte[][] {content, Fixtures.gzip(content)}) {
      Idx.Pictures pictures = Idx.pictures(write(stored), ALL);
      assertEquals(count, pictures.count());
      assertEquals(height, pictures.height());
      assertEquals(width, pictures.width());
      assertArrayEquals(Arrays.copyOfRange(content, 16, content.length), pictures.values());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 12})
  void readsNoFurtherThanItsLimit(int limit) throws IOException {
    byte[] content = Fixtures.pictures(13, 3, 4, 3);
    Path file = write(Arrays.copyOf(content, 16 + limit * 12));
    Idx.Pictures pictures = Idx.pictures(file, limit);
    assertEquals(13, pictures.count());
    assertArrayEquals(Arrays.copyOfRange(content, 16, 16 + limit * 12), pictures.values());
    assertThrows(IOException.class, () -> Idx.pictures(file, limit + 1));
  }

  @Test
  void readsLabels() throws IOException {
    byte[] content = Fixtures.labels(207, 4);
    int[] expected = IntStream.range(8, 215).map(i -> content[i]).toArray();
    assertArrayEquals(expected, Idx.labels(write(content), 207, 10));
    assertArrayEquals(expected, Idx.labels(write(Fixtures.gzip(content)), 207, 10));
  }

  @Test
  void magicIsChecked() throws IOException {
    int[] sizes = {2, 2, 2};
    byte[] values = Fixtures.random(8, 256, 5);
    assertEquals(
        "magic is 0x89504E47, expected 0x00000803: this is not an IDX file",
        picturesError(Fixtures.idx(0x89504E47, sizes, values)));
    assertEquals(
        "type is 0x0D, expected 0x08 (unsigned byte)",
        picturesError(Fixtures.idx(0x0D03, sizes, values)));
    assertEquals("1 dimensions, expected 3 for pictures", picturesError(Fixtures.labels(20, 1)));
    assertEquals(
        "3 dimensions, expected 1 for labels", labelsError(Fixtures.pictures(20, 1, 1, 1), 20));
  }

  @Test
  void dimensionsAreChecked() throws IOException {
    byte[] values = Fixtures.random(8, 256, 5);
    assertEquals(
        "height is 0, expected 1 to 2147483647",
        picturesError(Fixtures.idx(0x0803, new int[] {2, 0, 2}, values)));
    assertEquals(
        "count is 4294967295, expected 1 to 2147483647",
        picturesError(Fixtures.idx(0x0803, new int[] {-1, 2, 2}, values)));
    int huge = Integer.MAX_VALUE;
    assertEquals(
        "dimensions [2147483647, 2147483647, 2147483647] make more values than one array can hold",
        picturesError(Fixtures.idx(0x0803, new int[] {huge, huge, huge}, values)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHeaderAloneTakesNoMemory(boolean gzip) throws IOException {
    byte[] header = Fixtures.idx(0x0803, new int[] {2_000_000, 32, 32}, new byte[] {1, 2, 3});
    byte[] content = gzip ? Fixtures.gzip(header) : header;
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertEquals(
        "cut short: dimensions [2000000, 32, 32] need 2048000000 bytes of values, the file has 3",
        picturesError(content));
    long taken = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(taken < 16 << 20, taken + " bytes of memory");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lengthIsChecked(boolean gzip) throws IOException {
    byte[] content = Fixtures.pictures(13, 3, 4, 6);
    byte[] shorter = Arrays.copyOf(content, content.length - 1);
    byte[] longer = Arrays.copyOf(content, content.length + 1);
    assertEquals(
        "cut short: dimensions [13, 3, 4] need 156 bytes of values, the file has 155",
        picturesError(gzip ? Fixtures.gzip(shorter) : shorter));
    assertEquals(
        "trailing bytes: dimensions [13, 3, 4] need 156 bytes of values, the file goes on",
        picturesError(gzip ? Fixtures.gzip(longer) : longer));
  }

  @Test
  void everyCutIsAnError() throws IOException {
    byte[] plain = Fixtures.pictures(3, 2, 2, 7);
    byte[] gzip = Fixtures.gzip(plain);
    for (int length = 0; length < plain.length; length++) {
      assertTrue(picturesError(Arrays.copyOf(plain, length)).startsWith("cut short"));
    }
    for (int length = 2; length < gzip.length; length++) {
      String message = picturesError(Arrays.copyOf(gzip, length));
      assertTrue(message.startsWith("the gzip data is damaged or cut short"), message);
    }
    assertEquals("cut short in the header, at magic", picturesError(new byte[0]));
    assertEquals("cut short in the header, at width", picturesError(Arrays.copyOf(plain, 15)));
  }

  @Test
  void gzipChecksumIsChecked() throws IOException {
    byte[] gzip = Fixtures.gzip(Fixtures.pictures(13, 3, 4, 8));
    gzip[gzip.length - 6] ^= 1; // CRC-32 is the first word of the trailer
    assertTrue(picturesError(gzip).startsWith("the gzip data is damaged or cut short"));
  }

  @Test
  void labelsMustFitThePictures() throws IOException {
    assertEquals("count is 13, but there are 12 pictures", labelsError(Fixtures.labels(13, 1), 12));
    byte[] values = {1, 9, (byte) 200};
    assertEquals(
        "label 2 is 200, expected 0 to 9",
        labelsError(Fixtures.idx(0x0801, new int[] {3}, values), 3));
    values[2] = 10;
    assertEquals(
        "label 2 is 10, expected 0 to 9",
        labelsError(Fixtures.idx(0x0801, new int[] {3}, values), 3));
  }
}
