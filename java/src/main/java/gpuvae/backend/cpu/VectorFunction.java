package gpuvae.backend.cpu;

import static gpuvae.backend.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Function} over vectors. C2 inlines only so much into one method (NodeCountInliningCutoff),
 * and vectors that cross a call are put on the heap. So each loop is a class of its own, and all
 * are called from one place: a call with more than two targets is not inlined, and each loop is
 * compiled alone.
 */
enum VectorFunction {
  RADIUS {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.logOfNormal(load(x, xOffset + i)).mul(-2).sqrt().intoArray(y, yOffset + i);
      }
    }
  },

  COSINE {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.cospi(load(x, xOffset + i).mul(2)).intoArray(y, yOffset + i);
      }
    }
  },

  SINE {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.sinpi(load(x, xOffset + i).mul(2)).intoArray(y, yOffset + i);
      }
    }
  },

  EXP_HALF {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.exp(load(x, xOffset + i).mul(0.5f)).intoArray(y, yOffset + i);
      }
    }
  },

  EXP_REST {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        FloatVector v = load(x, xOffset + i);
        VectorMath.expm1(v).sub(v).intoArray(y, yOffset + i);
      }
    }
  },

  EXPM1 {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.expm1(load(x, xOffset + i)).intoArray(y, yOffset + i);
      }
    }
  },

  EXP_MINUS_ABS {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.expBelowMax(load(x, xOffset + i).abs().neg()).intoArray(y, yOffset + i);
      }
    }
  },

  LOG1P {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.log1pUnit(load(x, xOffset + i)).intoArray(y, yOffset + i);
      }
    }
  },

  SOFTPLUS {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.softplus(load(x, xOffset + i)).intoArray(y, yOffset + i);
      }
    }
  },

  SOFTPLUS_SLOPE {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        VectorMath.expm1(load(x, xOffset + i).neg()).neg().intoArray(y, yOffset + i);
      }
    }
  },

  FLOORED_RELU {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        FloatVector v = load(x, xOffset + i);
        v.blend(0, v.compare(VectorOperators.LE, 0)).add(Function.FLOOR).intoArray(y, yOffset + i);
      }
    }
  },

  RELU_SLOPE {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        FloatVector v = load(x, xOffset + i);
        FloatVector.broadcast(FLOATS, 1)
            .blend(0, v.compare(VectorOperators.LE, 0))
            .intoArray(y, yOffset + i);
      }
    }
  },

  SPREAD {
    @Override
    void run(int n, float[] x, int xOffset, float[] y, int yOffset) {
      for (int i = 0; i < n; i += WIDTH) {
        FloatVector v = load(x, xOffset + i);
        v.fma(v, FloatVector.broadcast(FLOATS, -1))
            .sub(VectorMath.log(v).mul(2))
            .intoArray(y, yOffset + i);
      }
    }
  };

  private static final int WIDTH = FLOATS.length();
  private static final VectorFunction[] ALL = values();

  static VectorFunction of(Function function) {
    return ALL[function.ordinal()];
  }

  /** y = f(x), for n a multiple of the vectors' length. */
  abstract void run(int n, float[] x, int xOffset, float[] y, int yOffset);

  private static FloatVector load(float[] x, int from) {
    return FloatVector.fromArray(FLOATS, x, from);
  }
}
