package gpuvae.page;

import gpuvae.GpuVae;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import java.util.Locale;
import java.util.Map;

/** What the explorer says of model and data. */
record Words(GpuVae vae, Dataset data, boolean dense) {
  Map<String, String> json() {
    VaeConfig config = vae.config();
    return Map.of(
        "title",
        "%s, %d latent%s"
            .formatted(config.name(), config.latent(), config.latent() == 1 ? "" : "s"),
        "subtitle",
        String.format(
            Locale.ROOT,
            "%,d parameters. Map and samples: %s, %,d samples (%s).",
            vae.parameterCount(),
            data.name(),
            data.size(),
            config.input().protocol()),
        "slidersTitle",
        dense ? "Latents" : "The map's coordinates",
        "slidersWords",
        slidersWords(config),
        "classesWords",
        dense
            ? "The mean latent of each class, decoded. Choose one to walk on from there."
            : "The mean latent of each class, decoded. Walking on goes by the map.",
        "betweenWords",
        "Choose a left and a right end among the test samples, then slide."
            + (dense ? "" : " The way is that of the map."),
        "how",
        how(config),
        "units",
        units(config));
  }

  private String slidersWords(VaeConfig config) {
    if (!dense) {
      return "Pictures come from a grid decoded beforehand, interpolated.";
    }
    return config.isVariational()
        ? "Those with most KL (nats) first: they say most about a sample."
        : "An autoencoder has no KL to rank them by.";
  }

  private String how(VaeConfig config) {
    if (dense) {
      return "Decoded live in this page by the model's own decoder weights, in float32.";
    }
    int size = DecoderData.gridSize(config);
    return ("This decoder is not made of dense layers alone, so the page does not run it: the"
            + " library decoded a grid of %d x %d points over the map beforehand, and what you"
            + " see between them is interpolated (bilinear). Samples are shown by the"
            + " nearest point of the map.")
        .formatted(size, size);
  }

  static String units(VaeConfig config) {
    return config.likelihood() == Likelihood.BERNOULLI
        ? "Nats per sample."
        : "Squared error summed over a sample" + (config.isVariational() ? ", KL in nats." : ".");
  }
}
