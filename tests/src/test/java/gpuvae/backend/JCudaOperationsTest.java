package gpuvae.backend;

import gpuvae.backend.cuda.CudaBackends;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The operations of the CUDA backend through JCuda. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class JCudaOperationsTest {
  private static Backend open() {
    return CudaBackends.open(Binding.JCUDA);
  }

  @Nested
  class Memory extends MemoryOperations {
    Memory() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Gather extends GatherOperations {
    Gather() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Gemm extends GemmOperations {
    Gemm() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Activation extends ActivationOperations {
    Activation() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Reparameterise extends ReparameteriseOperations {
    Reparameterise() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Objective extends ObjectiveOperationsSuite {
    Objective() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Noise extends NoiseOperations {
    Noise() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Loss extends LossOperations {
    Loss() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Optimizer extends OptimizerOperations {
    Optimizer() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Composite extends CompositeOperations {
    Composite() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Latent extends LatentOperations {
    Latent() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class OutputLoss extends OutputLossOperations {
    OutputLoss() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Convolution extends ConvolutionOperations {
    Convolution() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Norm extends NormOperations {
    Norm() {
      super(JCudaOperationsTest::open);
    }
  }

  @Nested
  class Pool extends PoolOperations {
    Pool() {
      super(JCudaOperationsTest::open);
    }
  }
}
