package gpuvae.backend.reference;

import gpuvae.backend.ElementType;
import gpuvae.backend.Storage;
import java.util.Arrays;

/** Elements as doubles (F32, F64) or as longs (integers), poisoned until written. */
final class DoubleStorage implements Storage {
  private static final long POISON = 0x7FF8_DEAD_DEAD_DEADL;

  private final ElementType type;
  private final long size;
  private double[] doubles;
  private long[] longs;

  DoubleStorage(ElementType type, long size) {
    this.type = type;
    this.size = size;
    if (type == ElementType.F32 || type == ElementType.F64) {
      doubles = new double[Math.toIntExact(size)];
      Arrays.fill(doubles, Double.NaN);
    } else {
      longs = new long[Math.toIntExact(size)];
      Arrays.fill(longs, POISON);
    }
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public long size() {
    return size;
  }

  double[] doubles() {
    checkInUse();
    if (doubles == null) {
      throw new IllegalArgumentException("a tensor of type " + type + " where F32 is needed");
    }
    return doubles;
  }

  long[] longs() {
    checkInUse();
    if (longs == null) {
      throw new IllegalArgumentException("a tensor of type " + type + " where integers are needed");
    }
    return longs;
  }

  void free() {
    checkInUse();
    doubles = null;
    longs = null;
  }

  private void checkInUse() {
    if (doubles == null && longs == null) {
      throw new IllegalStateException("a tensor of type " + type + " is used after it was freed");
    }
  }
}
