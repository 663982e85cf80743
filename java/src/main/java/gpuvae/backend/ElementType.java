package gpuvae.backend;

/** The types of a tensor's elements. */
public enum ElementType {
  /** Unsigned byte: pixels. */
  U8(1),
  /** 32-bit integer: row numbers. */
  I32(4),
  /** 64-bit word: step state. */
  I64(8),
  /** Single precision: everything a model computes with. */
  F32(4),
  /** Double precision: sums and losses. */
  F64(8);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
