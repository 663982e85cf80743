package gpuvae.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipException;

/**
 * Fetches published files from the first mirror that has them: into a temporary file, checked, then
 * renamed, so that a file under its own name is always whole and right.
 */
final class Download {
  /** More than any gzip file of a data set of that length takes. */
  private static final long GZIP_SLACK = 1 << 20;

  /**
   * How long to wait.
   *
   * @param connect for the connection, and as long again for the answer to begin
   * @param whole for one file from one mirror
   */
  record Patience(Duration connect, Duration whole) {
    /** For a file that the user asked for by name. */
    static final Patience LONG = new Patience(Duration.ofSeconds(10), Duration.ofMinutes(10));

    /** For a file that something else can stand in for. */
    static final Patience SHORT = new Patience(Duration.ofSeconds(3), Duration.ofMinutes(2));
  }

  private final List<URI> mirrors;
  private final Patience patience;
  private final DownloadListener listener;

  Download(List<URI> mirrors, Patience patience, DownloadListener listener) {
    this.mirrors = mirrors;
    this.patience = patience;
    this.listener = listener;
  }

  /**
   * Fetches one file.
   *
   * @throws UnavailableException if no mirror gave it, with each mirror's reason, or the folder
   *     cannot be written to
   */
  void fetch(PublishedFile file, Path folder) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (URI mirror : mirrors) {
      Path part = temporary(file, folder);
      try {
        transfer(mirror.resolve(file.downloadName()), file, part);
        Files.move(
            part,
            folder.resolve(file.downloadName()),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        return;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        reasons.add(mirror.getHost() + ": " + reason(e));
      } finally {
        Files.deleteIfExists(part);
      }
    }
    throw new UnavailableException(
        "%s could not be downloaded (%s)".formatted(file.base(), String.join("; ", reasons)));
  }

  private static Path temporary(PublishedFile file, Path folder) throws UnavailableException {
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, file.downloadName(), ".part");
      part.toFile().deleteOnExit(); // for Ctrl-C, which runs no finally
      return part;
    } catch (IOException e) {
      throw new UnavailableException(
          "the cache folder %s cannot be written to (%s)".formatted(folder, e));
    }
  }

  private void transfer(URI address, PublishedFile file, Path part) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(patience.connect())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    CompletableFuture<Void> running = new CompletableFuture<>();
    running
        .orTimeout(patience.whole().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((_, _) -> client.shutdownNow()); // wakes a reader that waits for bytes
    try {
      HttpResponse<InputStream> response = answer(client, address);
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new IOException("HTTP status " + response.statusCode());
        }
        long total = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        copy(body, part, file, total);
      }
      file.verify(part);
    } catch (IOException e) {
      if (running.isCompletedExceptionally()) {
        throw new IOException("not done after " + seconds(patience.whole()), e);
      }
      throw e;
    } finally {
      running.complete(null);
    }
  }

  private HttpResponse<InputStream> answer(HttpClient client, URI address) throws IOException {
    var response =
        client.sendAsync(
            HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofInputStream());
    try {
      Duration wait = patience.connect().multipliedBy(2);
      return response.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer after " + seconds(patience.connect().multipliedBy(2)), e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("download of " + address + " was interrupted");
    }
  }

  private void copy(InputStream body, Path part, PublishedFile file, long total)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long bytes = 0;
    listener.progress(file.downloadName(), 0, total);
    try (OutputStream out = Files.newOutputStream(part)) {
      int n;
      while ((n = read(body, buffer, bytes)) > 0) {
        out.write(buffer, 0, n);
        bytes += n;
        if (bytes > file.length() + GZIP_SLACK) {
          throw new IOException("more bytes than the file can have");
        }
        listener.progress(file.downloadName(), bytes, total);
      }
    }
  }

  private static int read(InputStream body, byte[] buffer, long before) throws IOException {
    try {
      return body.read(buffer);
    } catch (IOException e) { // the client's own words range from "closed" to "EOF reached"
      throw new IOException("cut off after %d bytes".formatted(before), e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case ZipException _, EOFException _ -> "damaged or cut short (%s)".formatted(e.getMessage());
      case ConnectException _ when e.getCause() instanceof UnresolvedAddressException ->
          "no such host, or no network";
      case ConnectException _ -> "cannot connect";
      // Some of the JDK's network exceptions have no message, only a telling name.
      default -> e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    };
  }

  private static String seconds(Duration duration) {
    return "%.3g s".formatted(duration.toMillis() / 1e3);
  }
}
