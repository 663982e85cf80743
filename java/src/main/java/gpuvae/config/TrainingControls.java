package gpuvae.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What steers training beside the loss; {@link #NONE} leaves all of it alone.
 *
 * @param learningRate factor of {@link OptimizerConfig#learningRate}
 * @param klWeight factor of {@link VaeConfig#klWeight}: KL warm-up, cyclical annealing
 */
public record TrainingControls(Schedule learningRate, Schedule klWeight) {
  /** Nothing varies. */
  public static final TrainingControls NONE =
      new TrainingControls(Schedule.CONSTANT, Schedule.CONSTANT);

  /** Checks the fields. */
  public TrainingControls {
    Check.given("controls.learningRate", learningRate);
    Check.given("controls.klWeight", klWeight);
  }

  /** The same with another schedule of the learning rate. */
  public TrainingControls withLearningRate(Schedule schedule) {
    return new TrainingControls(schedule, klWeight);
  }

  /** The same with another schedule of the KL term's weight. */
  public TrainingControls withKlWeight(Schedule schedule) {
    return new TrainingControls(learningRate, schedule);
  }

  /** What is not as in {@link #NONE}, for people. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (!learningRate.equals(Schedule.CONSTANT)) {
      parts.add("learning rate " + learningRate);
    }
    if (!klWeight.equals(Schedule.CONSTANT)) {
      parts.add("beta " + klWeight);
    }
    return parts.isEmpty() ? "not steered" : String.join("; ", parts);
  }
}
