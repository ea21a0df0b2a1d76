package io.plotpalette.generator.call;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on a plain socket: it can say what no HTTP library would. */
final class TestingModelService implements AutoCloseable {
  private final ServerSocket server;
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private volatile Behaviour behaviour = connection -> {};

  /** What it does with a request, which was read to its end; at first nothing. */
  @FunctionalInterface
  interface Behaviour {
    void answer(Socket connection) throws IOException;
  }

  TestingModelService() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(
        () -> {
          while (true) {
            Socket connection = server.accept();
            connections.add(connection);
            start(() -> serve(connection));
          }
        });
  }

  /** From the next request on; forgets those before. */
  void behave(Behaviour next) {
    bodies.clear();
    behaviour = next;
  }

  static Behaviour saying(int status, String errorType, String contentType, String body) {
    return connection -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      String head =
          "HTTP/1.1 "
              + status
              + " Status\r\nContent-Type: "
              + contentType
              + (errorType == null
                  ? ""
                  : "\r\nx-amzn-ErrorType: " + errorType + ":http://internal/")
              + "\r\nContent-Length: "
              + bytes.length
              + "\r\n\r\n";
      connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().write(bytes);
    };
  }

  static Behaviour answering(String body) {
    return saying(200, null, "application/json", body);
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Ends when the connection or the server does. */
  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Closed, by whichever side.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket connection) throws IOException {
    while (true) {
      bodies.add(request(connection.getInputStream()));
      behaviour.answer(connection);
    }
  }

  private static String request(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("the connection ended");
      }
      head.write(read);
    }
    int length =
        head.toString(StandardCharsets.US_ASCII)
            .lines()
            .map(line -> line.toLowerCase(Locale.ROOT))
            .filter(line -> line.startsWith("content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(15).trim()))
            .findFirst()
            .orElse(0);
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Of the requests it has read. */
  List<String> bodies() {
    return bodies;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
