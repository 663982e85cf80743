package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.cuda.CudnnHandle.MathMode;
import gpuvae.cuda.LibraryProbe.Finding;
import gpuvae.cuda.LibraryProbe.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Descriptors, in NVIDIA's cuDNN, which answers without a device, and in the one that tests run on:
 * both hold what was set, give the shapes of the plain formula, and refuse the same.
 */
class CudnnDescriptorTest {
  private static final int GEOMETRIES = 500;

  private static Finding nvidia() {
    return LibraryProbe.in(NvidiaWheels.library(Library.CUDNN)).find(Library.CUDNN);
  }

  private static Finding device() {
    return CudaDeviceForTests.libraries().find(Library.CUDNN);
  }

  private static void holdWhatWasSet(Finding finding) {
    FfmDnn dnn = FfmDnn.load(finding);
    CudnnQueries queries = CudnnQueries.getters(finding, dnn);
    try (TensorDescriptor tensor = new TensorDescriptor(dnn, 2, 3, 4, 5);
        FilterDescriptor filter = new FilterDescriptor(dnn, 6, 3, 2, 1);
        ConvolutionDescriptor exact = new ConvolutionDescriptor(dnn, 0, 1, 2, 3, MathMode.FLOAT32);
        ConvolutionDescriptor rounded = new ConvolutionDescriptor(dnn, 0, 1, 2, 3, MathMode.TF32)) {
      assertArrayEquals(
          new int[] {CudnnTable.CUDNN_DATA_FLOAT, 2, 3, 4, 5, 60, 20, 5, 1},
          queries.tensor(tensor.handle()));
      assertArrayEquals(
          new int[] {CudnnTable.CUDNN_DATA_FLOAT, CudnnTable.CUDNN_TENSOR_NCHW, 6, 3, 2, 1},
          queries.filter(filter.handle()));
      assertArrayEquals(
          new int[] {
            0, 1, 2, 3, 1, 1, CudnnTable.CUDNN_CROSS_CORRELATION, CudnnTable.CUDNN_DATA_FLOAT
          },
          queries.convolution(exact.handle()));
      assertEquals(CudnnTable.CUDNN_FMA_MATH, queries.mathType(exact.handle()));
      assertEquals(CudnnTable.CUDNN_DEFAULT_MATH, queries.mathType(rounded.handle()));
    }
  }

  @Test
  void nvidiasHoldWhatWasSet() {
    holdWhatWasSet(nvidia());
  }

  @Test
  void devicesHoldWhatWasSet() {
    holdWhatWasSet(device());
  }

  /** How often a window fits, in one dimension. */
  private static int fits(int size, int window, int pad, int stride) {
    return Math.floorDiv(size + 2 * pad - window, stride) + 1;
  }

  private static void shapes(FfmDnn dnn) {
    Random random = new Random(5);
    int empty = 0;
    for (int i = 0; i < GEOMETRIES; i++) {
      int batch = 1 + random.nextInt(70);
      int inputs = 1 + random.nextInt(70);
      int outputs = 1 + random.nextInt(70);
      int[] image = {1 + random.nextInt(40), 1 + random.nextInt(40)};
      int[] window = {1 + random.nextInt(7), 1 + random.nextInt(7)};
      int[] pad = {random.nextInt(4), random.nextInt(4)};
      int[] stride = {1 + random.nextInt(3), 1 + random.nextInt(3)};
      int[] expected = {
        batch,
        outputs,
        fits(image[0], window[0], pad[0], stride[0]),
        fits(image[1], window[1], pad[1], stride[1])
      };
      try (TensorDescriptor x = new TensorDescriptor(dnn, batch, inputs, image[0], image[1]);
          FilterDescriptor w = new FilterDescriptor(dnn, outputs, inputs, window[0], window[1]);
          ConvolutionDescriptor convolution =
              new ConvolutionDescriptor(
                  dnn, pad[0], pad[1], stride[0], stride[1], MathMode.FLOAT32)) {
        if (expected[2] < 1 || expected[3] < 1) {
          empty++;
          CudaException refused = assertThrows(CudaException.class, () -> convolution.output(x, w));
          assertEquals("CUDNN_STATUS_BAD_PARAM", refused.errorName());
        } else {
          assertArrayEquals(expected, convolution.output(x, w));
        }
      }
    }
    assertTrue(empty > 5, "geometries without output: " + empty);
  }

  @Test
  void nvidiasShapesAreTheFormulas() {
    shapes(FfmDnn.load(nvidia()));
  }

  @Test
  void devicesShapesAreTheFormulas() {
    shapes(FfmDnn.load(device()));
  }

