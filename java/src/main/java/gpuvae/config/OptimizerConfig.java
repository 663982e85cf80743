package gpuvae.config;

import gpuvae.backend.AdamSettings;

/**
 * Adam or AdamW, as PyTorch defines them.
 *
 * @param decoupled true for AdamW, whose weight decay is apart from the gradient
 * @param learningRate step size
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment
 * @param weightDecay 0 for none
 */
public record OptimizerConfig(
    boolean decoupled,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay) {
  /** Checks the fields. */
  public OptimizerConfig {
    Check.positive("optimizer.learningRate", learningRate);
    Check.fraction("optimizer.beta1", beta1);
    Check.fraction("optimizer.beta2", beta2);
    Check.positive("optimizer.epsilon", epsilon);
    Check.notNegative("optimizer.weightDecay", weightDecay);
  }

  /** Adam with PyTorch's defaults. */
  public static OptimizerConfig adam(double learningRate) {
    return new OptimizerConfig(false, learningRate, 0.9, 0.999, 1e-8, 0);
  }

  /** AdamW with PyTorch's defaults. */
  public static OptimizerConfig adamW(double learningRate, double weightDecay) {
    return new OptimizerConfig(true, learningRate, 0.9, 0.999, 1e-8, weightDecay);
  }

  /** The same with another learning rate. */
  public OptimizerConfig withLearningRate(double rate) {
    return new OptimizerConfig(decoupled, rate, beta1, beta2, epsilon, weightDecay);
  }

  /** As in config.json: "adam" or "adamw". */
  public String label() {
    return decoupled ? "adamw" : "adam";
  }

  /**
   * What the backend needs beside the learning rate.
   *
   * @param clipNorm the gradient's greatest norm; infinite for none
   */
  public AdamSettings settings(double clipNorm) {
    return new AdamSettings(beta1, beta2, epsilon, weightDecay, decoupled, clipNorm);
  }
}
