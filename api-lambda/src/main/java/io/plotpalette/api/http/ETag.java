package io.plotpalette.api.http;

/** The version of an item in its HTTP form, for example {@code "3"} with the quotes. */
public final class ETag {
  private ETag() {}

  public static String of(long version) {
    return '"' + Long.toString(version) + '"';
  }
}
