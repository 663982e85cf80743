package gpuvae.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Convolution;
import gpuvae.backend.Device;
import gpuvae.backend.DeviceUnavailableException;
import gpuvae.backend.ElementType;
import gpuvae.backend.StepKey;
import gpuvae.backend.Tensor;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaDeviceForTests;
import gpuvae.cuda.LibraryProbe;
import gpuvae.model.VaeModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Convolutions in recorded steps, their memory, and machines that lack cuDNN. */
@Tag("cuda")
class ConvolutionsTest {
  private static final StepKey KEY = new StepKey("convolution", 2);

  /** More zeros after than before, so that images are padded by a kernel. */
  private static final Convolution SMALL = new Convolution(2, 5, 4, 3, 5, 4, 4, 1, 1);

  private static final Convolution LARGE = new Convolution(5, 19, 17, 7, 19, 17, 4, 1, 1);

  private final Random random = new Random(3);
  private final List<Tensor> tensors = new ArrayList<>();
  private CudaBackend backend;

  @BeforeEach
  void open() {
    backend = CudaBackends.open(true);
  }

  @AfterEach
  void close() {
    if (backend == null) {
      return;
    }
    tensors.forEach(backend::free);
    backend.close();
    assertEquals(List.of(), backend.ledger().open());
  }

  private Tensor normal(int... shape) {
    Tensor tensor = backend.allocate(ElementType.F32, shape);
    tensors.add(tensor);
    float[] values = new float[(int) tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    backend.write(tensor, values, 0, values.length);
    return tensor;
  }

  private float[] values(Tensor tensor) {
    float[] values = new float[(int) tensor.size()];
    backend.read(tensor, values, 0, values.length);
    return values;
  }

  /** The three directions of a geometry. */
  private final class Layer {
    final Convolution geometry;
    final int rows;
    final Tensor x;
    final Tensor weight;
    final Tensor y;
    final Tensor dx;
    final Tensor weightGradient;

    Layer(Convolution geometry, int rows) {
      this.geometry = geometry;
      this.rows = rows;
      x = normal(rows, geometry.inFeatures());
      weight = normal(geometry.outChannels(), geometry.filter());
      y = normal(rows, geometry.outFeatures());
      dx = normal(rows, geometry.inFeatures());
      weightGradient = normal(geometry.outChannels(), geometry.filter());
    }

    void step() {
      backend.images().convolution(rows, geometry, x, weight, y);
      backend.images().convolutionBackwardData(rows, geometry, y, weight, dx);
      backend.images().convolutionBackwardWeight(rows, geometry, x, y, weightGradient);
    }

    float[][] results() {
      return new float[][] {values(y), values(dx), values(weightGradient)};
    }

    void spoil() {
      backend.fill(y, Float.NaN);
      backend.fill(dx, Float.NaN);
      backend.fill(weightGradient, Float.NaN);
    }
  }

  @Test
  void aReplayGivesTheBitsOfThePlainRun() {
    Layer layer = new Layer(SMALL, 2);
    backend.run(KEY, layer::step);
    float[][] plain = layer.results();
    for (int run = 0; run < 3; run++) {
      layer.spoil();
      backend.run(KEY, layer::step);
      assertArrayEquals(plain, layer.results());
    }
    assertEquals(Set.of(KEY), backend.graphs().nodes().keySet());
  }

  @Test
  void memoryThatGrowsDropsRecordings() {
    Layer small = new Layer(SMALL, 2);
    backend.run(KEY, small::step);
    float[][] plain = small.results();
    backend.run(KEY, small::step);
    Layer large = new Layer(LARGE, 3);
    backend.run(KEY, small::step);
    assertEquals(1, backend.graphs().nodes().size());
    backend.run(new StepKey("large", 3), large::step);
    assertEquals(0, backend.graphs().nodes().size());
    small.spoil();
    backend.run(KEY, small::step);
    assertArrayEquals(plain, small.results());
  }

  @Test
  void thePlansThatAreKeptHaveAnEnd() {
    Convolution pointwise = new Convolution(1, 1, 1, 1, 1, 1, 1, 1, 0);
    Layer layer = new Layer(pointwise, 300);
    float factor = values(layer.weight)[0];
    float[] x = values(layer.x);
    for (int turn = 0; turn < 2; turn++) {
      for (int rows = 1; rows <= 300; rows++) {
        backend.images().convolution(rows, pointwise, layer.x, layer.weight, layer.y);
      }
      float[] y = values(layer.y);
      for (int i = 0; i < x.length; i++) {
        assertEquals(x[i] * factor, y[i]);
      }
      layer.spoil();
    }
  }

  @Test
  void withoutCudnnThereAreDenseModels(@TempDir Path folder) throws IOException {
    CudaDeviceForTests.linkWithoutCudnn(folder);
    CudaBackendProvider provider = new CudaBackendProvider(LibraryProbe.in(folder));
    try (CudaBackend without = provider.open(Device.cuda(0), true)) {
      trainStep(without, "mlp-softplus");
      DeviceUnavailableException missing =
          assertThrows(
              DeviceUnavailableException.class,
              () -> new VaeModel(without, VaeConfig.preset("conv-upsample"), 1));
      for (String word : List.of("cuDNN", "is absent", "libcudnn.so.9", folder.toString())) {
        assertTrue(missing.getMessage().contains(word), missing.getMessage());
      }
      trainStep(without, "mlp-softplus");
    }
  }

  private static void trainStep(CudaBackend backend, String preset) {
    VaeConfig config = VaeConfig.preset(preset);
    try (VaeModel model = new VaeModel(backend, config, 1)) {
      model.trainStep(new float[config.input().shape().features()], 1, null);
    }
  }
}
