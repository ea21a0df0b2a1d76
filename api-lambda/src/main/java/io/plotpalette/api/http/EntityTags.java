package io.plotpalette.api.http;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of a header that lists entity tags, or names them all by {@code *}.
 *
 * @param tags as they were sent, with quotes; empty when {@code any}
 */
record EntityTags(boolean any, Set<String> tags) {
  private static final Pattern TAG = Pattern.compile("\\G\\s*((?:W/)?\"[^\"]*\")\\s*(?:,|$)");

  EntityTags {
    tags = Set.copyOf(tags);
  }

  /**
   * Reads the header.
   *
   * @throws ProblemException 400 naming the header when it is no list of entity tags
   */
  static EntityTags parse(String header, String value) {
    if (value.strip().equals("*")) {
      return new EntityTags(true, Set.of());
    }
    Set<String> tags = new HashSet<>();
    int end = 0;
    for (Matcher matcher = TAG.matcher(value); matcher.find(); end = matcher.end()) {
      tags.add(matcher.group(1));
    }
    if (tags.isEmpty() || end != value.length()) {
      throw ProblemException.invalidParameter(header, "must be an ETag such as \"3\", or *");
    }
    return new EntityTags(false, tags);
  }
}
