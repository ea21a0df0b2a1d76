package io.plotpalette.api.http;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions a write may be made on: those listed in the {@code If-Match} header, or any. */
public final class IfMatch {
  private static final Pattern TAG = Pattern.compile("\\G\\s*((?:W/)?\"[^\"]*\")\\s*(?:,|$)");

  private final boolean any;
  private final Set<String> tags;

  private IfMatch(boolean any, Set<String> tags) {
    this.any = any;
    this.tags = Set.copyOf(tags);
  }

  /**
   * Reads the header.
   *
   * @throws ProblemException 428 when it is absent, 400 when it is no list of entity tags
   */
  static IfMatch parse(String header) {
    if (header == null) {
      throw ProblemException.of(ProblemType.VERSION_REQUIRED);
    }
    if (header.strip().equals("*")) {
      return new IfMatch(true, Set.of());
    }
    Set<String> tags = new HashSet<>();
    int end = 0;
    for (Matcher matcher = TAG.matcher(header); matcher.find(); end = matcher.end()) {
      tags.add(matcher.group(1));
    }
    if (tags.isEmpty() || end != header.length()) {
      throw ProblemException.invalidParameter("If-Match", "must be an ETag such as \"3\", or *");
    }
    return new IfMatch(false, tags);
  }

  /** Compares strongly: a weak tag never matches. */
  public boolean matches(long version) {
    return any || tags.contains(ETag.of(version));
  }
}
