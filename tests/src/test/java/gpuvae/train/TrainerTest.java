package gpuvae.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.RunningLoss;
import gpuvae.backend.Activation;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Device;
import gpuvae.config.InputConfig;
import gpuvae.config.Schedule;
import gpuvae.config.Shape;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.io.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The training loop: reports, stopping, resuming, giving up. */
class TrainerTest {
  private static final VaeConfig CONFIG =
      VaeConfig.builder()
          .input(InputConfig.plain(Shape.image(1, 4, 4)).withBinarisation(Binarisation.DYNAMIC))
          .hidden(Activation.RELU, 8)
          .latent(2)
          .batchSize(10)
          .epochs(3)
          .build();

  @TempDir Path temporary;

  private static Dataset data(int rows, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[rows * 16];
    random.nextBytes(pixels);
    return Dataset.ofBytes("random", Shape.image(1, 4, 4), pixels, null);
  }

  private static final Dataset TRAIN = data(95, 1);
  private static final Dataset TEST = data(33, 2);

  /** Stops a run after some steps. */
  private static final class StopAfter implements TrainingListener {
    private final int epoch;
    private final List<EpochReport> reports = new ArrayList<>();
    Trainer trainer;

    StopAfter(int epoch) {
      this.epoch = epoch;
    }

    @Override
    public void epochEnded(EpochReport report, GpuVae vae) {
      reports.add(report);
      if (report.epoch() == epoch) {
        trainer.stop();
      }
    }
  }

