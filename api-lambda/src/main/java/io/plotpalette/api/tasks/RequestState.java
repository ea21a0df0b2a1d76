package io.plotpalette.api.tasks;

import java.util.Locale;

/** How far a request has come that is answered before it is done. */
enum RequestState {
  /** Its messages are being sent, or its file is awaited; nobody works on it. */
  OPEN,

  /** In the queue, or worked on. */
  ACCEPTED,

  /** Of exports and imports only: those of writes are done when all writes have their marks. */
  DONE;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static RequestState fromWire(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