  @Test
  void poolingFitsAsOftenAsAConvolution() {
    FfmDnn dnn = FfmDnn.load(nvidia());
    CudnnQueries queries = CudnnQueries.poolings(nvidia(), dnn);
    Random random = new Random(6);
    for (int i = 0; i < GEOMETRIES; i++) {
      int h = 4 + random.nextInt(40);
      int w = 4 + random.nextInt(40);
      int window = 1 + random.nextInt(4);
      int pad = random.nextInt(2);
      int stride = 1 + random.nextInt(3);
      try (TensorDescriptor x = new TensorDescriptor(dnn, 2, 3, h, w)) {
        assertArrayEquals(
            new int[] {2, 3, fits(h, window, pad, stride), fits(w, window, pad, stride)},
            queries.pooled(x, window, pad, stride));
      }
    }
  }

  /** What setting descriptors or asking for a shape comes to: a status, 0 for success. */
  private static int status(Consumer<Dnn> call, Dnn dnn) {
    try {
      call.accept(dnn);
      return 0;
    } catch (CudaException e) {
      return e.code();
    }
  }

  private static Consumer<Dnn> tensor(int format, int type, int n, int c, int h, int w) {
    return dnn -> {
      long tensor = dnn.createTensor();
      try {
        dnn.setTensor(tensor, format, type, n, c, h, w);
      } finally {
        dnn.destroyTensor(tensor);
      }
    };
  }

  private static Consumer<Dnn> filter(int type, int format, int k, int c, int h, int w) {
    return dnn -> {
      long filter = dnn.createFilter();
      try {
        dnn.setFilter(filter, type, format, k, c, h, w);
      } finally {
        dnn.destroyFilter(filter);
      }
    };
  }

  private static Consumer<Dnn> convolution(int... numbers) {
    return dnn -> {
      long convolution = dnn.createConvolution();
      try {
        dnn.setConvolution(
            convolution,
            numbers[0],
            numbers[1],
            numbers[2],
            numbers[3],
            numbers[4],
            numbers[5],
            numbers[6],
            numbers[7]);
      } finally {
        dnn.destroyConvolution(convolution);
      }
    };
  }

  private static Consumer<Dnn> math(int mathType) {
    return dnn -> {
      long convolution = dnn.createConvolution();
      try {
        dnn.setConvolutionMath(convolution, mathType);
      } finally {
        dnn.destroyConvolution(convolution);
      }
    };
  }

  /** Asks for the shape, with some of the three descriptors as they are made. */
  private static Consumer<Dnn> unset(boolean setTensor, boolean setFilter, boolean setConvolution) {
    return dnn -> {
      long x = dnn.createTensor();
      long w = dnn.createFilter();
      long convolution = dnn.createConvolution();
      try {
        if (setTensor) {
          dnn.setTensor(x, 0, 0, 1, 1, 3, 3);
        }
        if (setFilter) {
          dnn.setFilter(w, 0, 0, 1, 1, 2, 2);
        }
        if (setConvolution) {
          dnn.setConvolution(convolution, 0, 0, 1, 1, 1, 1, 1, 0);
        }
        dnn.convolutionOutput(convolution, x, w);
      } finally {
        dnn.destroyTensor(x);
        dnn.destroyFilter(w);
        dnn.destroyConvolution(convolution);
      }
    };
  }

  /** Asks for the shape of another image, window, padding, stride and dilation than 5x7, 3x3. */
  private static Consumer<Dnn> shape(int c, int filterC, int window, int pad, int dilation) {
    return dnn -> {
      long x = dnn.createTensor();
      long w = dnn.createFilter();
      long convolution = dnn.createConvolution();
      try {
        dnn.setTensor(x, 0, 0, 2, c, 5, 7);
        dnn.setFilter(w, 0, 0, 4, filterC, window, window);
        dnn.setConvolution(convolution, pad, pad, 1, 1, dilation, dilation, 1, 0);
        dnn.convolutionOutput(convolution, x, w);
      } finally {
        dnn.destroyTensor(x);
        dnn.destroyFilter(w);
        dnn.destroyConvolution(convolution);
      }
    };
  }

