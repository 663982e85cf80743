package gpuvae.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Strict JSON for the project's own files. An object is a {@link LinkedHashMap} in the text's
 * order, an array a {@link List}, a whole number a {@link Long}, any other number a finite {@link
 * Double}; strings, booleans and null as in Java. Duplicate keys, numbers out of range and anything
 * after the value are refused.
 */
public final class Json {
  private static final int MAX_DEPTH = 100;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // The spelling that the safetensors library uses.
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          // A name is read once: a symbol table would only be something to attack.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private Json() {}

  /**
   * Reads {@code file} in UTF-8, whose value must be an object.
   *
   * @throws IOException naming the file, and line and column where the JSON is at fault
   */
  public static Map<String, Object> readObject(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new IOException(file + ": " + Reason.of(e), e);
    }
    return parseObject(text, file.toString());
  }

  /**
   * Parses a text whose value must be an object.
   *
   * @param source what errors call the text, such as a file's name
   */
  @SuppressWarnings("unchecked") // parse makes objects of this type only
  public static Map<String, Object> parseObject(String text, String source) throws IOException {
    if (parse(text, source) instanceof Map<?, ?> object) {
      return (Map<String, Object>) object;
    }
    throw new IOException(source + ": expected a JSON object in braces");
  }

  /**
   * Parses a text of one JSON value.
   *
   * @param source what errors call the text, such as a file's name
   * @throws IOException "source:line:column: reason"
   */
  public static Object parse(String text, String source) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new IOException(source + ": no JSON value in it");
      }
      Object value = value(parser, source);
      if (parser.nextToken() != null) {
        throw error(parser, source, "unexpected text after the value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new IOException(
          at(source, e.getLocation()) + e.getOriginalMessage().replaceAll("\\s+", " "), e);
    }
  }

  private static Object value(JsonParser parser, String source) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
          parser.nextToken();
          object.put(key, value(parser, source));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser, source));
        }
        yield array;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> {
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
          throw error(parser, source, "number out of range: " + parser.getText());
        }
        yield number;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalStateException("not the start of a value: " + parser);
    };
  }

  private static IOException error(JsonParser parser, String source, String reason) {
    return new IOException(at(source, parser.currentTokenLocation()) + reason);
  }

  private static String at(String source, JsonLocation location) {
    return location == null
        ? source + ": "
        : source + ":" + location.getLineNr() + ":" + location.getColumnNr() + ": ";
  }

  /**
   * Writes a value as {@link #parse} returns it (other {@link Number}s, arrays of numbers and maps
   * too) in indented JSON, lines ended by {@code \n}. Keys come in the map's own order where it has
   * one, else sorted. Doubles are written in the fewest digits that read back the same.
   *
   * @throws IllegalArgumentException naming the place of a value that JSON has no form for, such as
   *     NaN
   */
  public static String write(Object value) {
    return JsonText.of(value);
  }

  /**
   * Writes a value as {@link #write} does, but in one line, without its end.
   *
   * @throws IllegalArgumentException as {@link #write} does
   */
  public static String writeLine(Object value) {
    return JsonText.line(value);
  }
}
