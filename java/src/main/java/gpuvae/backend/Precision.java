package gpuvae.backend;

import java.util.Locale;

/** How a GPU multiplies matrices of float32. */
public enum Precision {
  /** In float32. */
  FLOAT32,
  /** With factors rounded to TF32, 10 bits of fraction: faster on tensor cores, less exact. */
  TF32;

  /** As on the command line: "float32", "tf32". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
