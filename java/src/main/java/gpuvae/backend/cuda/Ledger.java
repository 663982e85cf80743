package gpuvae.backend.cuda;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every allocation of the device's and of pinned memory that was not given back. */
final class Ledger {
  private record Entry(String what, long bytes, Throwable where) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(what + ", " + bytes + " bytes, allocated at");
      for (StackTraceElement frame : where.getStackTrace()) {
        text.append(System.lineSeparator()).append("    ").append(frame);
      }
      return text.toString();
    }
  }

  private final Map<AutoCloseable, Entry> entries = new LinkedHashMap<>();
  private long bytes;

  /** Writes it down. */
  void add(AutoCloseable allocation, String what, long size) {
    entries.put(allocation, new Entry(what, size, new Throwable()));
    bytes += size;
  }

  /** Crosses it out. */
  void remove(AutoCloseable allocation) {
    Entry entry = entries.remove(allocation);
    if (entry != null) {
      bytes -= entry.bytes;
    }
  }

  /** Crosses out all: whoever was to give it back came to nothing, and the context frees it. */
  void clear() {
    entries.clear();
    bytes = 0;
  }

  /** Bytes in use. */
  long bytes() {
    return bytes;
  }

  /** What was not given back: what it is, its size, and where it was made. */
  List<String> open() {
    List<String> lines = new ArrayList<>();
    entries.values().forEach(entry -> lines.add(entry.toString()));
    return lines;
  }
}
