package gpuvae.backend;

import gpuvae.backend.reference.RoundedBackend;
import org.junit.jupiter.api.Nested;

/** The suite passes on the oracle rounded to floats: its tolerances ask for nothing impossible. */
class RoundedOperationsTest {

  @Nested
  class Memory extends MemoryOperations {
    Memory() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Gather extends GatherOperations {
    Gather() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Gemm extends GemmOperations {
    Gemm() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Activation extends ActivationOperations {
    Activation() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Reparameterise extends ReparameteriseOperations {
    Reparameterise() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Objective extends ObjectiveOperationsSuite {
    Objective() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Noise extends NoiseOperations {
    Noise() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Loss extends LossOperations {
    Loss() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Optimizer extends OptimizerOperations {
    Optimizer() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Composite extends CompositeOperations {
    Composite() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Latent extends LatentOperations {
    Latent() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class OutputLoss extends OutputLossOperations {
    OutputLoss() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Convolution extends ConvolutionOperations {
    Convolution() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Norm extends NormOperations {
    Norm() {
      super(RoundedBackend::open);
    }
  }

  @Nested
  class Pool extends PoolOperations {
    Pool() {
      super(RoundedBackend::open);
    }
  }
}
