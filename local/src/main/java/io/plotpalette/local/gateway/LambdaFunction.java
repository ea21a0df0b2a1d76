package io.plotpalette.local.gateway;

import java.time.Duration;

/** A handler that is reached only as Lambda would: with a copy of the event, answering with one. */
@FunctionalInterface
public interface LambdaFunction<I, O> {
  /**
   * Returns what the handler returned, which may be null.
   *
   * @throws InvocationException if there is no response, at the latest after {@code limit}
   */
  O invoke(I event, Duration limit);
}
