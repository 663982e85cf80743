package gpuvae.backend;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The CPU's operations: with the Vector API's module, and as "scalar" without it. */
@Tag("scalar")
class CpuOperationsTest {
  private static Backend open() {
    return Device.cpu().open();
  }

  @Nested
  class Memory extends MemoryOperations {
    Memory() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Gather extends GatherOperations {
    Gather() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Gemm extends GemmOperations {
    Gemm() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Activation extends ActivationOperations {
    Activation() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Reparameterise extends ReparameteriseOperations {
    Reparameterise() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Objective extends ObjectiveOperationsSuite {
    Objective() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Noise extends NoiseOperations {
    Noise() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Loss extends LossOperations {
    Loss() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Optimizer extends OptimizerOperations {
    Optimizer() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Composite extends CompositeOperations {
    Composite() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Latent extends LatentOperations {
    Latent() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class OutputLoss extends OutputLossOperations {
    OutputLoss() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Convolution extends ConvolutionOperations {
    Convolution() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Norm extends NormOperations {
    Norm() {
      super(CpuOperationsTest::open);
    }
  }

  @Nested
  class Pool extends PoolOperations {
    Pool() {
      super(CpuOperationsTest::open);
    }
  }
}
