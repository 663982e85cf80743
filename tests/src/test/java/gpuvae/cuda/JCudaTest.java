package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstreamCaptureStatus;
import jcuda.driver.CUstream_flags;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.libraryPropertyType;
import org.junit.jupiter.api.Test;

/** The tables' constants have the values that JCuda's have. */
class JCudaTest {
  private static void agree(Class<?> table, Class<?>... theirs) {
    Map<String, Integer> values = new HashMap<>();
    Stream.of(theirs).forEach(type -> values.putAll(HeaderTest.constants(type)));
    Map<String, Integer> ours = HeaderTest.constants(table);
    assertTrue(ours.size() > 5, ours.toString());
    ours.forEach((name, value) -> assertEquals(values.get(name), value, name));
  }

  @Test
  void driver() {
    agree(
        DriverTable.class,
        CUresult.class,
        CUdevice_attribute.class,
        CUjit_option.class,
        CUstream_flags.class,
        CUstreamCaptureMode.class,
        CUstreamCaptureStatus.class,
        CUevent_flags.class);
  }

  @Test
  void cudnn() {
    agree(
        CudnnTable.class,
        cudnnDataType.class,
        cudnnTensorFormat.class,
        cudnnConvolutionMode.class,
        cudnnMathType.class,
        cudnnDeterminism.class);
  }

  @Test
  void cublas() {
    agree(
        CublasTable.class,
        cublasStatus.class,
        cublasOperation.class,
        cublasMath.class,
        libraryPropertyType.class);
  }
}
