/** Variational autoencoders trained and run from Java, on NVIDIA GPUs and on any CPU. */
module gpuvae {
  requires com.fasterxml.jackson.jr.ob;

  exports gpuvae.backend;
  exports gpuvae.config;

  uses gpuvae.backend.BackendProvider;
}
