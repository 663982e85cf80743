package gpuvae.cuda;

/** What is used of cuDNN 8 and 9: its version. */
final class CudnnTable {
  private static final FunctionTable TABLE = new FunctionTable();

  static final CFunction GET_ERROR_STRING =
      TABLE.add(
          "cudnnGetErrorString", CType.CHAR.constant().pointer(), CType.int32("cudnnStatus_t"));
  static final CFunction GET_PROPERTY =
      TABLE.add(
          "cudnnGetProperty",
          CType.int32("cudnnStatus_t"),
          CType.int32("libraryPropertyType"),
          CType.INT.pointer());

  private CudnnTable() {}

  static FunctionTable table() {
    return TABLE;
  }
}
