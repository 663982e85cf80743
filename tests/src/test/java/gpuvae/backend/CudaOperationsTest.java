package gpuvae.backend;

import gpuvae.backend.cuda.CudaBackends;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The operations of the CUDA backend, on the software device or a card. */
@Tag("cuda")
class CudaOperationsTest {
  private static Backend open() {
    return CudaBackends.open();
  }

  @Nested
  class Memory extends MemoryOperations {
    Memory() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Gather extends GatherOperations {
    Gather() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Gemm extends GemmOperations {
    Gemm() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Activation extends ActivationOperations {
    Activation() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Reparameterise extends ReparameteriseOperations {
    Reparameterise() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Objective extends ObjectiveOperationsSuite {
    Objective() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Noise extends NoiseOperations {
    Noise() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Loss extends LossOperations {
    Loss() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Optimizer extends OptimizerOperations {
    Optimizer() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Composite extends CompositeOperations {
    Composite() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Latent extends LatentOperations {
    Latent() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class OutputLoss extends OutputLossOperations {
    OutputLoss() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Convolution extends ConvolutionOperations {
    Convolution() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Norm extends NormOperations {
    Norm() {
      super(CudaOperationsTest::open);
    }
  }

  @Nested
  class Pool extends PoolOperations {
    Pool() {
      super(CudaOperationsTest::open);
    }
  }
}
