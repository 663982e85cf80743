package gpuvae.config;

/** Refuses settings, naming the field, the value and what is allowed. */
final class Check {
  private Check() {}

  static int atLeastOne(String field, int value) {
    if (value < 1) {
      throw refusal(field, value, "1 and above");
    }
    return value;
  }

  static long atLeastOne(String field, long value) {
    if (value < 1) {
      throw refusal(field, value, "1 and above");
    }
    return value;
  }

  static int below(String field, int value, int limit) {
    if (value < 0 || value >= limit) {
      throw refusal(field, value, "0 to " + (limit - 1));
    }
    return value;
  }

  static double positive(String field, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw refusal(field, value, "positive, finite numbers");
    }
    return value;
  }

  static int notNegative(String field, int value) {
    if (value < 0) {
      throw refusal(field, value, "0 and above");
    }
    return value;
  }

  static double notNegative(String field, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw refusal(field, value, "0 and above, finite");
    }
    return value;
  }

  static double finite(String field, double value) {
    if (!Double.isFinite(value)) {
      throw refusal(field, value, "finite numbers");
    }
    return value;
  }

  static double fraction(String field, double value) {
    if (!(value >= 0 && value < 1)) {
      throw refusal(field, value, "0 and above, below 1");
    }
    return value;
  }

  static String name(String field, String value) {
    if (value == null || value.isBlank()) {
      throw refusal(field, value == null ? "missing" : "'" + value + "'", "a name");
    }
    return value;
  }

  static <T> T given(String field, T value) {
    if (value == null) {
      throw refusal(field, "missing", "a value");
    }
    return value;
  }

  static IllegalArgumentException refusal(String field, Object value, String allowed) {
    return new IllegalArgumentException(field + " is " + value + ", allowed: " + allowed);
  }
}
