package gpuvae.io;

import gpuvae.backend.Binarisation;
import gpuvae.config.Head;
import gpuvae.config.InputConfig;
import gpuvae.config.Likelihood;
import gpuvae.config.OptimizerConfig;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A {@link VaeConfig} as JSON. Unknown fields, missing ones and wrong values are refused. */
public final class ConfigFile {
  private static final int FORMAT = 1;

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws IOException naming the file, the field, its value and what is allowed
   */
  public static VaeConfig read(Path file) throws IOException {
    return config(Json.readObject(file), file.toString());
  }

  /**
   * Reads a text.
   *
   * @param source what errors call it
   * @throws IOException naming the source, the field, its value and what is allowed
   */
  public static VaeConfig parse(String text, String source) throws IOException {
    return config(Json.parseObject(text, source), source);
  }

  /** The configuration as indented JSON. */
  public static String format(VaeConfig config) {
    return Json.write(map(config));
  }

  private static VaeConfig config(Map<String, Object> json, String source) throws IOException {
    try {
      return config(new Fields("", json));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(source + ": " + e.getMessage(), e);
    }
  }

  private static VaeConfig config(Fields fields) throws IOException {
    int format = fields.integer("format");
    if (format != FORMAT) {
      throw Fields.refusal("format", format, FORMAT + " (a newer gpuvae may have written this)");
    }
    Fields head = fields.object("head");
    Head kind = head.constant("type", Head.values());
    VaeConfig config =
        new VaeConfig(
            fields.text("name"),
            input(fields.object("input")),
            LayerJson.read(fields.objects("encoder")),
            kind,
            fields.integer("latent"),
            head.has("mean") ? head.text("mean") : "",
            head.has("second") ? head.text("second") : "",
            LayerJson.read(fields.objects("decoder")),
            fields.constant("likelihood", Likelihood.values()),
            ActivationJson.read(fields, "outputActivation"),
            fields.number("klWeight"),
            optimizer(fields.object("optimizer")),
            fields.integer("batchSize"),
            fields.integer("epochs"),
            fields.has("controls")
                ? ControlsJson.read(fields.object("controls"))
                : TrainingControls.NONE);
    head.end();
    fields.end();
    return config;
  }

  private static void putName(Map<String, Object> json, String field, String name) {
    if (!name.isEmpty()) {
      json.put(field, name);
    }
  }

  private static InputConfig input(Fields fields) throws IOException {
    InputConfig input =
        new InputConfig(
            ShapeJson.read(fields, "shape"),
            fields.number("mean"),
            fields.number("deviation"),
            fields.constant("binarisation", Binarisation.values()),
            fields.longInteger("binarisationSeed"));
    fields.end();
    return input;
  }

  private static OptimizerConfig optimizer(Fields fields) throws IOException {
    String type = fields.text("type");
    if (!type.equals("adam") && !type.equals("adamw")) {
      throw Fields.refusal("optimizer.type", type, "adam, adamw");
    }
    OptimizerConfig optimizer =
        new OptimizerConfig(
            type.equals("adamw"),
            fields.number("learningRate"),
            fields.number("beta1"),
            fields.number("beta2"),
            fields.number("epsilon"),
            fields.number("weightDecay"));
    fields.end();
    return optimizer;
  }

  private static Map<String, Object> map(VaeConfig config) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("name", config.name());
    json.put("input", map(config.input()));
    json.put("encoder", LayerJson.map(config.encoder()));
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("type", config.head().label());
    putName(head, "mean", config.meanName());
    putName(head, "second", config.secondName());
    json.put("head", head);
    json.put("latent", config.latent());
    json.put("decoder", LayerJson.map(config.decoder()));
    json.put("likelihood", config.likelihood().label());
    ActivationJson.put(json, "outputActivation", config.outputActivation());
    json.put("klWeight", config.klWeight());
    json.put("optimizer", map(config.optimizer()));
    json.put("batchSize", config.batchSize());
    json.put("epochs", config.epochs());
    if (!config.controls().equals(TrainingControls.NONE)) {
      json.put("controls", ControlsJson.map(config.controls()));
    }
    return json;
  }

  private static Map<String, Object> map(InputConfig input) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("shape", ShapeJson.list(input.shape()));
    json.put("mean", input.mean());
    json.put("deviation", input.deviation());
    json.put("binarisation", Fields.spelling(input.binarisation()));
    json.put("binarisationSeed", input.binarisationSeed());
    return json;
  }

  private static Map<String, Object> map(OptimizerConfig optimizer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", optimizer.label());
    json.put("learningRate", optimizer.learningRate());
    json.put("beta1", optimizer.beta1());
    json.put("beta2", optimizer.beta2());
    json.put("epsilon", optimizer.epsilon());
    json.put("weightDecay", optimizer.weightDecay());
    return json;
  }
}
