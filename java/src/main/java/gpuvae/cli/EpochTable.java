package gpuvae.cli;

import gpuvae.train.EpochReport;
import java.util.LinkedHashMap;
import java.util.Map;

/** A line an epoch, for people and for programs. */
final class EpochTable {
  private EpochTable() {}

  static String header() {
    return "epoch  train loss   test loss  reconstruction          KL        time";
  }

  /** Reconstruction and KL are the test set's. */
  static String line(EpochReport r) {
    return Text.format(
        "%5d  %10s  %10s  %14s  %10s  %10s",
        r.epoch(),
        number(r.trainLoss()),
        number(r.testLoss()),
        number(r.testReconstruction()),
        number(r.testKl()),
        Text.duration(r.seconds()));
  }

  /** Losses of tables of small numbers have their digits behind the point. */
  private static String number(double value) {
    return Text.format(Math.abs(value) < 10 ? "%.4f" : "%.2f", value);
  }

  static Map<String, Object> object(EpochReport r) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("epoch", r.epoch());
    object.put("train_loss", r.trainLoss());
    object.put("train_reconstruction", r.trainReconstruction());
    object.put("train_kl", r.trainKl());
    object.put("test_loss", r.testLoss());
    object.put("test_reconstruction", r.testReconstruction());
    object.put("test_kl", r.testKl());
    object.put("seconds", r.seconds());
    return object;
  }
}
