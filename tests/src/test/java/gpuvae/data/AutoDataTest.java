package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.config.Shape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutoDataTest {
  private static final String WHY =
      "First could not be had: train-images-idx3-ubyte could not be downloaded"
          + " (127.0.0.1: cannot connect)";

  @TempDir Path folder;
  private Path system;
  private Fixtures.TinySet first;
  private Fixtures.TinySet second;
  private AutoData auto;

  @BeforeEach
  void noMirrorAnswers() throws IOException {
    URI closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }
    system = folder.resolve("system");
    first = Fixtures.TinySet.of("First", 1, List.of(), List.of(closed));
    second = Fixtures.TinySet.of("Second", 9, List.of(system), List.of(closed));
    auto = new AutoData(first.set(), second.set());
  }

  private Split load() throws IOException {
    return auto.load(Fixtures.isolated(folder.resolve("cache")).withDataDir(folder));
  }

  @Test
  void theFirstChoiceWins() throws IOException {
    first.install(folder);
    second.install(system);
    assertEquals("First from the data folder " + folder, load().origin());
  }

  @Test
  void theSecondStandsInWhereInstalled() throws IOException {
    second.install(system);
    Split split = load();
    assertEquals("Second from " + system + "; " + WHY, split.origin());
    assertEquals("Second train", split.train().name());
  }

  @Test
  void digitsStandInForBoth() throws IOException {
    Split split = load();
    assertEquals(
        "built-in digits (generated: 20000 to train, 4000 to test); "
            + WHY
            + "; Second is not installed",
        split.origin());
    assertEquals(Shape.image(1, 28, 28), split.train().shape());
    assertTrue(split.origin().lines().count() == 1, "one line");
  }

  @Test
  void malformedFilesAreAnError() throws IOException {
    first.install(folder);
    Path labels = Files.write(folder.resolve("t10k-labels-idx1-ubyte"), new byte[] {0, 0, 8});
    assertEquals(
        labels + ": cut short in the header, at magic",
        assertThrows(IOException.class, this::load).getMessage());
  }
}
