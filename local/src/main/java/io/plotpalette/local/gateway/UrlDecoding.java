package io.plotpalette.local.gateway;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Decodes what a client percent-encoded. */
final class UrlDecoding {
  private UrlDecoding() {}

  /** In a path a plus is a plus. */
  static String decodePath(String text) {
    return decodeQuery(text.replace("+", "%2B"));
  }

  /** In a query a plus is a space. */
  static String decodeQuery(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("Badly encoded: " + text, e);
    }
  }
}
