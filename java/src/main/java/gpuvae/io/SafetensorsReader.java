package gpuvae.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.SequencedSet;

/**
 * Reads a file of the <a href="https://github.com/huggingface/safetensors">safetensors</a> format.
 * Opening checks the whole header; tensors are read when asked for. No length in the file is
 * believed, or allocated for, before it is checked against the file's size. Data need not be
 * aligned.
 */
public final class SafetensorsReader implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 18;

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private SafetensorsReader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new IOException("the file is cut short: " + size + " bytes, no header");
    }
    long length = read(0, Long.BYTES).getLong();
    if (length < 0 || length > SafetensorsHeader.MAX_BYTES) {
      throw new IOException(
          "the header is too long: "
              + Long.toUnsignedString(length)
              + " bytes of at most "
              + SafetensorsHeader.MAX_BYTES);
    }
    dataStart = Long.BYTES + length;
    if (dataStart > size) {
      throw new IOException(
          "the file is cut short: a header of " + length + " bytes in a file of " + size);
    }
    header = SafetensorsHeader.parse(read(Long.BYTES, (int) length).array(), size - dataStart);
  }

  /**
   * Opens {@code file} and reads its header.
   *
   * @throws IOException naming the file, the tensor and the reason, if it can't be read or is
   *     malformed
   */
  public static SafetensorsReader open(Path file) throws IOException {
    FileChannel channel;
    try {
      if (Files.isDirectory(file)) {
        throw new IOException("it is a folder");
      }
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (IOException e) {
      throw new IOException(file + ": " + Reason.of(e), e);
    }
    try {
      return new SafetensorsReader(file, channel);
    } catch (IOException e) {
      channel.close();
      throw new IOException(file + ": " + Reason.of(e), e);
    }
  }

  /** The {@code __metadata__} entries, empty if there are none. Unmodifiable. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata);
  }

  /** The tensors' names, in the order of their data. Unmodifiable. */
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(header.tensors.sequencedKeySet());
  }

  /**
   * A tensor's type, shape and place.
   *
   * @throws IOException if the file has no such tensor
   */
  public TensorInfo info(String name) throws IOException {
    TensorInfo tensor = header.tensors.get(name);
    if (tensor == null) {
      throw new IOException(file + ": no tensor '" + name + "'");
    }
    return tensor;
  }

  /**
   * A tensor of F32, F16 or BF16, exactly, or of F64, rounded to nearest; row-major.
   *
   * @throws IOException if there is none of the name, it is of another type or can't be read
   */
  public float[] floats(String name) throws IOException {
    TensorInfo tensor = info(name);
    float[] out = new float[count(tensor)];
    switch (tensor.dtype()) {
      case F32 -> decode(tensor, (in, i) -> out[i] = in.getFloat());
      case F64 -> decode(tensor, (in, i) -> out[i] = (float) in.getDouble());
      case F16 -> decode(tensor, (in, i) -> out[i] = Float.float16ToFloat(in.getShort()));
      case BF16 -> decode(tensor, (in, i) -> out[i] = Float.intBitsToFloat(in.getShort() << 16));
      default -> throw wrongType(tensor, "F32, F64, F16 or BF16");
    }
    return out;
  }

  /**
   * A tensor of F64, F32, F16 or BF16, exactly; row-major.
   *
   * @throws IOException if there is none of the name, it is of another type or can't be read
   */
  public double[] doubles(String name) throws IOException {
    TensorInfo tensor = info(name);
    double[] out = new double[count(tensor)];
    switch (tensor.dtype()) {
      case F64 -> decode(tensor, (in, i) -> out[i] = in.getDouble());
      case F32 -> decode(tensor, (in, i) -> out[i] = in.getFloat());
      case F16 -> decode(tensor, (in, i) -> out[i] = Float.float16ToFloat(in.getShort()));
      case BF16 -> decode(tensor, (in, i) -> out[i] = Float.intBitsToFloat(in.getShort() << 16));
      default -> throw wrongType(tensor, "F64, F32, F16 or BF16");
    }
    return out;
  }

  /**
   * A tensor of BOOL or any integer type but U64; row-major.
   *
   * @throws IOException if there is none of the name, it is of another type or can't be read
   */
  public long[] longs(String name) throws IOException {
    TensorInfo tensor = info(name);
    long[] out = new long[count(tensor)];
    switch (tensor.dtype()) {
      case I64 -> decode(tensor, (in, i) -> out[i] = in.getLong());
      case I32 -> decode(tensor, (in, i) -> out[i] = in.getInt());
      case U32 -> decode(tensor, (in, i) -> out[i] = Integer.toUnsignedLong(in.getInt()));
      case I16 -> decode(tensor, (in, i) -> out[i] = in.getShort());
      case U16 -> decode(tensor, (in, i) -> out[i] = Short.toUnsignedLong(in.getShort()));
      case I8 -> decode(tensor, (in, i) -> out[i] = in.get());
      case U8, BOOL -> decode(tensor, (in, i) -> out[i] = Byte.toUnsignedLong(in.get()));
      default -> throw wrongType(tensor, "I64, I32, U32, I16, U16, I8, U8 or BOOL");
    }
    return out;
  }

  /**
   * A tensor's bytes as they lie in the file, of any type: row-major, little-endian.
   *
   * @throws IOException if there is none of the name or it can't be read
   */
  public byte[] bytes(String name) throws IOException {
    TensorInfo tensor = info(name);
    byte[] out = new byte[arrayLength(tensor, tensor.bytes())];
    decode(tensor, 1, (in, i) -> out[i] = in.get());
    return out;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Takes element {@code index} from {@code in}. */
  @FunctionalInterface
  private interface Decoder {
    void take(ByteBuffer in, int index);
  }

  private void decode(TensorInfo tensor, Decoder decoder) throws IOException {
    decode(tensor, tensor.dtype().bytes(), decoder);
  }

  private void decode(TensorInfo tensor, int elementBytes, Decoder decoder) throws IOException {
    int index = 0;
    try {
      for (long at = tensor.begin(); at < tensor.end(); at += CHUNK_BYTES) {
        ByteBuffer chunk = read(dataStart + at, (int) Math.min(CHUNK_BYTES, tensor.end() - at));
        for (int n = chunk.limit() / elementBytes; n > 0; n--) {
          decoder.take(chunk, index++);
        }
      }
    } catch (IOException e) {
      throw new IOException(file + ": tensor '" + tensor.name() + "': " + Reason.of(e), e);
    }
  }

  private ByteBuffer read(long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the file was cut short while being read");
      }
    }
    return buffer.flip();
  }

  private int count(TensorInfo tensor) throws IOException {
    return arrayLength(tensor, tensor.elements());
  }

  private int arrayLength(TensorInfo tensor, long length) throws IOException {
    if (length > Integer.MAX_VALUE - 8) {
      throw new IOException(file + ": tensor '" + tensor.name() + "' is too large for one array");
    }
    return (int) length;
  }

  private IOException wrongType(TensorInfo tensor, String expected) {
    return new IOException(
        file + ": tensor '" + tensor.name() + "' is " + tensor.dtype() + ", not " + expected);
  }
}
