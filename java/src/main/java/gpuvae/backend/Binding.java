package gpuvae.backend;

import java.util.Locale;

/** The way from Java to a GPU's libraries; results have the same bits either way. */
public enum Binding {
  /** The JDK's foreign function API: no further dependency, and far cheaper a call. */
  FFM,
  /** JCuda, an optional dependency, with cuBLAS 12 and, for convolutions, cuDNN 9. */
  JCUDA;

  /** As on the command line: "ffm", "jcuda". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
