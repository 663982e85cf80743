package gpuvae.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in the <a href="https://protobuf.dev/programming-guides/encoding/">wire format</a> of
 * protocol buffers. A message that is put into another must be complete. Arrays are not copied:
 * they must stay unchanged until {@link #writeTo} returns.
 */
final class ProtoMessage {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int CHUNK_FLOATS = 1 << 14;

  private final List<Part> parts = new ArrayList<>();
  private long size;

  /** Bytes as they follow each other. */
  private interface Part {
    void writeTo(OutputStream out) throws IOException;
  }

  /** An integer, boolean or enum. */
  ProtoMessage number(int field, long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    putVarint(bytes, tag(field, VARINT));
    putVarint(bytes, value);
    return add(bytes.toByteArray());
  }

  /** A float. */
  ProtoMessage real(int field, float value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    putVarint(bytes, tag(field, FIXED_32));
    bytes.writeBytes(littleEndian(Float.BYTES).putFloat(value).array());
    return add(bytes.toByteArray());
  }

  /** A string. */
  ProtoMessage text(int field, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    begin(field, bytes.length);
    return add(bytes);
  }

  /** A message in this one. */
  ProtoMessage message(int field, ProtoMessage value) {
    begin(field, value.size);
    parts.addAll(value.parts);
    size += value.size;
    return this;
  }

  /** Bytes: {@code length} floats from {@code offset} on, little-endian. */
  ProtoMessage bytes(int field, float[] values, int offset, int length) {
    long bytes = (long) length * Float.BYTES;
    begin(field, bytes);
    parts.add(out -> writeFloats(out, values, offset, length));
    size += bytes;
    return this;
  }

  /** Bytes: longs, little-endian. */
  ProtoMessage bytes(int field, long... values) {
    ByteBuffer bytes = littleEndian(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    begin(field, bytes.capacity());
    return add(bytes.array());
  }

  /** Its length in bytes. */
  long size() {
    return size;
  }

  void writeTo(OutputStream out) throws IOException {
    for (Part part : parts) {
      part.writeTo(out);
    }
  }

  private void begin(int field, long length) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    putVarint(bytes, tag(field, LENGTH_DELIMITED));
    putVarint(bytes, length);
    add(bytes.toByteArray());
  }

  private ProtoMessage add(byte[] bytes) {
    parts.add(out -> out.write(bytes));
    size += bytes.length;
    return this;
  }

  private static long tag(int field, int wireType) {
    return (long) field << 3 | wireType;
  }

  /** Seven bits a byte, the lowest first; all but the last byte have their highest bit set. */
  private static void putVarint(ByteArrayOutputStream bytes, long value) {
    while ((value & ~0x7FL) != 0) {
      bytes.write((int) (value & 0x7F | 0x80));
      value >>>= 7;
    }
    bytes.write((int) value);
  }

  private static void writeFloats(OutputStream out, float[] values, int offset, int length)
      throws IOException {
    ByteBuffer chunk = littleEndian(Math.min(length, CHUNK_FLOATS) * Float.BYTES);
    for (int done = 0; done < length; done += CHUNK_FLOATS) {
      int count = Math.min(CHUNK_FLOATS, length - done);
      chunk.asFloatBuffer().put(values, offset + done, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
