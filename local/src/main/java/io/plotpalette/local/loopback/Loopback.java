package io.plotpalette.local.loopback;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Starts servers that only this machine reaches, and says which port was taken if one was. */
public final class Loopback {
  public static final String HOST = "127.0.0.1";

  private static final int MIN_THREADS = 2;
  private static final Duration IDLE_THREAD_LIFE = Duration.ofSeconds(30);

  private Loopback() {}

  /** The start of a server, which fails in its own way. */
  @FunctionalInterface
  public interface Start {
    void run() throws Exception;
  }

  public static URI endpoint(int port) {
    return URI.create("http://" + HOST + ":" + port);
  }

  /**
   * Daemon threads, so that a server that was not closed does not keep the JVM alive.
   *
   * @param maxThreads at least 6, which Jetty itself needs
   * @param group which the threads, and those they start, belong to
   */
  public static QueuedThreadPool threadPool(String name, int maxThreads, ThreadGroup group) {
    QueuedThreadPool pool =
        new QueuedThreadPool(
            maxThreads, MIN_THREADS, (int) IDLE_THREAD_LIFE.toMillis(), null, group);
    pool.setName(name);
    pool.setDaemon(true);
    return pool;
  }

  /**
   * A running Javalin server that answers with exactly the bytes its routes give it.
   *
   * @param port 0 for any free one
   * @throws PortInUseException if something else listens there
   */
  public static Javalin startJavalin(
      String what, int port, int maxThreads, Consumer<JavalinConfig> routes) {
    Javalin javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.startup.startupWatcherEnabled = false;
              config.jetty.threadPool = threadPool(what, maxThreads, null);
              config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
              config.http.compressionStrategy = CompressionStrategy.NONE;
              routes.accept(config);
            });
    start(what, port, () -> javalin.start(HOST, port));
    return javalin;
  }

  /**
   * Runs {@code start}.
   *
   * @throws PortInUseException if it failed because something else listens on the port
   * @throws IllegalStateException for every other failure
   */
  public static void start(String what, int port, Start start) {
    try {
      start.run();
    } catch (Exception e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException) {
          throw new PortInUseException(what, port, e);
        }
      }
      throw new IllegalStateException("Could not start " + what, e);
    }
  }
}
