package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.cuda.LibraryProbe.Finding;
import gpuvae.cuda.LibraryProbe.Library;
import org.junit.jupiter.api.Test;

/**
 * NVIDIA's own libraries export every function of the tables, and answer what needs no device.
 * Loading them does: a missing function is refused there.
 */
class NvidiaLibrariesTest {
  private static Finding find(Library library) {
    return LibraryProbe.in(NvidiaWheels.library(library)).find(library);
  }

  @Test
  void cublas() {
    FfmBlas blas = FfmBlas.load(find(Library.CUBLAS));
    assertTrue(blas.version().matches("1[23]\\.\\d+\\.\\d+"), blas.version());
    CudaException none = blas.failure(CublasTable.CREATE.name(), 1, "");
    assertEquals("CUBLAS_STATUS_NOT_INITIALIZED", none.errorName());
    assertTrue(none.getMessage().contains("not initialized"), none.getMessage());
    assertInstanceOf(
        CudaOutOfMemoryException.class,
        blas.failure(CublasTable.CREATE.name(), CublasTable.CUBLAS_STATUS_ALLOC_FAILED, ""));
  }

  @Test
  void cudnn() {
    FfmDnn dnn = FfmDnn.load(find(Library.CUDNN));
    assertTrue(dnn.version().matches("[89]\\.\\d+\\.\\d+"), dnn.version());
    CudaException refused = dnn.failure(CudnnTable.GET_PROPERTY.name(), 3000, "");
    assertEquals("CUDNN_STATUS_NOT_SUPPORTED", refused.errorName());
  }
}
