package gpuvae.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of a model's tensors a file's are, where names differ: rules {@code theirs = ours}, one a
 * line. A name is a tensor's ({@code fc1.weight}) or a module's, with all in it ({@code fc1},
 * {@code net.0}); of several that apply the longest does. With nothing after the equals sign the
 * tensor or module is left out. Empty lines and lines that begin with # say nothing.
 */
public final class NameMap {
  /** Every name as it is. */
  public static final NameMap NONE = new NameMap("", Map.of());

  private final String source;
  private final Map<String, String> rules;

  private NameMap(String source, Map<String, String> rules) {
    this.source = source;
    this.rules = rules;
  }

  /**
   * Reads a file of rules.
   *
   * @throws IOException naming the file, and the line that is none
   */
  public static NameMap read(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new IOException(file + ": " + Reason.of(e), e);
    }
    Map<String, String> rules = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String theirs = equals < 0 ? "" : line.substring(0, equals).strip();
      if (theirs.isEmpty()) {
        throw new IOException(
            "%s: line %d is '%s', expected theirs = ours".formatted(file, i + 1, line));
      }
      if (rules.put(theirs, line.substring(equals + 1).strip()) != null) {
        throw new IOException("%s: line %d: a second '%s'".formatted(file, i + 1, theirs));
      }
    }
    return new NameMap(file + ": ", rules);
  }

  /**
   * The names of a file's tensors by the model's, without those left out.
   *
   * @throws IOException if a rule applies to none, or two tensors would be one
   */
  Map<String, String> byOurs(Collection<String> theirs) throws IOException {
    List<String> unused = new ArrayList<>(rules.keySet());
    Map<String, String> byOurs = new LinkedHashMap<>();
    for (String name : theirs) {
      String rule = rule(name);
      unused.remove(rule);
      if (rule != null && rules.get(rule).isEmpty()) {
        continue;
      }
      String ours = rule == null ? name : rules.get(rule) + name.substring(rule.length());
      String other = byOurs.put(ours, name);
      if (other != null) {
        throw new IOException("%s%s and %s would both be %s".formatted(source, other, name, ours));
      }
    }
    if (!unused.isEmpty()) {
      throw new IOException(
          "%sthe file has no tensor or module %s".formatted(source, String.join(", ", unused)));
    }
    return byOurs;
  }

  /** The longest rule that applies; null for none. */
  private String rule(String name) {
    String found = null;
    for (String rule : rules.keySet()) {
      boolean applies = name.equals(rule) || name.startsWith(rule + ".");
      if (applies && (found == null || rule.length() > found.length())) {
        found = rule;
      }
    }
    return found;
  }
}
