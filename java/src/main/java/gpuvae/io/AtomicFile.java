package gpuvae.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces a file as a whole: whoever opens it, at any moment and after any crash, finds either the
 * old content or the new.
 *
 * <p>The content goes to {@code .NAME.PID-N.tmp} in the same folder, is synced to the disk and
 * renamed over NAME; then the folder is synced where the system can. A temporary whose process was
 * killed is removed by the next write of the same file.
 */
public final class AtomicFile {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final AtomicLong COUNTER = new AtomicLong();

  /** The temporaries that this process is writing: not stale, though their PID is our own. */
  private static final Set<Path> ACTIVE = ConcurrentHashMap.newKeySet();

  private AtomicFile() {}

  /** What writes a file's content. */
  @FunctionalInterface
  public interface Body {
    /** Writes the whole content to {@code out}, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes {@code target}, creating missing folders. If anything fails, {@code body} included, the
   * old file is untouched and no temporary is left. A thread's interrupt flag does not disturb it.
   *
   * @throws IOException naming {@code target} and the reason
   */
  public static void write(Path target, Body body) throws IOException {
    Objects.requireNonNull(body, "body");
    Path file = target.toAbsolutePath().normalize();
    try {
      if (Files.isDirectory(file)) {
        throw new IOException("it is a folder");
      }
      Path folder = file.getParent();
      createFolders(folder);
      removeStale(folder, file.getFileName().toString());
      replace(file, body);
      syncFolder(folder);
    } catch (IOException e) {
      throw new IOException("cannot write " + target + ": " + Reason.of(e), e);
    }
  }

  /** Writes {@code text} in UTF-8, as {@link #write} does. */
  public static void writeString(Path target, String text) throws IOException {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void createFolders(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + " is not a folder", e);
    }
  }

  private static void replace(Path file, Body body) throws IOException {
    String suffix = "." + ProcessHandle.current().pid() + "-" + COUNTER.getAndIncrement() + ".tmp";
    Path temporary = file.resolveSibling("." + file.getFileName() + suffix);
    ACTIVE.add(temporary);
    try {
      Files.createFile(temporary);
      writeAndSync(temporary, body);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
      ACTIVE.remove(temporary);
    }
  }

  /** A FileChannel would be closed by an interrupt of the thread; a FileOutputStream is not. */
  private static void writeAndSync(Path temporary, Body body) throws IOException {
    try (FileOutputStream file = new FileOutputStream(temporary.toFile())) {
      OutputStream out = new BufferedOutputStream(file, BUFFER_BYTES);
      body.writeTo(out);
      out.flush();
      file.getFD().sync();
    }
  }

  private static void removeStale(Path folder, String name) {
    Pattern pattern = Pattern.compile(Pattern.quote("." + name + ".") + "(\\d{1,18})-\\d+\\.tmp");
    DirectoryStream.Filter<Path> stale = path -> isStale(path, pattern);
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, stale)) {
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Housekeeping: a folder that may be written but not listed is no reason to fail.
    }
  }

  private static boolean isStale(Path path, Pattern pattern) {
    Matcher matcher = pattern.matcher(path.getFileName().toString());
    if (!matcher.matches()) {
      return false;
    }
    long pid = Long.parseLong(matcher.group(1));
    return pid == ProcessHandle.current().pid()
        ? !ACTIVE.contains(path)
        : ProcessHandle.of(pid).isEmpty();
  }

  private static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system can open or sync a folder; the file itself is whole and synced.
    }
  }
}
