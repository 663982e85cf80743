package gpuvae.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.Jvm;
import gpuvae.backend.Binarisation;
import gpuvae.backend.DeviceFailedException;
import gpuvae.backend.ElementType;
import gpuvae.backend.OutOfDeviceMemoryException;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaDeviceForTests;
import gpuvae.model.VaeModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Nothing leaks, and what goes wrong says what and leaves the rest usable. */
class CudaMemoryTest {
  /** 10,000 on demand: -Dgpuvae.test.cycles=10000. */
  private static final int CYCLES = Integer.getInteger("gpuvae.test.cycles", 200);

  private static final int WINDOWS = 5;

  /** Bytes a cycle that count as no growth. */
  private static final long GROWTH = 120_000;

  /** Where each cycle makes a context anew, of which a card's driver may keep something. */
  private static final long CARD_GROWTH = 1 << 20;

  private static void cycle() {
    CudaBackend backend = CudaBackends.open(true);
    try (VaeModel model = new VaeModel(backend, VaeConfig.preset("mlp-softplus"), 1)) {
      float[] batch = new float[4 * 10];
      for (int step = 0; step < 3; step++) {
        batch[step] = 1;
        model.trainStep(batch, 4, null);
      }
      assertEquals(3, model.training().read(backend)[StepState.STEP]);
    } finally {
      backend.close();
    }
    assertEquals(0, backend.ledger().open().size());
  }

  private static long freeDeviceMemory() {
    try (CudaContext context = CudaDeviceForTests.openContext()) {
      return context.memoryInfo().free();
    }
  }

  /** Resident memory of this process, and what of it is locked (pinned). */
  private static long status(String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(field + ":")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no " + field);
  }

  /** A leak shows in each of the windows, what allocators and compilers take by the way in some. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void manyModelsComeAndGo() throws IOException {
    for (int i = 0; i < Math.min(50, CYCLES); i++) {
      cycle();
    }
    long free = freeDeviceMemory();
    long growth = Long.MAX_VALUE;
    for (int window = 0; window < WINDOWS; window++) {
      System.gc();
      long resident = status("RssAnon");
      for (int i = 0; i < CYCLES / WINDOWS; i++) {
        cycle();
      }
      System.gc();
      growth = Math.min(growth, status("RssAnon") - resident);
    }
    CudaDeviceForTests.assertNothingKept(free, freeDeviceMemory());
    long allowed = CudaDeviceForTests.isCard() ? CARD_GROWTH : GROWTH;
    assertTrue(
        growth < allowed * CYCLES / WINDOWS,
        "the process grew by "
            + growth
            + " bytes and more in each "
            + CYCLES / WINDOWS
            + " cycles");
  }

  @Test
  void whatIsNotGivenBackIsNamed() {
    CudaBackend backend = CudaBackends.open(true);
    backend.allocate(ElementType.F32, 3, 5);
    backend.close();
    assertEquals(1, backend.ledger().open().size());
    String leak = backend.ledger().open().getFirst();
    assertTrue(leak.startsWith("F32[3, 5], 60 bytes, allocated at"), leak);
    assertTrue(leak.contains("CudaMemoryTest.whatIsNotGivenBackIsNamed"), leak);
  }

  @Test
  void outOfMemorySaysTheSizesAndTheBackendStaysUsable() {
    try (CudaBackend backend = CudaBackends.open(true)) {
      Tensor small = backend.allocate(ElementType.F32, 10);
      OutOfDeviceMemoryException e =
          assertThrows(
              OutOfDeviceMemoryException.class,
              () -> backend.allocate(ElementType.F64, 1 << 20, 1 << 20));
      assertTrue(
          e.getMessage().startsWith("no room for F64[1048576, 1048576], 8796093022208 bytes"),
          e.getMessage());
      assertTrue(e.getMessage().contains(" in use here; "), e.getMessage());
      backend.fill(small, 2);
      float[] values = new float[10];
      backend.read(small, values, 0, 10);
      assertEquals(2, values[9]);
      backend.free(small);
    }
  }

  @Test
  void afterCloseEverythingIsRefused() {
    CudaBackend backend = CudaBackends.open(true);
    Tensor x = backend.allocate(ElementType.F32, 10);
    backend.free(x);
    assertThrows(IllegalStateException.class, () -> backend.fill(x, 1), "freed");
    backend.close();
    backend.close();
    assertThrows(IllegalStateException.class, () -> backend.allocate(ElementType.F32, 1));
    assertThrows(IllegalStateException.class, () -> backend.synchronize());
  }

  /** In a JVM of its own: a card's driver may not get over it. */
  @Test
  void aLostDeviceSaysSoAndCanBeOpenedAgain() throws Exception {
    CudaDeviceForTests.libraries();
    String output = Jvm.output(LostDevice.class, List.of(Jvm.NATIVE));
    assertTrue(output.contains("opened again"), output);
  }

  /** A gather of a row that is not there. */
  static final class LostDevice {
    private LostDevice() {}

    public static void main(String[] args) {
      lose();
      cycle();
      System.out.println("opened again");
    }
  }

  private static void lose() {
    CudaBackend backend = CudaBackends.open(true);
    StepState state = new StepState(new Tensors(backend));
    Tensor source = backend.allocate(ElementType.U8, 4, 8);
    backend.write(source, MemorySegment.ofArray(new byte[32]));
    Tensor order = backend.allocate(ElementType.I32, 2);
    backend.write(order, MemorySegment.ofArray(new int[] {0, 1 << 30}));
    Tensor x = backend.allocate(ElementType.F32, 2, 8);
    Preprocessing plain = new Preprocessing(1, 0, Binarisation.NONE, 0);
    ResidentRows data = new ResidentRows(source, order, plain);
    DeviceFailedException first =
        assertThrows(
            DeviceFailedException.class,
            () -> {
              backend.gather(state, data, 2, x);
              backend.synchronize();
            });
    assertTrue(first.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), first.getMessage());
    DeviceFailedException later =
        assertThrows(DeviceFailedException.class, () -> backend.fill(x, 1));
    assertTrue(later.getMessage().contains(" is lost: "), later.getMessage());
    assertThrows(DeviceFailedException.class, () -> backend.allocate(ElementType.F32, 1));
    backend.close();
  }
}
