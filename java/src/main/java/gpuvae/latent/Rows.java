package gpuvae.latent;

/** An array that is filled latent by latent. */
final class Rows {
  private final float[] values;
  private int filled;

  Rows(int rows, int latent) {
    values = new float[Math.multiplyExact(rows, latent)];
  }

  void add(float[] row) {
    System.arraycopy(row, 0, values, filled, row.length);
    filled += row.length;
  }

  float[] values() {
    return values;
  }
}
