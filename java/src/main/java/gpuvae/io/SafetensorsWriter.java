package gpuvae.io;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes a file of the safetensors format, laid out as the format's own library does: tensors by
 * descending {@link DType}, then by name; the header padded with spaces so that data starts at a
 * multiple of 8 bytes. Metadata is sorted, so that the same content gives the same bytes.
 *
 * <p>Arrays are not copied: they must stay unchanged until {@link #write} returns.
 */
public final class SafetensorsWriter {
  private static final int CHUNK_BYTES = 1 << 18;

  private static final Comparator<Tensor> LAYOUT =
      Comparator.comparing(Tensor::dtype)
          .reversed()
          .thenComparing(
              tensor -> tensor.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final Map<String, String> metadata = new TreeMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** An empty file: {@link #write} it as it is, or add to it. */
  public SafetensorsWriter() {}

  /** Puts element {@code index} into {@code out}. */
  @FunctionalInterface
  private interface Encoder {
    void put(ByteBuffer out, int index);
  }

  private record Tensor(String name, DType dtype, long[] shape, int elements, Encoder encoder) {
    long bytes() {
      return (long) elements * dtype.bytes();
    }
  }

  /** Sets an entry of {@code __metadata__}. */
  public SafetensorsWriter metadata(String key, String value) {
    checkText(key);
    checkText(value);
    metadata.put(key, value);
    return this;
  }

  /** Adds an F32 tensor of all of {@code values}, row-major. */
  public SafetensorsWriter add(String name, long[] shape, float[] values) {
    return add(name, shape, values, 0, values.length);
  }

  /** Adds an F32 tensor of {@code length} values from {@code offset} on, row-major. */
  public SafetensorsWriter add(String name, long[] shape, float[] values, int offset, int length) {
    if (offset < 0 || length < 0 || offset > values.length - length) {
      throw new IllegalArgumentException(
          "tensor '%s': %d values from %d on, in an array of %d"
              .formatted(name, length, offset, values.length));
    }
    return add(name, DType.F32, shape, length, (out, i) -> out.putFloat(values[offset + i]));
  }

  /** Adds an F64 tensor, row-major. */
  public SafetensorsWriter add(String name, long[] shape, double[] values) {
    return add(name, DType.F64, shape, values.length, (out, i) -> out.putDouble(values[i]));
  }

  /** Adds an I64 tensor, row-major. */
  public SafetensorsWriter add(String name, long[] shape, long[] values) {
    return add(name, DType.I64, shape, values.length, (out, i) -> out.putLong(values[i]));
  }

  /** Adds a tensor of any type by its bytes: row-major, little-endian. */
  public SafetensorsWriter add(String name, DType dtype, long[] shape, byte[] bytes) {
    int size = dtype.bytes();
    if (bytes.length % size != 0) {
      throw new IllegalArgumentException(
          "tensor '%s': %d bytes are no whole number of %s".formatted(name, bytes.length, dtype));
    }
    return add(name, dtype, shape, bytes.length / size, (out, i) -> out.put(bytes, i * size, size));
  }

  private SafetensorsWriter add(
      String name, DType dtype, long[] shape, int elements, Encoder encoder) {
    checkText(name);
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException("a tensor cannot be called " + name);
    }
    Tensor tensor = new Tensor(name, dtype, shape.clone(), elements, encoder);
    if (!fits(tensor)) {
      throw new IllegalArgumentException(
          "tensor '%s': shape %s does not have %d elements"
              .formatted(name, Arrays.toString(shape), elements));
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException("tensor '" + name + "' was added before");
    }
    tensors.add(tensor);
    return this;
  }

  private static boolean fits(Tensor tensor) {
    try {
      return Arrays.stream(tensor.shape).allMatch(size -> size >= 0)
          && TensorInfo.bytes(tensor.dtype, tensor.shape) == tensor.bytes();
    } catch (ArithmeticException e) {
      return false;
    }
  }

  private static void checkText(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("not valid Unicode: '" + text + "'");
    }
  }

  /**
   * Writes the file as {@link AtomicFile} does.
   *
   * @throws IOException naming the file and the reason
   */
  public void write(Path file) throws IOException {
    List<Tensor> layout = tensors.stream().sorted(LAYOUT).toList();
    AtomicFile.write(
        file,
        out -> {
          out.write(header(layout));
          for (Tensor tensor : layout) {
            writeData(tensor, out);
          }
        });
  }

  /** The length field and the padded JSON. */
  private byte[] header(List<Tensor> layout) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[Long.BYTES]);
    try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafetensorsHeader.METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long offset = 0;
      for (Tensor tensor : layout) {
        json.writeObjectFieldStart(tensor.name);
        json.writeStringField("dtype", tensor.dtype.name());
        json.writeFieldName("shape");
        json.writeArray(tensor.shape, 0, tensor.shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {offset, offset + tensor.bytes()}, 0, 2);
        json.writeEndObject();
        offset += tensor.bytes();
      }
      json.writeEndObject();
    }
    while (bytes.size() % Long.BYTES != 0) {
      bytes.write(' ');
    }
    int length = bytes.size() - Long.BYTES;
    if (length > SafetensorsHeader.MAX_BYTES) {
      throw new IOException(
          "its header of " + length + " bytes exceeds " + SafetensorsHeader.MAX_BYTES);
    }
    byte[] header = bytes.toByteArray();
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    return header;
  }

  private static void writeData(Tensor tensor, OutputStream out) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.elements; i++) {
      tensor.encoder.put(chunk, i);
      if (!chunk.hasRemaining() || i == tensor.elements - 1) {
        out.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
    }
  }
}
