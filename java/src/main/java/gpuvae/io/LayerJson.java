package gpuvae.io;

import gpuvae.config.LayerConfig;
import gpuvae.config.Padding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers in config.json: an object each, whose type says which fields it has. */
final class LayerJson {
  private LayerJson() {}

  static List<LayerConfig> read(List<Fields> all) throws IOException {
    List<LayerConfig> layers = new ArrayList<>();
    for (Fields fields : all) {
      layers.add(read(fields));
      fields.end();
    }
    return layers;
  }

  private static LayerConfig read(Fields fields) throws IOException {
    String type = fields.text("type");
    return switch (type) {
      case "dense" ->
          new LayerConfig.Dense(
              fields.text("name"),
              fields.integer("units"),
              ActivationJson.read(fields, "activation"));
      case "conv2d" ->
          new LayerConfig.Conv2d(
              fields.text("name"),
              fields.integer("channels"),
              fields.integer("kernel"),
              fields.integer("stride"),
              padding(fields),
              fields.flag("bias"),
              ActivationJson.read(fields, "activation"));
      case "conv-transpose2d" ->
          new LayerConfig.ConvTranspose2d(
              fields.text("name"),
              fields.integer("channels"),
              fields.integer("kernel"),
              fields.integer("stride"),
              fields.integer("padding"),
              fields.integer("outputPadding"),
              fields.flag("bias"),
              ActivationJson.read(fields, "activation"));
      case "instance-norm" ->
          new LayerConfig.InstanceNorm(
              fields.text("name"), ActivationJson.read(fields, "activation"));
      case "batch-norm" ->
          new LayerConfig.BatchNorm(fields.text("name"), ActivationJson.read(fields, "activation"));
      case "max-pool" -> new LayerConfig.MaxPool(fields.integer("size"));
      case "upsample" -> new LayerConfig.Upsample();
      case "reshape" -> new LayerConfig.Reshape(ShapeJson.read(fields, "shape"));
      case "residual" ->
          new LayerConfig.Residual(
              read(fields.objects("layers")), ActivationJson.read(fields, "activation"));
      default ->
          throw fields.refused(
              "type",
              type,
              "dense, conv2d, conv-transpose2d, instance-norm, batch-norm, max-pool, upsample,"
                  + " reshape, residual");
    };
  }

  private static Padding padding(Fields fields) throws IOException {
    List<Integer> sides = fields.integers("padding");
    if (sides.size() != 2) {
      throw fields.refused("padding", sides, "[before, after]");
    }
    return new Padding(sides.get(0), sides.get(1));
  }

  static List<Map<String, Object>> map(List<LayerConfig> layers) {
    return layers.stream().map(LayerJson::map).toList();
  }

  private static Map<String, Object> map(LayerConfig layer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", layer.type());
    if (!layer.name().isEmpty()) {
      json.put("name", layer.name());
    }
    switch (layer) {
      case LayerConfig.Dense dense -> json.put("units", dense.units());
      case LayerConfig.Conv2d conv -> {
        json.put("channels", conv.channels());
        json.put("kernel", conv.kernel());
        json.put("stride", conv.stride());
        json.put("padding", List.of(conv.padding().before(), conv.padding().after()));
        json.put("bias", conv.bias());
      }
      case LayerConfig.ConvTranspose2d conv -> {
        json.put("channels", conv.channels());
        json.put("kernel", conv.kernel());
        json.put("stride", conv.stride());
        json.put("padding", conv.padding());
        json.put("outputPadding", conv.outputPadding());
        json.put("bias", conv.bias());
      }
      case LayerConfig.MaxPool pool -> json.put("size", pool.size());
      case LayerConfig.Reshape reshape -> json.put("shape", ShapeJson.list(reshape.shape()));
      case LayerConfig.Residual residual -> json.put("layers", map(residual.layers()));
      case LayerConfig.InstanceNorm _, LayerConfig.BatchNorm _, LayerConfig.Upsample _ -> {}
    }
    switch (layer) {
      case LayerConfig.MaxPool _, LayerConfig.Upsample _, LayerConfig.Reshape _ -> {}
      default -> ActivationJson.put(json, "activation", layer.activation());
    }
    return json;
  }
}
