package gpuvae.io;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Parses and checks the JSON header of a safetensors file. Its errors name the tensor and the
 * reason; the caller adds the file.
 */
final class SafetensorsHeader {
  static final String METADATA = "__metadata__";
  static final int MAX_BYTES = 100_000_000;

  final Map<String, String> metadata = new LinkedHashMap<>();

  /** By name, in the order of the data. */
  final SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();

  /** What is being read, to begin an error's text with. */
  private String place = "header";

  /** Parses {@code json} for a file whose data part has {@code dataBytes} bytes. */
  static SafetensorsHeader parse(byte[] json, long dataBytes) throws IOException {
    if (json.length == 0 || json[0] != '{') {
      throw new IOException("the header does not begin with '{'");
    }
    SafetensorsHeader header = new SafetensorsHeader();
    List<TensorInfo> found = header.read(json);
    found.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    checkCover(found, dataBytes);
    found.forEach(tensor -> header.tensors.put(tensor.name(), tensor));
    return header;
  }

  private List<TensorInfo> read(byte[] json) throws IOException {
    // A decoder (not a charset's name) reports malformed input instead of replacing it.
    Reader utf8 =
        new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
    List<TensorInfo> found = new ArrayList<>();
    try (JsonParser parser = Json.FACTORY.createParser(utf8)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "an object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.getText();
        if (name.equals(METADATA)) {
          place = METADATA;
          readMetadata(parser);
        } else {
          place = "tensor '" + name + "'";
          found.add(readTensor(parser, name));
        }
        place = "header";
      }
      if (parser.nextToken() != null) {
        throw new IOException("the header goes on after its closing brace");
      }
    } catch (CharacterCodingException e) {
      throw new IOException("the header is not UTF-8", e);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().replaceAll("\\s+", " ");
      throw new IOException(place + ": bad JSON: " + reason, e);
    }
    return found;
  }

  private void readMetadata(JsonParser parser) throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.getText();
      expect(parser.nextToken(), JsonToken.VALUE_STRING, "a string for '" + key + "'");
      String value = parser.getText();
      // The parser refuses half a surrogate pair in names only.
      require(StandardCharsets.UTF_8.newEncoder().canEncode(value), "bad Unicode in '" + key + "'");
      metadata.put(key, value);
    }
  }

  private TensorInfo readTensor(JsonParser parser, String name) throws IOException {
    DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    expect(parser.nextToken(), JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "dtype" -> dtype = dtype(parser);
        case "shape" -> shape = sizes(parser, "shape");
        case "data_offsets" -> offsets = sizes(parser, "data_offsets");
        default -> parser.skipChildren(); // as the format's own library does
      }
    }
    require(dtype != null, "has no dtype");
    require(shape != null, "has no shape");
    require(offsets != null, "has no data_offsets");
    require(offsets.length == 2, "data_offsets must be [begin, end]");
    TensorInfo tensor = new TensorInfo(name, dtype, shape, offsets[0], offsets[1]);
    checkSize(tensor, shape);
    return tensor;
  }

  private DType dtype(JsonParser parser) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_STRING, "a string for dtype");
    String name = parser.getText();
    try {
      return DType.valueOf(name);
    } catch (IllegalArgumentException e) {
      String known = Arrays.toString(DType.values());
      throw new IOException(place + ": unknown dtype '" + name + "', known are " + known, e);
    }
  }

  private long[] sizes(JsonParser parser, String key) throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY, "an array for " + key);
    long[] sizes = new long[4];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, "whole numbers in " + key);
      require(parser.getNumberType() != NumberType.BIG_INTEGER, key + " has a number above 2^63");
      require(parser.getLongValue() >= 0, key + " has a negative number");
      if (count == sizes.length) {
        sizes = Arrays.copyOf(sizes, 2 * count);
      }
      sizes[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(sizes, count);
  }

  private void checkSize(TensorInfo tensor, long[] shape) throws IOException {
    require(tensor.end() >= tensor.begin(), "data_offsets end before they begin");
    String what = tensor.dtype() + Arrays.toString(shape);
    try {
      long bytes = TensorInfo.bytes(tensor.dtype(), shape);
      require(
          bytes == tensor.bytes(),
          what + " needs " + bytes + " bytes, data_offsets give " + tensor.bytes());
    } catch (ArithmeticException e) {
      throw new IOException(place + ": " + what + " exceeds 2^63 bytes", e);
    }
  }

  /** Checks that {@code tensors}, in the order of their data, cover it without hole or overlap. */
  private static void checkCover(List<TensorInfo> tensors, long dataBytes) throws IOException {
    long covered = 0;
    String before = null;
    for (TensorInfo tensor : tensors) {
      String place = "tensor '" + tensor.name() + "': ";
      if (tensor.begin() < covered) {
        throw new IOException(place + "its data overlaps that of tensor '" + before + "'");
      }
      if (tensor.begin() > covered) {
        long hole = tensor.begin() - covered;
        throw new IOException(place + "a hole of " + hole + " bytes lies before its data");
      }
      if (tensor.end() > dataBytes) {
        throw new IOException(
            place
                + "its data ends at byte "
                + tensor.end()
                + " of only "
                + dataBytes
                + ": the file is cut short");
      }
      covered = tensor.end();
      before = tensor.name();
    }
    if (covered < dataBytes) {
      throw new IOException((dataBytes - covered) + " trailing bytes follow the last tensor");
    }
  }

  private void expect(JsonToken actual, JsonToken expected, String what) throws IOException {
    require(actual == expected, "expected " + what);
  }

  private void require(boolean condition, String reason) throws IOException {
    if (!condition) {
      throw new IOException(place + ": " + reason);
    }
  }
}
