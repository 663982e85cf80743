package gpuvae.data;

import java.io.IOException;
import java.util.Optional;

/**
 * The default data: the first choice if it can be had, else the second if it is on this machine,
 * else the built-in digits. Files that are there but malformed are an error, not a reason to go on:
 * their owner meant them to be used.
 */
record AutoData(NamedSet first, NamedSet second) {
  Split load(LoadOptions options) throws IOException {
    String reason;
    try {
      NamedSet.Found found = first.findOrDownload(options, Download.Patience.SHORT);
      return first.read(found, first.title() + " from " + found.where(), options.limit());
    } catch (UnavailableException e) {
      reason = e.getMessage();
    }
    String why = "%s could not be had: %s".formatted(first.title(), reason);
    Optional<NamedSet.Found> found = second.find(options);
    if (found.isPresent()) {
      return second.read(
          found.get(),
          "%s from %s; %s".formatted(second.title(), found.get().where(), why),
          options.limit());
    }
    Split digits = Digits.builtIn(options);
    return new Split(
        digits.train(),
        digits.test(),
        "%s; %s; %s is not installed".formatted(digits.origin(), why, second.title()));
  }
}
