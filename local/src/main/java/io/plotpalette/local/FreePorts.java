package io.plotpalette.local;

import io.plotpalette.model.setting.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Settings of a product that does not meet any other on this machine. */
public final class FreePorts {
  private FreePorts() {}

  /** A free port for every setting of a port, held together so that none is given twice. */
  public static Map<String, String> environment() throws IOException {
    Map<String, String> environment = new TreeMap<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (Setting<?> setting : LocalConfig.settings()) {
        if (setting.key().endsWith("_PORT")) {
          ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          held.add(socket);
          environment.put(setting.key(), Integer.toString(socket.getLocalPort()));
        }
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return environment;
  }
}
