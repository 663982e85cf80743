package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a test needs and this machine lacks. */
public final class Missing {
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Missing() {}

  /** Skips the test, which one line of the output says; fails it if the variable is 1. */
  public static <T> T missing(String why, String variable) {
    if ("1".equals(System.getenv(variable))) {
      return fail(why + " (" + variable + " is 1)");
    }
    if (SAID.add(why)) {
      System.err.println("tests skipped: " + why);
    }
    return abort(why);
  }
}
