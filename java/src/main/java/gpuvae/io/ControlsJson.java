package gpuvae.io;

import gpuvae.config.Schedule;
import gpuvae.config.TrainingControls;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@link TrainingControls} in config.json; what is not there is as in {@link #NONE}. */
final class ControlsJson {
  private static final TrainingControls NONE = TrainingControls.NONE;
  private static final String LEARNING_RATE = "learningRate";
  private static final String KL_WEIGHT = "klWeight";

  private static final String CLIP_NORM = "clipNorm";

  private static final String FREE_BITS = "freeBits";
  private static final String IMPORTANCE_SAMPLES = "importanceSamples";
  private static final String PATIENCE = "patience";
  private static final String KEEP_BEST = "keepBest";

  private ControlsJson() {}

  static TrainingControls read(Fields fields) throws IOException {
    TrainingControls controls =
        new TrainingControls(
            schedule(fields, LEARNING_RATE),
            schedule(fields, KL_WEIGHT),
            fields.has(CLIP_NORM) ? fields.number(CLIP_NORM) : NONE.clipNorm(),
            fields.has(FREE_BITS) ? fields.number(FREE_BITS) : NONE.freeBits(),
            fields.has(IMPORTANCE_SAMPLES)
                ? fields.integer(IMPORTANCE_SAMPLES)
                : NONE.importanceSamples(),
            fields.has(PATIENCE) ? fields.integer(PATIENCE) : NONE.patience(),
            fields.has(KEEP_BEST) && fields.flag(KEEP_BEST));
    fields.end();
    return controls;
  }

  static Map<String, Object> map(TrainingControls controls) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, LEARNING_RATE, controls.learningRate());
    put(json, KL_WEIGHT, controls.klWeight());
    if (controls.clipNorm() != NONE.clipNorm()) {
      json.put(CLIP_NORM, controls.clipNorm());
    }
    if (controls.freeBits() != NONE.freeBits()) {
      json.put(FREE_BITS, controls.freeBits());
    }
    if (controls.importanceSamples() != NONE.importanceSamples()) {
      json.put(IMPORTANCE_SAMPLES, controls.importanceSamples());
    }
    if (controls.patience() != NONE.patience()) {
      json.put(PATIENCE, controls.patience());
    }
    if (controls.keepBest()) {
      json.put(KEEP_BEST, true);
    }
    return json;
  }

  private static Schedule schedule(Fields controls, String name) throws IOException {
    if (!controls.has(name)) {
      return Schedule.CONSTANT;
    }
    Fields fields = controls.object(name);
    String type = fields.text("type");
    Schedule schedule =
        switch (type) {
          case "linear" -> new Schedule.Linear(fields.number("from"), fields.longInteger("steps"));
          case "cyclical" ->
              new Schedule.Cyclical(fields.longInteger("period"), fields.number("ramp"));
          case "cosine" -> new Schedule.Cosine(fields.longInteger("steps"), fields.number("floor"));
          case "step" -> new Schedule.Stairs(fields.longInteger("every"), fields.number("factor"));
          default -> throw fields.refused("type", type, "linear, cyclical, cosine, step");
        };
    fields.end();
    return schedule;
  }

  private static void put(Map<String, Object> controls, String name, Schedule schedule) {
    Map<String, Object> json = new LinkedHashMap<>();
    switch (schedule) {
      case Schedule.Constant _ -> {
        return;
      }
      case Schedule.Linear linear -> {
        json.put("type", "linear");
        json.put("from", linear.from());
        json.put("steps", linear.steps());
      }
      case Schedule.Cyclical cyclical -> {
        json.put("type", "cyclical");
        json.put("period", cyclical.period());
        json.put("ramp", cyclical.ramp());
      }
      case Schedule.Cosine cosine -> {
        json.put("type", "cosine");
        json.put("steps", cosine.steps());
        json.put("floor", cosine.floor());
      }
      case Schedule.Stairs stairs -> {
        json.put("type", "step");
        json.put("every", stairs.every());
        json.put("factor", stairs.times());
      }
    }
    controls.put(name, json);
  }
}
