package io.plotpalette.api;

import io.plotpalette.api.http.ApiContract;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/**
 * The part of a cold start that does not need the table's client, done on another processor while
 * that client is made.
 */
final class ParallelStart {
  private ParallelStart() {}

  /** Begins; who needs a result waits for it by asking for it. */
  static void begin() {
    Thread thread =
        new Thread(
            () -> {
              readTrustedCertificates();
              ApiContract.packaged();
            },
            "parallel-start");
    thread.setDaemon(true);
    thread.start();
  }

  /** The JDK keeps what it has read, and every client of the SDK asks for it when it is made. */
  private static void readTrustedCertificates() {
    try {
      SSLContext.getInstance("TLS").init(null, null, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS in this JDK", e);
    }
  }
}
