/** Variational autoencoders trained and run from Java, on NVIDIA GPUs and on any CPU. */
@SuppressWarnings({"incubating", "requires-automatic"})
module gpuvae {
  requires com.fasterxml.jackson.core;
  requires static jdk.incubator.vector;
  requires transitive java.desktop;
  requires java.net.http;
  requires static info.picocli;
  requires static jcublas;
  requires static jcuda;
  requires static jcudnn;

  exports gpuvae;
  exports gpuvae.backend;
  exports gpuvae.config;
  exports gpuvae.data;
  exports gpuvae.io;
  exports gpuvae.latent;
  exports gpuvae.measure;
  exports gpuvae.model;
  exports gpuvae.onnx;
  exports gpuvae.page;
  exports gpuvae.plot;
  exports gpuvae.train;

  opens gpuvae.cli to
      info.picocli;

  uses gpuvae.backend.BackendProvider;

  provides gpuvae.backend.BackendProvider with
      gpuvae.backend.cpu.CpuBackendProvider,
      gpuvae.backend.cuda.CudaBackendProvider;
}
