package gpuvae.backend.cpu;

import gpuvae.backend.AdamSettings;

/**
 * What one step of Adam multiplies by: computed once a step in double precision, as PyTorch does.
 */
final class AdamFactors {
  /** 1 - beta1. */
  float first;

  /** beta2. */
  float keepSecond;

  /** 1 - beta2. */
  float second;

  /** learning rate / (1 - beta1^t), negative. */
  float step;

  /** 1 / sqrt(1 - beta2^t). */
  float rootCorrection;

  float epsilon;

  /** The gradient is multiplied by it first; 1 for one that is not clipped. */
  float clip;

  /** Added to the gradient, times the parameter; 0 for AdamW. */
  float gradientDecay;

  /** The parameter is multiplied by it first; 1 for plain Adam. */
  float shrink;

  /**
   * Sets all for one step.
   *
   * @param beta1Power beta1^t, t the number of this step
   * @param beta2Power beta2^t
   * @param gradientSquares sum of all gradients' squares
   */
  void set(
      AdamSettings settings,
      double learningRate,
      double beta1Power,
      double beta2Power,
      double gradientSquares) {
    clip = (float) settings.clip(gradientSquares);
    first = (float) (1 - settings.beta1());
    keepSecond = (float) settings.beta2();
    second = (float) (1 - settings.beta2());
    step = (float) (-learningRate / (1 - beta1Power));
    rootCorrection = (float) (1 / Math.sqrt(1 - beta2Power));
    epsilon = (float) settings.epsilon();
    gradientDecay = settings.decoupled() ? 0 : (float) settings.weightDecay();
    shrink = settings.decoupled() ? (float) (1 - learningRate * settings.weightDecay()) : 1;
  }
}
