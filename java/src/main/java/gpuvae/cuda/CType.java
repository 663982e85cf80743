package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.ValueLayout;

/**
 * A C type as its header writes it, and as Java passes it. Handles and addresses on the device are
 * long: C passes a pointer and an integer of the same width alike, and a long allocates nothing and
 * cannot be dereferenced. Memory of the host is a segment.
 *
 * @param name as in C
 * @param layout how Java passes it
 */
record CType(String name, ValueLayout layout) {
  static final CType INT = int32("int");
  static final CType UNSIGNED = int32("unsigned int");
  static final CType UNSIGNED_LONG_LONG = int64("unsigned long long");
  static final CType SIZE = int64("size_t");
  static final CType FLOAT = new CType("float", JAVA_FLOAT);
  static final CType VOID = new CType("void", JAVA_INT);
  static final CType CHAR = new CType("char", ValueLayout.JAVA_BYTE);

  static CType int32(String name) {
    return new CType(name, JAVA_INT);
  }

  /** An integer, a handle, or an address on the device. */
  static CType int64(String name) {
    return new CType(name, JAVA_LONG);
  }

  /** The address of one in the host's memory. */
  CType pointer() {
    return new CType(name + "*", ADDRESS);
  }

  /** One that is only read. */
  CType constant() {
    return new CType("const " + name, layout);
  }
}
