package io.plotpalette.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Settings of the laptop that do not meet anybody else's. */
final class FreePorts {
  private static final List<String> KEYS =
      List.of(
          "PALETTE_API_PORT",
          "PALETTE_TOKEN_PORT",
          "PALETTE_DYNAMODB_PORT",
          "PALETTE_S3_PORT",
          "PALETTE_QUEUE_PORT",
          "PALETTE_FLINK_PORT");

  private FreePorts() {}

  /** A port of its own for every key, held together so that none is given twice. */
  static Map<String, String> environment() throws IOException {
    Map<String, String> environment = new TreeMap<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (String key : KEYS) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        environment.put(key, Integer.toString(socket.getLocalPort()));
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return environment;
  }
}
