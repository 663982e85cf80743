package gpuvae.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.StepKey;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;
import gpuvae.backend.reference.RecordingBackend.Mode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordingBackendTest {
  private static final StepKey KEY = new StepKey("step", 3);

  private final DoubleBackend target = new DoubleBackend();

  private Tensor floats(Backend backend, float... values) {
    Tensor tensor = backend.allocate(ElementType.F32, values.length);
    backend.write(tensor, values, 0, values.length);
    return tensor;
  }

  @ParameterizedTest
  @EnumSource
  void whatVariesInDeviceMemoryIsSeenByReplays(Mode mode) {
    RecordingBackend recorder = new RecordingBackend(target, mode);
    Backend backend = recorder.backend();
    StepState state = new StepState(new Tensors(backend));
    Tensor slots = floats(backend, 1, 2, 3, 4, 5, 6);
    Tensor x = floats(backend, 0, 0, 0);
    for (int step = 0; step < 6; step++) {
      state.set(backend, StepState.SLOT, (long) step % 2);
      backend.run(KEY, () -> backend.selectSlot(state, slots.view(0, 2, 3, 1), 3, x.view(0, 3, 1)));
      float first = step % 2 == 0 ? 1 : 4;
      assertArrayEquals(new double[] {first, first + 1, first + 2}, target.doubles(x));
    }
    assertEquals(4, recorder.replays());
    assertEquals(Map.of("selectSlot", 6), recorder.counts());
  }

  @Test
  void aHiddenValueGivesAnotherResult() {
    Backend backend = new RecordingBackend(target, Mode.REPLAY).backend();
    Tensor x = floats(backend, 0);
    float[] hidden = new float[1];
    double[] results = new double[4];
    for (int step = 0; step < 4; step++) {
      hidden[0] = step;
      backend.run(KEY, () -> backend.fill(x, hidden[0]));
      results[step] = target.doubles(x)[0];
    }
    assertArrayEquals(new double[] {0, 1, 1, 1}, results);
  }

  @Test
  void aBodyThatChangesIsReported() {
    Backend backend = new RecordingBackend(target, Mode.VERIFY).backend();
    Tensor x = floats(backend, 1, 2);
    float[] hidden = {5};
    Runnable body =
        () -> {
          backend.biasActivation(1, x, null, Activation.RELU, x);
          backend.fill(x, hidden[0]);
        };
    for (int step = 0; step < 3; step++) {
      backend.run(KEY, body);
    }
    hidden[0] = 6;
    AssertionError error = assertThrows(AssertionError.class, () -> backend.run(KEY, body));
    assertTrue(error.getMessage().contains("call 1 was fill"), error.getMessage());
    Runnable shorter = () -> backend.biasActivation(1, x, null, Activation.RELU, x);
    assertThrows(AssertionError.class, () -> backend.run(KEY, shorter));
    hidden[0] = 5;
    backend.run(KEY, body);
  }

  @Test
  void onlyOperationsInsideABody() {
    RecordingBackend recorder = new RecordingBackend(target, Mode.REPLAY);
    Backend backend = recorder.backend();
    Tensor x = floats(backend, 1, 2);
    Map<String, Runnable> refused =
        Map.of(
            "allocate", () -> backend.allocate(ElementType.F32, 1),
            "free", () -> backend.free(x),
            "read", () -> backend.read(x, new float[2], 0, 2),
            "write", () -> backend.write(x, MemorySegment.ofArray(new float[2])),
            "writeLong", () -> backend.writeLong(x, 0, 1),
            "synchronize", backend::synchronize,
            "run", () -> backend.run(KEY, () -> {}));
    refused.forEach(
        (name, call) -> {
          IllegalStateException error =
              assertThrows(IllegalStateException.class, () -> backend.run(KEY, call));
          assertTrue(error.getMessage().startsWith(name + " inside run"), error.getMessage());
        });
    backend.read(x, new float[2], 0, 2);
    assertEquals(Map.of(), recorder.counts());
  }

  @Test
  void freeingATensorDropsItsRecordings() {
    RecordingBackend recorder = new RecordingBackend(target, Mode.REPLAY);
    Backend backend = recorder.backend();
    Tensor[] x = {floats(backend, 1)};
    for (int step = 0; step < 3; step++) {
      backend.run(KEY, () -> backend.fill(x[0], 7));
    }
    assertEquals(1, recorder.replays());
    backend.free(x[0]);
    x[0] = floats(backend, 1);
    backend.run(KEY, () -> backend.fill(x[0], 8));
    assertEquals(1, recorder.replays());
    assertEquals(8, target.doubles(x[0])[0]);
  }

  @Test
  void freedTensorsAndFreshMemoryShow() {
    Tensor x = floats(target, 1);
    target.free(x);
    assertThrows(IllegalStateException.class, () -> target.fill(x, 1));
    assertThrows(IllegalStateException.class, () -> target.free(x));
    double[] fresh = target.doubles(target.allocate(ElementType.F32, 2, 3));
    assertTrue(Arrays.stream(fresh).allMatch(Double::isNaN));
    assertFalse(fresh.length == 0);
  }
}
