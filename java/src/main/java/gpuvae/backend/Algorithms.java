package gpuvae.backend;

import java.util.Locale;

/** Which of its libraries' algorithms a GPU may use. */
public enum Algorithms {
  /** Those that give the same bits every time. */
  DETERMINISTIC,
  /** Whichever its libraries expect to be fastest: two runs may differ in their last bits. */
  FASTEST;

  /** As on the command line: "deterministic", "fastest". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
