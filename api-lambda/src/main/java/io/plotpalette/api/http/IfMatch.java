package io.plotpalette.api.http;

/** The versions a write may be made on: those listed in the {@code If-Match} header, or any. */
public final class IfMatch {
  private final EntityTags tags;

  private IfMatch(EntityTags tags) {
    this.tags = tags;
  }

  /**
   * Reads the header.
   *
   * @throws ProblemException 428 when it is absent, 400 when it is no list of entity tags
   */
  public static IfMatch parse(String header) {
    if (header == null) {
      throw ProblemException.of(ProblemType.VERSION_REQUIRED);
    }
    return new IfMatch(EntityTags.parse("If-Match", header));
  }

  /** Compares strongly: a weak tag never matches. */
  public boolean matches(long version) {
    return tags.any() || tags.tags().contains(ETag.of(version));
  }
}
