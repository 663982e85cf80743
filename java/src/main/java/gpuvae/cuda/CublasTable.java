package gpuvae.cuda;

import static gpuvae.cuda.CType.FLOAT;
import static gpuvae.cuda.CType.INT;
import static gpuvae.cuda.CType.SIZE;

import java.lang.foreign.ValueLayout;

/** What is used of cuBLAS 12 and 13. Constants are named as in cublas_api.h, library_types.h. */
final class CublasTable {
  static final int CUBLAS_STATUS_ALLOC_FAILED = 3;
  static final int CUBLAS_OP_N = 0;
  static final int CUBLAS_OP_T = 1;
  static final int CUBLAS_DEFAULT_MATH = 0;
  static final int CUBLAS_TF32_TENSOR_OP_MATH = 3;
  static final int MAJOR_VERSION = 0;
  static final int MINOR_VERSION = 1;
  static final int PATCH_LEVEL = 2;

  private static final CType STATUS = CType.int32("cublasStatus_t");
  private static final CType HANDLE = CType.int64("cublasHandle_t");
  private static final CType STREAM = CType.int64("cudaStream_t");
  private static final CType OPERATION = CType.int32("cublasOperation_t");
  private static final CType TEXT = CType.CHAR.constant().pointer();
  private static final CType HOST_SCALAR = FLOAT.constant().pointer();
  private static final CType MATRIX = onDevice("const float*");
  private static final CType RESULT_MATRIX = onDevice("float*");

  private static final FunctionTable TABLE = new FunctionTable();

  static final CFunction GET_STATUS_NAME = TABLE.add("cublasGetStatusName", TEXT, STATUS);
  static final CFunction GET_STATUS_STRING = TABLE.add("cublasGetStatusString", TEXT, STATUS);
  static final CFunction GET_PROPERTY =
      add("cublasGetProperty", CType.int32("libraryPropertyType"), INT.pointer());
  static final CFunction CREATE = add("cublasCreate_v2", HANDLE.pointer());
  static final CFunction DESTROY = add("cublasDestroy_v2", HANDLE);
  static final CFunction GET_VERSION = add("cublasGetVersion_v2", HANDLE, INT.pointer());
  static final CFunction SET_STREAM = add("cublasSetStream_v2", HANDLE, STREAM);
  static final CFunction SET_WORKSPACE =
      add("cublasSetWorkspace_v2", HANDLE, onDevice("void*"), SIZE);
  static final CFunction SET_MATH_MODE =
      add("cublasSetMathMode", HANDLE, CType.int32("cublasMath_t"));
  static final CFunction SGEMM =
      add(
          "cublasSgemm_v2",
          HANDLE,
          OPERATION,
          OPERATION,
          INT,
          INT,
          INT,
          HOST_SCALAR,
          MATRIX,
          INT,
          MATRIX,
          INT,
          HOST_SCALAR,
          RESULT_MATRIX,
          INT);

  private CublasTable() {}

  static FunctionTable table() {
    return TABLE;
  }

  private static CFunction add(String name, CType... parameters) {
    return TABLE.add(name, STATUS, parameters);
  }

  /** A C pointer that the host must not follow. */
  private static CType onDevice(String pointer) {
    return new CType(pointer, ValueLayout.JAVA_LONG);
  }
}
