package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuvae.config.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedSetTest {
  @TempDir Path folder;

  private final Fixtures.TinySet tiny = Fixtures.TinySet.of("Tiny", 1, List.of(), List.of());

  private LoadOptions options(Map<String, String> environment) {
    return LoadOptions.defaults().withEnvironment(environment::get);
  }

  private static byte[] values(byte[] idx) {
    return Arrays.copyOfRange(idx, 16, idx.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tiny", "TINY/raw"})
  void isFoundInTheDataFolder(String inner) throws IOException {
    Path at = inner.isEmpty() ? folder : folder.resolve(inner);
    tiny.install(at);
    Split split = tiny.set().load(options(Map.of()).withDataDir(folder));
    assertEquals("Tiny from the data folder " + at, split.origin());
    assertEquals("Tiny train: 13 samples of 1x3x4 bytes, with labels", split.train().toString());
    assertArrayEquals(values(tiny.contents().get(0)), split.train().bytes());
    assertArrayEquals(values(tiny.contents().get(2)), split.test().bytes());
    assertEquals(tiny.contents().get(1)[8 + 12], split.train().label(12));
    assertEquals(tiny.contents().get(3)[8 + 6], split.test().label(6));
  }

  @Test
  void spellingsAndCompressionMayDiffer() throws IOException {
    byte[][] contents = tiny.contents().toArray(byte[][]::new);
    Files.write(folder.resolve("train-images.idx3-ubyte"), contents[0]);
    Files.write(folder.resolve("train-labels.idx1-ubyte.gz"), Fixtures.gzip(contents[1]));
    Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), contents[2]); // plain all the same
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), Fixtures.gzip(contents[3]));
    Split split = tiny.set().load(options(Map.of()).withDataDir(folder));
    assertArrayEquals(values(contents[0]), split.train().bytes());
    assertArrayEquals(values(contents[2]), split.test().bytes());
  }

  @Test
  void placesAreTriedInTheirOrder() throws IOException {
    Path system = folder.resolve("system");
    NamedSet set = Fixtures.TinySet.of("Tiny", 1, List.of(system), List.of()).set();
    Map<String, String> environment =
        Map.of(
            "GPUVAE_DATA", folder.resolve("variable").toString(),
            "XDG_CACHE_HOME", folder.resolve("xdg").toString(),
            "HOME", folder.resolve("home").toString());
    Path given = Files.createDirectory(folder.resolve("given"));
    LoadOptions options = options(environment).withDataDir(given);
    assertTrue(set.find(options).isEmpty());
    tiny.install(system);
    assertEquals(system.toString(), set.find(options).orElseThrow().where());
    Path cache = folder.resolve("xdg/gpuvae/tiny");
    tiny.install(cache);
    assertEquals("the cache folder " + cache, set.find(options).orElseThrow().where());
    tiny.install(folder.resolve("variable/tiny"));
    assertEquals(
        "GPUVAE_DATA's folder " + folder.resolve("variable/tiny"),
        set.find(options).orElseThrow().where());
    tiny.install(given);
    assertEquals("the data folder " + given, set.find(options).orElseThrow().where());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "relative/cache"})
  void withoutXdgTheCacheIsAtHome(String xdg) throws IOException {
    Path cache = folder.resolve(".cache/gpuvae/tiny");
    tiny.install(cache);
    LoadOptions options = options(Map.of("XDG_CACHE_HOME", xdg, "HOME", folder.toString()));
    assertEquals("the cache folder " + cache, tiny.set().find(options).orElseThrow().where());
  }

  @Test
  void anIncompleteFolderIsPassedOver() throws IOException {
    tiny.install(folder);
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
    tiny.install(folder.resolve("tiny"));
    assertEquals(
        "the data folder " + folder.resolve("tiny"),
        tiny.set().find(options(Map.of()).withDataDir(folder)).orElseThrow().where());
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    tiny.install(folder);
    Path images = folder.resolve("t10k-images-idx3-ubyte");
    Files.write(images, Fixtures.pictures(8, 3, 4, 9)); // one more than there are labels
    LoadOptions options = options(Map.of()).withDataDir(folder);
    assertEquals(
        folder.resolve("t10k-labels-idx1-ubyte") + ": count is 7, but there are 8 pictures",
        assertThrows(IOException.class, () -> tiny.set().load(options)).getMessage());
    Files.write(images, Fixtures.pictures(7, 4, 3, 9));
    assertEquals(
        "%s has pictures of 1x3x4, but %s of 1x4x3"
            .formatted(folder.resolve("train-images-idx3-ubyte"), images),
        assertThrows(IOException.class, () -> tiny.set().load(options)).getMessage());
  }

  @Test
  void aDataFolderThatIsNoneIsAnError() {
    Path missing = folder.resolve("missing");
    LoadOptions options = Fixtures.isolated(folder).withDataDir(missing);
    assertEquals(
        "the data folder " + missing + " is not a folder",
        assertThrows(IOException.class, () -> tiny.set().load(options)).getMessage());
  }

  @Test
  void aFolderOfADamagedFileIsNotTakenForAnotherSet() throws IOException {
    tiny.install(folder);
    Path labels = folder.resolve("t10k-labels-idx1-ubyte");
    Files.write(labels, Arrays.copyOf(Fixtures.gzip(Fixtures.labels(7, 1)), 20));
    LoadOptions options = Fixtures.isolated(folder).withDataDir(folder);
    String message = assertThrows(IOException.class, () -> tiny.set().load(options)).getMessage();
    assertTrue(message.startsWith(labels + ": the gzip data is damaged or cut short"), message);
  }

  @Test
  void withoutFilesAndMirrorsTheRemedyIsNamed() {
    String message =
        assertThrows(IOException.class, () -> tiny.set().load(Fixtures.isolated(folder)))
            .getMessage();
    assertTrue(
        message.startsWith("Tiny: train-images-idx3-ubyte could not be downloaded"), message);
    assertTrue(message.contains("--data-dir or GPUVAE_DATA"), message);
  }

  @Test
  void mnistIsReadAndIsThePublishedOne() throws IOException {
    Path data = sharedData();
    Split split = DataSource.parse("mnist").load(LoadOptions.defaults().withDataDir(data));
    assertEquals("MNIST from the data folder " + data.resolve("mnist"), split.origin());
    assertPublished(NamedSet.MNIST, data.resolve("mnist"));
    assertTrue(
        NamedSet.FASHION.find(isolated(data.resolve("mnist"))).stream()
            .noneMatch(found -> found.trainImages().startsWith(data)),
        "MNIST was taken for Fashion-MNIST");
    Dataset train = split.train();
    assertEquals(60_000, train.size());
    assertEquals(10_000, split.test().size());
    assertEquals(Shape.image(1, 28, 28), train.shape());
    assertArrayEquals(new int[] {5, 0, 4, 1, 9}, labels(train, 5));
    assertArrayEquals(new int[] {7, 2, 1, 0, 4}, labels(split.test(), 5));
    assertEquals(0.1307, mean(train), 5e-5);
  }

  @Test
  void fashionMnistIsReadAndIsThePublishedOne() throws IOException {
    Path data = NamedSet.FASHION.systemFolders().getFirst();
    assumeTrue(Files.isDirectory(data), "Fashion-MNIST is not installed in " + data);
    Split split = DataSource.parse("fashion-mnist").load(isolated(data));
    assertEquals("Fashion-MNIST from the data folder " + data, split.origin());
    assertPublished(NamedSet.FASHION, data);
    assertTrue(NamedSet.MNIST.find(isolated(data)).isEmpty(), "Fashion-MNIST taken for MNIST");
    assertEquals(60_000, split.train().size());
    assertArrayEquals(new int[] {9, 0, 0, 3, 0}, labels(split.train(), 5));
    assertArrayEquals(new int[] {9, 2, 1, 1, 6}, labels(split.test(), 5));
    assertEquals(0.2860, mean(split.train()), 5e-5);
  }

  private LoadOptions isolated(Path data) {
    return Fixtures.isolated(folder).withDataDir(data);
  }

  private static Path sharedData() {
    String shared = System.getProperty("gpuvae.shared");
    String root = System.getProperty("gpuvae.root", "..");
    Path data =
        shared != null
            ? Path.of(shared, "data")
            : Path.of(root).toAbsolutePath().normalize().resolveSibling("shared").resolve("data");
    assumeTrue(Files.isDirectory(data.resolve("mnist")), "MNIST's files are not in " + data);
    return data;
  }

  private static void assertPublished(NamedSet set, Path at) throws IOException {
    for (PublishedFile file :
        List.of(set.trainImages(), set.trainLabels(), set.testImages(), set.testLabels())) {
      file.verify(at.resolve(file.downloadName()));
    }
  }

  private static int[] labels(Dataset set, int count) {
    return IntStream.range(0, count).map(set::label).toArray();
  }

  private static double mean(Dataset set) {
    long sum = 0;
    for (byte value : set.bytes()) {
      sum += value & 0xFF;
    }
    return sum / 255.0 / set.bytes().length;
  }
}
