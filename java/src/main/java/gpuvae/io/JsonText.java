package gpuvae.io;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/** The writing half of {@link Json}. */
final class JsonText {
  private final JsonGenerator json;

  private JsonText(JsonGenerator json) {
    this.json = json;
  }

  static String of(Object value) {
    return text(value, new DefaultIndenter("  ", "\n")) + '\n';
  }

  static String line(Object value) {
    return text(value, new DefaultPrettyPrinter.NopIndenter());
  }

  private static String text(Object value, DefaultPrettyPrinter.Indenter objects) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(text)) {
      Separators separators =
          Separators.createDefaultInstance()
              .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
              .withArrayValueSpacing(Separators.Spacing.AFTER)
              .withArrayEmptySeparator("")
              .withObjectEmptySeparator("");
      json.setPrettyPrinter(
          new DefaultPrettyPrinter(separators)
              .withObjectIndenter(objects)
              .withArrayIndenter(new DefaultPrettyPrinter.NopIndenter()));
      new JsonText(json).write(value, "the value");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void write(Object value, String place) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Boolean truth -> json.writeBoolean(truth);
      case Float number -> {
        checkFinite(number, place);
        json.writeNumber(number);
      }
      case Double number -> {
        checkFinite(number, place);
        json.writeNumber(number);
      }
      case Long number -> json.writeNumber(number);
      case Integer number -> json.writeNumber(number);
      case Map<?, ?> map -> writeObject(map, place);
      case Iterable<?> values -> {
        json.writeStartArray();
        int index = 0;
        for (Object element : values) {
          write(element, place + "[" + index++ + "]");
        }
        json.writeEndArray();
      }
      default ->
          throw new IllegalArgumentException(
              place + " is a " + value.getClass().getName() + ", which JSON has no form for");
    }
  }

  private void writeObject(Map<?, ?> map, String place) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : ordered(map).entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException(place + " has a key that is no string");
      }
      json.writeFieldName(key);
      write(entry.getValue(), place + "." + key);
    }
    json.writeEndObject();
  }

  private static Map<?, ?> ordered(Map<?, ?> map) {
    return map instanceof SequencedMap<?, ?> ? map : new TreeMap<>(map);
  }

  private static void checkFinite(double number, String place) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(place + " is " + number + ", which JSON has no form for");
    }
  }
}