  private static List<Consumer<Dnn>> calls() {
    List<Consumer<Dnn>> calls = new ArrayList<>();
    for (int type = -1; type < 24; type++) {
      for (int format : new int[] {-1, 0, 1, 3}) {
        calls.add(tensor(format, type, 1, 4, 3, 3));
        calls.add(filter(type, format, 4, 4, 3, 3));
      }
      calls.add(convolution(0, 0, 1, 1, 1, 1, 1, type));
    }
    calls.add(tensor(2, 0, 1, 4, 1, 1));
    calls.add(filter(0, 2, 4, 4, 1, 1));
    for (int wrong : new int[] {0, -1}) {
      calls.add(tensor(0, 0, wrong, 1, 1, 1));
      calls.add(tensor(0, 0, 1, wrong, 1, 1));
      calls.add(tensor(0, 0, 1, 1, wrong, 1));
      calls.add(tensor(0, 0, 1, 1, 1, wrong));
      calls.add(filter(0, 0, wrong, 1, 1, 1));
      calls.add(filter(0, 0, 1, wrong, 1, 1));
      calls.add(filter(0, 0, 1, 1, wrong, 1));
      calls.add(filter(0, 0, 1, 1, 1, wrong));
      calls.add(convolution(0, 0, wrong, 1, 1, 1, 1, 0));
      calls.add(convolution(0, 0, 1, wrong, 1, 1, 1, 0));
      calls.add(convolution(0, 0, 1, 1, wrong, 1, 1, 0));
      calls.add(convolution(0, 0, 1, 1, 1, wrong, 1, 0));
    }
    calls.add(tensor(0, 0, 65536, 32767, 1, 1));
    calls.add(tensor(0, 0, 65536, 32768, 1, 1));
    calls.add(tensor(0, 0, 32768, 16384, 4, 1));
    calls.add(tensor(0, 0, Integer.MAX_VALUE, 2, 1, 1));
    calls.add(tensor(0, 0, 1, Integer.MAX_VALUE, 1, 1));
    calls.add(filter(0, 0, 65536, 65536, 1, 1));
    calls.add(convolution(-1, 0, 1, 1, 1, 1, 1, 0));
    calls.add(convolution(0, -1, 1, 1, 1, 1, 1, 0));
    calls.add(convolution(100, 0, 1, 1, 1, 1, 1, 0));
    for (int mode = -1; mode < 4; mode++) {
      calls.add(convolution(0, 0, 1, 1, 1, 1, mode, 0));
    }
    for (int mathType = -1; mathType < 6; mathType++) {
      calls.add(math(mathType));
    }
    calls.add(unset(true, true, false));
    calls.add(unset(true, false, true));
    calls.add(unset(false, true, true));
    calls.add(shape(3, 3, 3, 0, 1));
    calls.add(shape(3, 2, 3, 0, 1));
    calls.add(shape(3, 3, 6, 0, 1));
    calls.add(shape(3, 3, 6, 1, 1));
    calls.add(shape(3, 3, 9, 0, 1));
    calls.add(shape(3, 3, 3, 0, 2));
    calls.add(shape(3, 3, 3, 0, 3));
    calls.add(dnn -> dnn.setTensor(0, 0, 0, 1, 1, 1, 1));
    calls.add(dnn -> dnn.setFilter(0, 0, 0, 1, 1, 1, 1));
    calls.add(dnn -> dnn.setConvolution(0, 0, 0, 1, 1, 1, 1, 1, 0));
    calls.add(dnn -> dnn.setConvolutionMath(0, 0));
    calls.add(dnn -> dnn.convolutionOutput(0, 0, 0));
    calls.add(dnn -> dnn.destroyTensor(0));
    calls.add(dnn -> dnn.destroyFilter(0));
    calls.add(dnn -> dnn.destroyConvolution(0));
    calls.add(dnn -> dnn.setStream(0, 0));
    calls.add(dnn -> dnn.destroy(0));
    calls.add(dnn -> dnn.forwardWorkspace(0, 0, 0, 0, 0, 0));
    calls.add(dnn -> dnn.backwardDataWorkspace(0, 0, 0, 0, 0, 0));
    calls.add(dnn -> dnn.backwardFilterWorkspace(0, 0, 0, 0, 0, 0));
    MemorySegment one = Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    calls.add(dnn -> dnn.convolutionForward(0, one, 0, 0, 0, 0, 0, 0, 0, 0, one, 0, 0));
    calls.add(dnn -> dnn.convolutionBackwardData(0, one, 0, 0, 0, 0, 0, 0, 0, 0, one, 0, 0));
    calls.add(dnn -> dnn.convolutionBackwardFilter(0, one, 0, 0, 0, 0, 0, 0, 0, 0, one, 0, 0));
    return calls;
  }

  @Test
  void whatNvidiasRefusesTheDevicesRefuses() {
    FfmDnn nvidia = FfmDnn.load(nvidia());
    FfmDnn device = FfmDnn.load(device());
    List<Consumer<Dnn>> calls = calls();
    int refused = 0;
    for (int i = 0; i < calls.size(); i++) {
      int expected = status(calls.get(i), nvidia);
      assertEquals(expected, status(calls.get(i), device), "call " + i);
      refused += expected == 0 ? 0 : 1;
    }
    assertTrue(refused > 50 && refused < calls.size() - 20, refused + " of " + calls.size());
  }

  @Test
  void closedOnceAndNotUsedAfter() {
    FfmDnn dnn = FfmDnn.load(device());
    TensorDescriptor tensor = new TensorDescriptor(dnn, 1, 1, 1, 1);
    tensor.close();
    tensor.close();
    IllegalStateException closed = assertThrows(IllegalStateException.class, tensor::handle);
    assertEquals("this TensorDescriptor is closed", closed.getMessage());
    CudaException refused =
        assertThrows(CudaException.class, () -> new TensorDescriptor(dnn, 1, 0, 1, 1));
    assertEquals(
        "cudnnSetTensor4dDescriptor: failed (CUDNN_STATUS_BAD_PARAM, 2000)", refused.getMessage());
  }
}
