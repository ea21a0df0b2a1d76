package io.plotpalette.api.tasks;

import java.util.Locale;

/** What a request that is answered before it is done does. */
enum RequestKind {
  WRITES,
  EXPORT,
  IMPORT;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static RequestKind fromWire(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
