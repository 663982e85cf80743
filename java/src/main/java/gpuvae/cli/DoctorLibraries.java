package gpuvae.cli;

import gpuvae.cuda.LibraryProbe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where CUDA's libraries were looked for, with the dynamic loader's words. */
final class DoctorLibraries {
  private DoctorLibraries() {}

  /** Each CUDA library in a line, with the reason below where it is not found. */
  static String words(LibraryProbe probe) {
    List<String> lines = new ArrayList<>();
    probe
        .only()
        .ifPresent(
            folder ->
                lines.add(
                    "  only in %s (property %s or variable %s)"
                        .formatted(folder, LibraryProbe.PROPERTY, LibraryProbe.VARIABLE)));
    List<LibraryProbe.Finding> findings = probe.findAll();
    for (LibraryProbe.Finding finding : findings) {
      lines.add(
          Text.format("  %-12s %s", finding.library().title(), finding.path().orElse("not found")));
      for (LibraryProbe.Attempt attempt : finding.attempts()) {
        if (attempt.refusal() != null) {
          lines.add("    tried " + attempt.name());
          lines.add("      " + attempt.refusal());
        }
      }
    }
    if (!findings.stream().allMatch(LibraryProbe.Finding::found)) {
      lines.add("  Needed: driver 525 or newer, cuBLAS 12 or 13; for convolutions cuDNN 8 or 9.");
    }
    return String.join(System.lineSeparator(), lines);
  }

  /** The same for programs. */
  static List<Map<String, Object>> data(LibraryProbe probe) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (LibraryProbe.Finding finding : probe.findAll()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("library", finding.library().title());
      one.put("found", finding.found());
      one.put("path", finding.path().orElse(null));
      List<Map<String, Object>> tried = new ArrayList<>();
      for (LibraryProbe.Attempt attempt : finding.attempts()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", attempt.name());
        entry.put("refusal", attempt.refusal());
        tried.add(entry);
      }
      one.put("tried", tried);
      all.add(one);
    }
    return all;
  }
}
