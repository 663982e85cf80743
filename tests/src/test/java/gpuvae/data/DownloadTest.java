package gpuvae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadTest {
  private static final Download.Patience PATIENT =
      new Download.Patience(Duration.ofSeconds(20), Duration.ofSeconds(60));

  private final byte[] content = Fixtures.labels(5000, 1);
  private final byte[] packed = Fixtures.gzip(content);
  private final PublishedFile file = Fixtures.published("labels-idx1-ubyte", content);
  private final CountDownLatch released = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private ExecutorService threads;
  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/good/", exchange -> send(exchange, packed, packed.length));
    server.createContext("/plain/", exchange -> send(exchange, content, content.length));
    server.createContext("/unknown-length/", exchange -> send(exchange, packed, 0));
    server.createContext("/missing/", exchange -> status(exchange, 404));
    server.createContext("/broken/", exchange -> status(exchange, 500));
    server.createContext(
        "/cut/", exchange -> send(exchange, Arrays.copyOf(packed, 100), packed.length));
    server.createContext(
        "/cut-quietly/", exchange -> send(exchange, Arrays.copyOf(packed, 100), 0));
    server.createContext(
        "/wrong/",
        exchange -> {
          byte[] other = Fixtures.gzip(Fixtures.labels(5000, 2));
          send(exchange, other, other.length);
        });
    server.createContext("/endless/", this::endless);
    server.createContext(
        "/bomb/",
        exchange -> {
          byte[] bomb = Fixtures.gzip(new byte[50_000_000]);
          send(exchange, bomb, bomb.length);
        });
    server.createContext("/stalls/", this::stall);
    server.createContext("/silent/", this::await);
    server.createContext(
        "/moved/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/good/" + file.downloadName());
          status(exchange, 302);
        });
    server.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void send(HttpExchange exchange, byte[] body, long declared) throws IOException {
    requests.add(exchange.getRequestURI().getPath());
    try (exchange) {
      exchange.sendResponseHeaders(200, declared);
      exchange.getResponseBody().write(body);
      exchange.getResponseBody().flush();
    }
  }

  private void status(HttpExchange exchange, int status) throws IOException {
    requests.add(exchange.getRequestURI().getPath());
    try (exchange) {
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] block = Fixtures.random(1 << 16, 256, 3);
    while (released.getCount() > 0) {
      exchange.getResponseBody().write(block);
    }
  }

  private void stall(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, packed.length);
    exchange.getResponseBody().write(packed, 0, 100);
    exchange.getResponseBody().flush();
    await(exchange);
  }

  private void await(HttpExchange exchange) {
    try {
      released.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private URI mirror(String name) {
    return URI.create("http://localhost:%d/%s/".formatted(server.getAddress().getPort(), name));
  }

  private Download download(Download.Patience patience, String... mirrors) {
    return new Download(
        Stream.of(mirrors).map(this::mirror).toList(), patience, DownloadListener.SILENT);
  }

  private void assertOnlyTheFileIsThere() throws IOException {
    assertEquals(List.of(file.downloadName()), Fixtures.names(folder));
    assertTrue(file.matches(folder.resolve(file.downloadName())));
  }

  @ParameterizedTest
  @CsvSource({"good", "plain", "unknown-length", "moved"})
  void aGoodMirrorGivesTheFile(String name) throws IOException {
    download(PATIENT, name).fetch(file, folder);
    assertOnlyTheFileIsThere();
  }

  @Test
  void foldersAreMade() throws IOException {
    Path deep = folder.resolve("a/b");
    download(PATIENT, "good").fetch(file, deep);
    assertArrayEquals(packed, Files.readAllBytes(deep.resolve(file.downloadName())));
  }

  @ParameterizedTest
  @CsvSource({
    "missing,HTTP status 404",
    "broken,HTTP status 500",
    "cut,cut off after",
    "cut-quietly,damaged or cut short",
    "wrong,wrong checksum: SHA-256 of the decompressed content is",
    "bomb,wrong checksum",
    "endless,more bytes than the file can have"
  })
  void aBadMirrorIsNamedAndTheNextOneTried(String name, String reason) throws IOException {
    String message =
        assertThrows(UnavailableException.class, () -> download(PATIENT, name).fetch(file, folder))
            .getMessage();
    assertTrue(
        message.startsWith("labels-idx1-ubyte could not be downloaded (localhost: "), message);
    assertTrue(message.contains(reason), message);
    assertEquals(List.of(), Fixtures.names(folder));

    download(PATIENT, name, "good").fetch(file, folder);
    assertOnlyTheFileIsThere();
  }

  @ParameterizedTest
  @CsvSource({"silent,no answer after", "stalls,not done after"})
  void waitingEnds(String name, String reason) throws IOException {
    Download.Patience brief = new Download.Patience(Duration.ofMillis(400), Duration.ofMillis(900));
    String message =
        assertThrows(UnavailableException.class, () -> download(brief, name).fetch(file, folder))
            .getMessage();
    assertTrue(message.contains(reason), message);
    assertEquals(List.of(), Fixtures.names(folder));
  }

  @Test
  void everyMirrorsReasonIsGiven() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    Download download =
        new Download(
            List.of(URI.create("http://127.0.0.1:" + closed + "/"), mirror("missing")),
            PATIENT,
            DownloadListener.SILENT);
    assertEquals(
        "labels-idx1-ubyte could not be downloaded"
            + " (127.0.0.1: cannot connect; localhost: HTTP status 404)",
        assertThrows(UnavailableException.class, () -> download.fetch(file, folder)).getMessage());
  }

  @Test
  void progressIsTold() throws IOException {
    List<String> told = new ArrayList<>();
    DownloadListener listener = (name, bytes, total) -> told.add(name + " " + bytes + "/" + total);
    new Download(List.of(mirror("good")), PATIENT, listener).fetch(file, folder);
    assertEquals("labels-idx1-ubyte.gz 0/" + packed.length, told.getFirst());
    assertEquals(
        "labels-idx1-ubyte.gz %d/%d".formatted(packed.length, packed.length), told.getLast());
    told.clear();
    new Download(List.of(mirror("unknown-length")), PATIENT, listener).fetch(file, folder);
    assertEquals("labels-idx1-ubyte.gz " + packed.length + "/-1", told.getLast());
  }

  @Test
  void interruptionEndsTheDownload() throws Exception {
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedIOException.class,
        () -> download(PATIENT, "silent", "good").fetch(file, folder));
    assertTrue(Thread.interrupted(), "the interrupt is passed on");
    assertEquals(List.of(), Fixtures.names(folder));
  }

  @Test
  void aFolderThatCannotBeWrittenToIsAReason() throws IOException {
    Path occupied = Files.write(folder.resolve("occupied"), new byte[] {1});
    String message =
        assertThrows(
                UnavailableException.class, () -> download(PATIENT, "good").fetch(file, occupied))
            .getMessage();
    assertTrue(message.startsWith("the cache folder " + occupied + " cannot be written to"));
  }

  @Test
  void aNamedSetIsDownloadedOnceAndThenFoundInTheCache() throws IOException {
    Fixtures.TinySet tiny =
        Fixtures.TinySet.of("Tiny", 5, List.of(), List.of(mirror("missing"), mirror("tiny")));
    for (int i = 0; i < 4; i++) {
      byte[] body = Fixtures.gzip(tiny.contents().get(i));
      server.createContext(
          "/tiny/" + tiny.files().get(i).downloadName(),
          exchange -> send(exchange, body, body.length));
    }
    Split first = tiny.set().load(Fixtures.isolated(folder));
    Path cache = folder.resolve("gpuvae/tiny");
    assertEquals("Tiny from the cache folder " + cache + " (just downloaded)", first.origin());
    assertEquals(8, requests.size());
    assertEquals(
        tiny.files().stream().map(PublishedFile::downloadName).sorted().toList(),
        Fixtures.names(cache));

    Split second = tiny.set().load(Fixtures.isolated(folder));
    assertEquals("Tiny from the cache folder " + cache, second.origin());
    assertEquals(8, requests.size(), "nothing more was asked for");
    assertArrayEquals(first.train().bytes(), second.train().bytes());
    assertArrayEquals(
        Arrays.copyOfRange(tiny.contents().get(2), 16, 16 + 84), second.test().bytes());
  }
}
