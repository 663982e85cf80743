package gpuvae.cli;

import gpuvae.config.VaeConfig;
import gpuvae.train.EpochReport;
import java.util.LinkedHashMap;
import java.util.Map;

/** A line an epoch, for people and for programs. */
final class EpochTable {
  /** Samples of fewer values have small losses, whose digits are behind the point. */
  private static final int FEW_FEATURES = 100;

  private final boolean variational;
  private final String number;

  EpochTable(VaeConfig config) {
    variational = config.isVariational();
    number = config.input().shape().features() < FEW_FEATURES ? "%.5f" : "%.2f";
  }

  static String header() {
    return "epoch  train loss   test loss  reconstruction          KL        time";
  }

  /** Reconstruction and KL are the test set's. */
  String line(EpochReport r) {
    return Text.format(
        "%5d  %10s  %10s  %14s  %10s  %10s",
        r.epoch(),
        Text.format(number, r.trainLoss()),
        Text.format(number, r.testLoss()),
        Text.format(number, r.testReconstruction()),
        variational ? Text.format(number, r.testKl()) : "-",
        Text.duration(r.seconds()));
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
