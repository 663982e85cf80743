package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.io.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  @TempDir Path runs;

  private void save(String name, long millis) throws IOException {
    Path folder = Files.createDirectories(runs.resolve(name));
    Path state = Files.writeString(folder.resolve(ModelFolder.STATE), "state");
    Files.setLastModifiedTime(state, FileTime.fromMillis(millis));
  }

  @Test
  void aNewRunTakesTheFirstFreeName() throws IOException {
    assertEquals(runs.resolve("a"), RunFolder.free(runs, "a"));
    save("a", 1);
    assertEquals(runs.resolve("a-2"), RunFolder.free(runs, "a"));
    Files.createDirectories(runs.resolve("a-2"));
    assertEquals(runs.resolve("a-2"), RunFolder.free(runs, "a"), "no model in it");
    save("a-2", 1);
    assertEquals(runs.resolve("a-3"), RunFolder.free(runs, "a"));
  }

  @Test
  void theLastRunIsTheOneSavedLast() throws IOException {
    assertTrue(RunFolder.last(runs.resolve("none"), "").isEmpty());
    assertTrue(RunFolder.last(runs, "").isEmpty());
    save("a-mnist", 3000);
    save("b-mnist", 5000);
    save("a-digits", 4000);
    Files.createDirectories(runs.resolve("a-empty"));
    assertEquals(Optional.of(runs.resolve("b-mnist")), RunFolder.last(runs, ""));
    assertEquals(Optional.of(runs.resolve("a-digits")), RunFolder.last(runs, "a-"));
  }

  @Test
  void clearingLeavesOtherFiles() throws IOException {
    save("a", 1);
    Path notes = Files.writeString(runs.resolve("a/notes.txt"), "mine");
    Path own = Files.writeString(runs.resolve("a/samples-of-mine.png"), "mine");
    Files.writeString(runs.resolve("a/samples-012.png"), "ours");
    RunFolder.clear(runs.resolve("a"));
    try (var left = Files.list(runs.resolve("a"))) {
      assertEquals(java.util.Set.of(notes, own), left.collect(java.util.stream.Collectors.toSet()));
    }
  }
}
