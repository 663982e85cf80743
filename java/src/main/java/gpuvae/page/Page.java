package gpuvae.page;

import gpuvae.io.AtomicFile;
import gpuvae.io.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A template among the resources, made into one file: styles, scripts and data put inside. */
final class Page {
  private static final Pattern STYLE =
      Pattern.compile("<link rel=\"stylesheet\" href=\"([\\w.]+)\">");
  private static final Pattern SCRIPT = Pattern.compile("<script src=\"([\\w.]+)\"></script>");
  private static final Pattern DATA =
      Pattern.compile("(<script type=\"application/json\" id=\"data\">)\\{}");

  private Page() {}

  /**
   * Writes a page.
   *
   * @param template name of the HTML among the resources
   * @param data what its scripts read, as {@link Json#write} takes it
   * @throws IOException naming the file and the reason
   */
  static void write(Path file, String template, Map<String, ?> data) throws IOException {
    String page = resource(template);
    page = filled(page, STYLE, m -> "<style>\n" + resource(m.group(1)) + "</style>");
    page = filled(page, SCRIPT, m -> "<script>\n" + resource(m.group(1)) + "</script>");
    // Nothing in the data may end the script element that holds it.
    String json = Json.writeLine(data).replace("<", "\\u003c");
    page = filled(page, DATA, m -> m.group(1) + json);
    AtomicFile.writeString(file, page);
  }

  private static String filled(String text, Pattern place, Function<MatchResult, String> content) {
    return place.matcher(text).replaceAll(m -> Matcher.quoteReplacement(content.apply(m)));
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this gpuvae was packaged without the page's part " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
