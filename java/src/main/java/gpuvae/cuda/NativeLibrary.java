package gpuvae.cuda;

import gpuvae.cuda.CudaUnavailableException.Reason;
import gpuvae.cuda.LibraryProbe.Attempt;
import gpuvae.cuda.LibraryProbe.Finding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/** An open library, which is never closed, and the addresses of a table's functions in it. */
final class NativeLibrary {
  private final Finding finding;
  private final MemorySegment[] addresses;

  /**
   * Opens what was found. Functions may be missing: see {@link #require}.
   *
   * @throws CudaUnavailableException if nothing was found, or it cannot be opened
   */
  @SuppressWarnings("restricted")
  NativeLibrary(Finding finding, FunctionTable table) {
    this.finding = finding;
    String path = finding.path().orElseThrow(() -> notFound(finding));
    SymbolLookup symbols;
    try {
      symbols = SymbolLookup.libraryLookup(path, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new CudaUnavailableException(Reason.UNUSABLE, unusable(e.getMessage()), e);
    }
    addresses =
        table.functions().stream()
            .map(function -> symbols.find(function.name()).orElse(null))
            .toArray(MemorySegment[]::new);
  }

  /** Where a function is. */
  MemorySegment at(CFunction function) {
    return addresses[function.index()];
  }

  /**
   * Sees that functions are there.
   *
   * @throws CudaUnavailableException if one is not
   */
  void require(List<CFunction> functions) {
    for (CFunction function : functions) {
      if (at(function) == null) {
        throw new CudaUnavailableException(
            Reason.UNUSABLE,
            unusable("it has no function " + function.name() + ": another library, or too old"));
      }
    }
  }

  /** A message about this library. */
  String unusable(String why) {
    return "%s is present but unusable: %s: %s.%s"
        .formatted(title(), finding.path().orElseThrow(), why, tried(finding));
  }

  /** As its makers write it. */
  private String title() {
    return finding.library().title();
  }

  /** Where it is. */
  String path() {
    return finding.path().orElseThrow();
  }

  private static CudaUnavailableException notFound(Finding finding) {
    boolean absent = finding.attempts().stream().allMatch(Attempt::absent);
    return new CudaUnavailableException(
        absent ? Reason.ABSENT : Reason.UNUSABLE,
        "%s is %s. %s, or name the folder that holds it by %s or the property %s.%s"
            .formatted(
                finding.library().title(),
                absent ? "absent" : "present but unusable: it cannot be opened",
                finding.library().remedy(),
                LibraryProbe.VARIABLE,
                LibraryProbe.PROPERTY,
                tried(finding)));
  }

  /** Every name, one a line, with the system's words. */
  private static String tried(Finding finding) {
    StringBuilder lines = new StringBuilder("\nTried:");
    for (Attempt attempt : finding.attempts()) {
      lines
          .append("\n  ")
          .append(attempt.name())
          .append(": ")
          .append(attempt.refusal() == null ? "opened" : attempt.refusal());
    }
    return lines.toString();
  }
}