  @Test
  void savesAtTheStartAfterEachEpochAndReports() throws IOException {
    Path folder = temporary.resolve("model");
    StopAfter listener = new StopAfter(-1);
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 4)) {
      TrainingResult result = new Trainer(vae, TRAIN, TEST).folder(folder).listener(listener).run();
      assertFalse(result.stopped());
      assertEquals(result.reports(), listener.reports);
      assertEquals(3, result.reports().size());
      EpochReport last = result.reports().getLast();
      assertTrue(last.trainLoss() < result.reports().getFirst().trainLoss());
      assertEquals(last.trainReconstruction() + last.trainKl(), last.trainLoss());
      assertEquals(vae.evaluate(TEST).total(), last.testLoss());
    }
    List<String> metrics = Files.readAllLines(folder.resolve("metrics.csv"));
    assertEquals(4, metrics.size());
    assertEquals(
        "epoch,train_loss,train_reconstruction,train_kl,test_loss,test_reconstruction,test_kl,"
            + "seconds",
        metrics.getFirst());
    assertTrue(metrics.get(3).startsWith("3,"));
    assertTrue(Files.exists(folder.resolve(ModelFolder.MODEL)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aStoppedAndResumedRunEndsWithTheSameBits(int stopIn) throws IOException {
    Path whole = temporary.resolve("whole");
    Path parts = temporary.resolve("parts");
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5)) {
      new Trainer(vae, TRAIN, TEST).folder(whole).run();
    }
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5)) {
      StopAfter listener = new StopAfter(stopIn);
      Trainer trainer = new Trainer(vae, TRAIN, TEST).folder(parts).listener(listener);
      listener.trainer = trainer;
      if (stopIn == 0) {
        trainer.stop();
      }
      TrainingResult result = trainer.run();
      assertTrue(result.stopped());
      assertEquals(stopIn, result.reports().size());
    }
    resumeAndCompare(parts, whole);
  }

  /** Of ten batches an epoch, each told of. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 9})
  void aRunStoppedWithinAnEpochEndsWithTheSameBits(int stopAfter) throws IOException {
    Path whole = temporary.resolve("whole");
    Path parts = temporary.resolve("parts");
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5)) {
      new Trainer(vae, TRAIN, TEST).folder(whole).run();
    }
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5)) {
      Trainer trainer = new Trainer(vae, TRAIN, TEST).folder(parts).clock(new Ticks());
      List<Integer> told = new ArrayList<>();
      trainer.listener(
          new TrainingListener() {
            @Override
            public void progress(int epoch, int batch, RunningLoss loss) {
              told.add(batch);
              if (batch == stopAfter) {
                trainer.stop();
              }
            }
          });
      assertTrue(trainer.run().stopped());
      assertEquals(stopAfter, told.size());
    }
    assertEquals(
        Integer.toString(stopAfter), ModelFolder.readState(parts).notes().get("trainer.batch"));
    resumeAndCompare(parts, whole);
  }

  /** A clock on which a second passes each time it is read. */
  private static final class Ticks implements LongSupplier {
    private long now;

    @Override
    public long getAsLong() {
      return now += 1_000_000_000;
    }
  }

  private static void resumeAndCompare(Path parts, Path whole) throws IOException {
    var state = ModelFolder.readState(parts);
    try (GpuVae vae = GpuVae.resume(state, Device.cpu())) {
      TrainingResult result = new Trainer(vae, TRAIN, TEST).folder(parts).resume(state).run();
      assertEquals(3, result.reports().size());
    }
    compare(whole, parts);
  }

  /** The same bits everywhere but in the times. */
  private static void compare(Path whole, Path parts) throws IOException {
    assertArrayEquals(
        Files.readAllBytes(whole.resolve(ModelFolder.MODEL)),
        Files.readAllBytes(parts.resolve(ModelFolder.MODEL)));
    var expected = ModelFolder.readState(whole);
    var actual = ModelFolder.readState(parts);
    assertArrayEquals(expected.words(), actual.words());
    assertArrayEquals(expected.secondMoment(), actual.secondMoment());
    assertEquals(withoutSeconds(whole), withoutSeconds(parts));
  }

  private static List<String> withoutSeconds(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("metrics.csv")).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .toList();
  }

  /** A rate that destroys what was learned: the test loss grows after some epochs. */
  private static final VaeConfig WORSENING =
      CONFIG.toBuilder()
          .epochs(12)
          .learningRate(0.02)
          .controls(
              TrainingControls.NONE
                  .withLearningRate(new Schedule.Linear(0, 20))
                  .withPatience(3)
                  .keepingBest())
          .build();

  private static TrainingResult worsen(Path folder, int stopIn) throws IOException {
    try (GpuVae vae = GpuVae.create(WORSENING, Device.cpu(), 5)) {
      StopAfter listener = new StopAfter(stopIn);
      listener.trainer = new Trainer(vae, TRAIN, TEST).folder(folder).listener(listener);
      return listener.trainer.run();
    }
  }

  @Test
  void patienceEndsARunAndTheBestModelIsKept() throws IOException {
    Path folder = temporary.resolve("model");
    TrainingResult result = worsen(folder, -1);
    assertTrue(result.outOfPatience());
    assertFalse(result.stopped());
    EpochReport best = result.best().orElseThrow();
    int last = result.reports().size();
    assertEquals(best.epoch() + 3, last);
    assertTrue(last < 12, "patience had nothing to end");
    for (EpochReport report : result.reports()) {
      assertTrue(report.testLoss() >= best.testLoss());
    }
    // The same steps again, as far as the best epoch.
    VaeConfig untilBest = WORSENING.toBuilder().epochs(best.epoch()).build();
    try (GpuVae again = GpuVae.create(untilBest, Device.cpu(), 5);
        GpuVae kept = GpuVae.load(folder.resolve(Trainer.BEST), Device.cpu());
        GpuVae end = GpuVae.load(folder, Device.cpu())) {
      new Trainer(again, TRAIN, TEST).run();
      float[] x = new float[16];
      assertArrayEquals(again.encode(x).mean(), kept.encode(x).mean());
      assertFalse(Arrays.equals(end.encode(x).mean(), kept.encode(x).mean()));
    }
    var state = ModelFolder.readState(folder);
    try (GpuVae vae = GpuVae.resume(state, Device.cpu())) {
      TrainingResult resumed = new Trainer(vae, TRAIN, TEST).resume(state).run();
      assertEquals(last, resumed.reports().size(), "a resumed run is as impatient");
      assertTrue(resumed.outOfPatience());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aResumedRunKnowsItsBestAndItsPatience(int stopIn) throws IOException {
    Path whole = temporary.resolve("whole");
    Path parts = temporary.resolve("parts");
    int epochs = worsen(whole, -1).reports().size();
    assertTrue(stopIn < epochs, "the run was over before it could be stopped");
    assertTrue(worsen(parts, stopIn).stopped());
    var state = ModelFolder.readState(parts);
    try (GpuVae vae = GpuVae.resume(state, Device.cpu())) {
      new Trainer(vae, TRAIN, TEST).folder(parts).resume(state).run();
    }
    compare(whole, parts);
    for (String file : List.of(ModelFolder.MODEL, ModelFolder.CONFIG)) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(Trainer.BEST).resolve(file)),
          Files.readAllBytes(parts.resolve(Trainer.BEST).resolve(file)));
    }
  }

  @Test
  void patienceNeedsTestData() {
    try (GpuVae vae = GpuVae.create(WORSENING, Device.cpu(), 5)) {
      assertThrows(IllegalArgumentException.class, () -> new Trainer(vae, TRAIN, null));
    }
  }

  @Test
  void damagedNotesAreRefused() throws IOException {
    Path folder = temporary.resolve("model");
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5)) {
      Trainer trainer = new Trainer(vae, TRAIN, null);
      trainer.folder(folder).epochs(1).run();
      Map<String, String> notes = ModelFolder.readState(folder).notes();
      for (String note : notes.keySet()) {
        Map<String, String> damaged = new HashMap<>(notes);
        damaged.remove(note);
        vae.save(folder, damaged);
        var without = ModelFolder.readState(folder);
        assertThrows(IOException.class, () -> trainer.resume(without), "no " + note);
        damaged.put(note, "epoch\n1,2");
        vae.save(folder, damaged);
        var wrong = ModelFolder.readState(folder);
        assertThrows(IOException.class, () -> trainer.resume(wrong), "another " + note);
      }
    }
  }

  @Test
  void resumingOnOtherDataIsRefused() throws IOException {
    Path folder = temporary.resolve("model");
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5)) {
      new Trainer(vae, TRAIN, null).folder(folder).epochs(1).run();
    }
    var state = ModelFolder.readState(folder);
    try (GpuVae vae = GpuVae.resume(state, Device.cpu())) {
      Trainer sameSize = new Trainer(vae, data(95, 99), null);
      String message = assertThrows(IOException.class, () -> sameSize.resume(state)).getMessage();
      assertTrue(message.contains("cannot resume on other data"), message);
    }
    try (GpuVae vae = GpuVae.create(CONFIG, Device.cpu(), 5)) {
      vae.save(folder);
      Trainer trainer = new Trainer(vae, TRAIN, null);
      var plain = ModelFolder.readState(folder);
      assertThrows(IOException.class, () -> trainer.resume(plain));
    }
  }

  @Test
  void trainingThatDivergesStopsWithAdviceAndAWholeModel() throws IOException {
    Path folder = temporary.resolve("model");
    VaeConfig config = CONFIG.toBuilder().learningRate(1e30).batchSize(1).epochs(50).build();
    List<RunningLoss> refused = new ArrayList<>();
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 6)) {
      Trainer trainer =
          new Trainer(vae, TRAIN, null)
              .folder(folder)
              .listener(
                  new TrainingListener() {
                    @Override
                    public void refused(int epoch, int batch, RunningLoss loss) {
                      refused.add(loss);
                    }
                  });
      String message = assertThrows(TrainingDivergedException.class, trainer::run).getMessage();
      assertTrue(message.contains("lower learning rate"), message);
      assertFalse(refused.isEmpty());
      for (float[] values : vae.parameters().values()) {
        for (float value : values) {
          assertTrue(Float.isFinite(value));
        }
      }
    }
    try (GpuVae vae = GpuVae.load(folder, Device.cpu())) {
      assertEquals(config, vae.config());
    }
  }
}
