package gpuvae.backend.cpu;

import gpuvae.backend.Tensor;
import java.util.Arrays;
import java.util.Random;

/** Seeded inputs, and outputs that hold poison until they are written. */
final class Inputs {
  static final float POISON = -1.2345e30f;

  private final Random random;

  Inputs(long seed) {
    random = new Random(seed);
  }

  /** Normal numbers. */
  float[] normal(int size, float scale) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }

  /** Numbers in [0, 1]. */
  float[] unit(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(4) == 0 ? random.nextInt(2) : random.nextFloat();
    }
    return values;
  }

  static float[] poison(int size) {
    float[] values = new float[size];
    Arrays.fill(values, POISON);
    return values;
  }

  /** A tensor that begins {@code offset} elements into a storage with poison around it. */
  static Tensor tensor(CpuBackend backend, float[] values, int offset, int... shape) {
    int size = (int) Tensor.sizeOf(shape);
    Tensor whole = backend.allocate(gpuvae.backend.ElementType.F32, offset + size + offset);
    float[] array = CpuStorage.floats(whole);
    Arrays.fill(array, POISON);
    System.arraycopy(values, 0, array, (int) whole.offset() + offset, size);
    return whole.view(offset, shape);
  }

  static float[] read(CpuBackend backend, Tensor tensor) {
    float[] values = new float[(int) tensor.size()];
    backend.read(tensor, values, 0, values.length);
    return values;
  }
}
