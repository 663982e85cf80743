package gpuvae.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fields of one JSON object, each asked for by name and type; {@link #end} refuses those that
 * nobody asked for. Every error names the field with its path, the value, and what is allowed.
 */
final class Fields {
  private final String path;
  private final Map<?, ?> values;
  private final Set<Object> asked = new HashSet<>();

  Fields(String path, Object value) throws IOException {
    this.path = path;
    if (!(value instanceof Map<?, ?> object)) {
      throw refusal(path, value, "an object");
    }
    values = object;
  }

  private String place(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private Object get(String name) throws IOException {
    asked.add(name);
    Object value = values.get(name);
    if (value == null) {
      throw new IOException(place(name) + " is missing");
    }
    return value;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  boolean flag(String name) throws IOException {
    Object value = get(name);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw refusal(place(name), value, "true, false");
  }

  String text(String name) throws IOException {
    Object value = get(name);
    if (value instanceof String text) {
      return text;
    }
    throw refusal(place(name), value, "a string");
  }

  int integer(String name) throws IOException {
    return integer(place(name), get(name));
  }

  private static int integer(String place, Object value) throws IOException {
    long number = whole(place, value);
    if (number != (int) number) {
      throw refusal(place, value, "whole numbers below 2^31");
    }
    return (int) number;
  }

  long longInteger(String name) throws IOException {
    return whole(place(name), get(name));
  }

  private static long whole(String place, Object value) throws IOException {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw refusal(place, value, "a whole number");
  }

  double number(String name) throws IOException {
    Object value = get(name);
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw refusal(place(name), value, "a number");
  }

  List<Integer> integers(String name) throws IOException {
    List<Integer> integers = new ArrayList<>();
    for (Object value : list(name)) {
      integers.add(integer(place(name), value));
    }
    return integers;
  }

  Fields object(String name) throws IOException {
    return new Fields(place(name), get(name));
  }

  List<Fields> objects(String name) throws IOException {
    List<Fields> objects = new ArrayList<>();
    for (Object value : list(name)) {
      objects.add(new Fields(place(name) + "[" + objects.size() + "]", value));
    }
    return objects;
  }

  private List<?> list(String name) throws IOException {
    Object value = get(name);
    if (value instanceof List<?> list) {
      return list;
    }
    throw refusal(place(name), value, "a list");
  }

  /** A constant by its spelling in files: lower case, hyphens. */
  <E extends Enum<E>> E constant(String name, E[] all) throws IOException {
    String text = text(name);
    for (E constant : all) {
      if (spelling(constant).equals(text)) {
        return constant;
      }
    }
    String allowed = Stream.of(all).map(Fields::spelling).collect(Collectors.joining(", "));
    throw refusal(place(name), text, allowed);
  }

  static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Refuses what was not asked for. */
  void end() throws IOException {
    for (Object name : values.keySet()) {
      if (!asked.contains(name)) {
        String allowed =
            asked.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
        throw new IOException(
            "unknown field " + place(name.toString()) + ", allowed here: " + allowed);
      }
    }
  }

  /** {@link #refusal} of one of these fields. */
  IOException refused(String name, Object value, String allowed) {
    return refusal(place(name), value, allowed);
  }

  static IOException refusal(String place, Object value, String allowed) {
    String shown = value instanceof String ? "'" + value + "'" : String.valueOf(value);
    return new IOException(place + " is " + shown + ", allowed: " + allowed);
  }
}
