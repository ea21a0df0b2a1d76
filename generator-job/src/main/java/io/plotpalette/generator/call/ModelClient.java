package io.plotpalette.generator.call;

import java.util.concurrent.CompletableFuture;

/** Calls models without a thread that waits. Thread-safe. */
public interface ModelClient extends AutoCloseable {

  /**
   * Makes one call, once: whether to try again is for those to say who keep the money. It never
   * throws. The future may be completed on a thread of the client, which must not be held up;
   * cancelling it gives the call up, which may be billed all the same.
   *
   * @return fails with nothing but {@link ModelCallException}
   */
  CompletableFuture<ModelAnswer> call(ModelRequest request);

  /** Gives up the calls under way. */
  @Override
  void close();
}
