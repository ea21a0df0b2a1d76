package io.plotpalette.connector.streams.proxy;

import java.io.Serializable;

/** Makes the proxy where it is used: one in the enumerator, one in each fetcher of a reader. */
@FunctionalInterface
public interface StreamProxyProvider extends Serializable {
  StreamProxy create();
}
