package io.plotpalette.model.template.jinja;

/**
 * @param text what stands in the source; for {@code TEXT} and {@code STRING} what it means
 * @param line from 1
 * @param column from 1
 */
record Token(Kind kind, String text, int line, int column) {
  enum Kind {
    TEXT,
    OUTPUT_BEGIN,
    OUTPUT_END,
    TAG_BEGIN,
    TAG_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  /** For error messages. */
  String described() {
    return switch (kind) {
      case TEXT -> "text";
      case OUTPUT_END -> "'}}'";
      case TAG_END -> "'%}'";
      case END -> "the end";
      default -> "'" + shortened(text) + "'";
    };
  }

  /** Keeps an error readable when the source has a very long text in it. */
  static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
