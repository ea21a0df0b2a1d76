package io.plotpalette.generator.run;

/** A request that is rendered and ready to be sent. The run only carries it. */
public interface PreparedPrompt {

  /** Upper bound of the tokens the service counts as input. */
  int inputTokenBound();

  /** Of the rendered prompt, in hex. */
  String sha256();
}
