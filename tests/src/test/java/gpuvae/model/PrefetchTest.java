package gpuvae.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.Noise;
import gpuvae.backend.Philox;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.reference.DoubleBackend;
import gpuvae.backend.reference.RecordingBackend;
import gpuvae.backend.reference.RecordingBackend.Mode;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import gpuvae.cuda.SoftwareDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training on resident data sets, whose batches are fetched a step ahead, has the bits of training
 * on the same batches from the host, drawn here: whatever comes between two steps, and wherever in
 * the data the next one is.
 */
@ExtendWith(CudaLibraries.class)
class PrefetchTest {
  private static final int STEPS = 80;
  private static final int FEATURES = 13;
  private static final int MOST_ROWS = 9;
  private static final long SEED = 77;
  private static final VaeConfig CONFIG =
      VaeConfig.builder().input(FEATURES).hidden(Activation.RELU, 11).latent(3).build();

  /** A life of a model, the same for the same seed. */
  private static final class Life {
    private final Random random;
    private final Backend backend;
    private final VaeModel model;
    private final boolean resident;
    private final byte[][] pixels = {new byte[40 * FEATURES], new byte[23 * FEATURES]};
    private final int[][] orders = new int[2][];
    private final ResidentData[] sets = new ResidentData[2];
    private final List<float[]> results = new ArrayList<>();
    private int set;
    private int position;
    private int rows = 5;
    private long attempt;

    Life(Backend backend, long seed, boolean resident) {
      this.backend = backend;
      this.resident = resident;
      random = new Random(seed);
      model = new VaeModel(backend, CONFIG, SEED);
      Preprocessing how = new Preprocessing(1 / 255f, 0, Binarisation.DYNAMIC, 0);
      for (int i = 0; i < 2; i++) {
        random.nextBytes(pixels[i]);
        MemorySegment stored = MemorySegment.ofArray(pixels[i]);
        sets[i] = model.upload(ElementType.U8, stored, pixels[i].length / FEATURES, how);
        reorder(i);
      }
    }

    private void reorder(int which) {
      List<Integer> rows = new ArrayList<>();
      for (int i = 0; i < pixels[which].length / FEATURES; i++) {
        rows.add(i);
      }
      Collections.shuffle(rows, random);
      orders[which] = rows.stream().mapToInt(Integer::intValue).toArray();
      sets[which].order(orders[which]);
    }

    List<float[]> live() {
      for (int step = 0; step < STEPS; step++) {
        interrupt();
        step();
      }
      snapshot();
      for (ResidentData data : sets) {
        data.free();
      }
      model.close();
      return results;
    }

    /** Mostly nothing: then the batch that was fetched is the one. */
    private void interrupt() {
      switch (random.nextInt(24)) {
        case 0 -> position = random.nextInt(orders[set].length);
        case 1 -> reorder(set);
        case 2 -> set = 1 - set;
        case 3 -> hostStep(random.nextFloat());
        case 4 -> hostStep(Float.NaN);
        case 5 -> encode();
        case 6 -> model.reserve(MOST_ROWS + random.nextInt(5));
        case 7 -> model.restoreTraining(model.training().read(backend));
        case 8, 9 -> rows = 1 + random.nextInt(MOST_ROWS);
        case 10 -> snapshot();
        default -> {}
      }
      position = position < orders[set].length ? position : 0;
    }

    private void step() {
      int count = Math.min(rows, orders[set].length - position);
      if (resident) {
        model.trainStep(sets[set], position, count);
      } else {
        model.trainStep(batch(count), count, null);
      }
      position += count;
      attempt++;
    }

    /** As Backend.gather says. */
    private float[] batch(int count) {
      float[] batch = new float[count * FEATURES];
      int[] words = new int[4];
      int tag = Philox.tag(Noise.BINARISE, attempt, 0);
      for (int r = 0; r < count; r++) {
        int row = orders[set][position + r];
        for (int c = 0; c < FEATURES; c++) {
          Philox.words(SEED, c / 4, r, (int) attempt, tag, words);
          float probability = (pixels[set][row * FEATURES + c] & 0xFF) * (1 / 255f);
          batch[r * FEATURES + c] = Philox.uniform(words[c % 4]) <= probability ? 1 : 0;
        }
      }
      return batch;
    }

    private void hostStep(float value) {
      float[] batch = new float[2 * FEATURES];
      Arrays.fill(batch, value);
      model.trainStep(batch, 2, null);
      attempt++;
    }

    private void encode() {
      float[] heads = new float[2 * 2 * CONFIG.latent()];
      model.encode(sets[set], 1, 3, 2, heads, new float[heads.length / 2]);
      results.add(heads);
    }

    private void snapshot() {
      assertEquals(attempt, model.attempts());
      float[] values = new float[(int) model.parameters().values().size()];
      backend.read(model.parameters().values(), values, 0, values.length);
      results.add(values);
    }
  }

  private static void check(Backend fetching, Backend plain, long seed) {
    List<float[]> expected = new Life(plain, seed, false).live();
    List<float[]> actual = new Life(fetching, seed, true).live();
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "seed " + seed + ", result " + i);
    }
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Integer.getInteger("gpuvae.test.seeds", 10));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void onTheCpu(long seed) {
    try (Backend cpu = Device.cpu().open()) {
      check(cpu, cpu, seed);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void recorded(long seed) {
    RecordingBackend recorder = new RecordingBackend(new DoubleBackend(), Mode.REPLAY);
    check(recorder.backend(), new DoubleBackend(), seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  @Tag("cuda")
  void onAGpu(long seed) {
    try (Backend gpu = Device.cuda(0).open()) {
      check(gpu, gpu, seed);
    }
  }

  /** In orders that the streams and events allow: with an event too few other bits in some. */
  @ParameterizedTest
  @MethodSource("seeds")
  void inAnyOrder(long seed) {
    SoftwareDevice device = SoftwareDevice.get();
    int reports = device.reportCount();
    List<float[]> expected;
    try (Backend gpu = Device.cuda(0).open()) {
      expected = new Life(gpu, seed, false).live();
    }
    device.defer(seed);
    try (Backend gpu = Device.cuda(0).open()) {
      List<float[]> actual = new Life(gpu, seed, true).live();
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), actual.get(i), "seed " + seed + ", result " + i);
      }
    } finally {
      device.defer(0);
    }
    assertEquals(reports, device.reportCount());
  }

  /** In a row of steps each batch but the first is fetched within the step before. */
  @Test
  void theFirstIsFetchedAlone() {
    RecordingBackend recorder = new RecordingBackend(new DoubleBackend(), Mode.REPLAY);
    VaeModel model = new VaeModel(recorder.backend(), CONFIG, SEED);
    Preprocessing how = new Preprocessing(1, 0, Binarisation.NONE, 0);
    ResidentData data =
        model.upload(ElementType.U8, MemorySegment.ofArray(new byte[20 * FEATURES]), 20, how);
    data.order(new int[20]);
    for (int step = 0; step < 4; step++) {
      recorder.resetCounts();
      model.trainStep(data, 5 * step, 5);
      assertEquals(step == 0 ? 2 : 1, recorder.counts().get("fetch"));
    }
  }
}
