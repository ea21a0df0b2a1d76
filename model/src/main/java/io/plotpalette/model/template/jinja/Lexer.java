package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into text and the tokens of its tags; comments and whitespace control end here.
 */
final class Lexer {
  private static final int MAX_NAME_CHARACTERS = 100;
  private static final int MAX_NUMBER_CHARACTERS = 40;

  private static final String[] OPERATORS = {
    "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ","
  };

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private int lineStart;

  /** Whether the tag before ended with a minus, so that the whitespace after it goes. */
  private boolean trimNext;

  private Lexer(String source) {
    this.source = source;
  }

  /** Line ends become {@code \n} and one at the very end is dropped, as Jinja does by default. */
  static List<Token> template(String source) {
    String normal = source.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer =
        new Lexer(normal.endsWith("\n") ? normal.substring(0, normal.length() - 1) : normal);
    lexer.readTemplate();
    return lexer.tokens;
  }

  static List<Token> expression(String source) {
    Lexer lexer = new Lexer(source.replace("\r\n", "\n").replace('\r', '\n'));
    lexer.readExpression(null);
    lexer.add(Kind.END, "", lexer.position);
    return lexer.tokens;
  }

  private void readTemplate() {
    while (position < source.length()) {
      int open = nextOpening();
      if (open < 0) {
        addText(source.length(), false);
        break;
      }
      boolean trimBefore = charAt(open + 2) == '-';
      addText(open, trimBefore);
      int inside = open + 2 + (trimBefore || charAt(open + 2) == '+' ? 1 : 0);
      switch (source.charAt(open + 1)) {
        case '#' -> readComment(open, inside);
        case '%' -> {
          int afterRaw = afterTagNamed("raw", inside);
          if (afterRaw >= 0) {
            readRaw(open, afterRaw);
          } else {
            readTag(open, inside, Kind.TAG_BEGIN, Kind.TAG_END, "%}");
          }
        }
        default -> readTag(open, inside, Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, "}}");
      }
    }
    add(Kind.END, "", position);
  }

  private int nextOpening() {
    int brace = source.indexOf('{', position);
    while (brace >= 0 && brace + 1 < source.length()) {
      char second = source.charAt(brace + 1);
      if (second == '{' || second == '%' || second == '#') {
        return brace;
      }
      brace = source.indexOf('{', brace + 1);
    }
    return -1;
  }

  private void addText(int end, boolean trimEnd) {
    int from = position;
    int to = end;
    if (trimNext) {
      while (from < to && Character.isWhitespace(source.charAt(from))) {
        from++;
      }
      trimNext = false;
    }
    if (trimEnd) {
      while (to > from && Character.isWhitespace(source.charAt(to - 1))) {
        to--;
      }
    }
    if (to > from) {
      add(Kind.TEXT, source.substring(from, to), position);
    }
    moveTo(end);
  }

  private void readComment(int open, int inside) {
    // The minus of {#- may also be the one of -#}.
    int close = source.indexOf("#}", open + 2);
    if (close < 0) {
      throw error(open, "the comment opened here is not closed: add '#}'");
    }
    trimNext = close > inside - 1 && source.charAt(close - 1) == '-';
    moveTo(close + 2);
  }

  private void readRaw(int open, int afterRaw) {
    moveTo(afterRaw);
    int search = afterRaw;
    while (true) {
      int close = source.indexOf("{%", search);
      if (close < 0) {
        throw error(open, "'raw' opened here is not closed: add '{% endraw %}'");
      }
      boolean trimBefore = charAt(close + 2) == '-';
      boolean trimAtStart = trimNext;
      int inside = close + 2 + (trimBefore || charAt(close + 2) == '+' ? 1 : 0);
      int after = afterTagNamed("endraw", inside);
      if (after >= 0) {
        boolean trimAfter = trimNext;
        trimNext = trimAtStart;
        addText(close, trimBefore);
        trimNext = trimAfter;
        moveTo(after);
        return;
      }
      search = close + 2;
    }
  }

  /** The position after a tag that is nothing but {@code name}, or -1; sets {@link #trimNext}. */
  private int afterTagNamed(String name, int inside) {
    int at = skipWhitespace(inside);
    if (!source.startsWith(name, at)) {
      return -1;
    }
    at = skipWhitespace(at + name.length());
    boolean trim = charAt(at) == '-';
    if (trim || charAt(at) == '+') {
      at++;
    }
    if (!source.startsWith("%}", at)) {
      return -1;
    }
    trimNext = trim;
    return at + 2;
  }

  private int skipWhitespace(int from) {
    int at = from;
    while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
      at++;
    }
    return at;
  }

  private void readTag(int open, int inside, Kind begin, Kind end, String closing) {
    add(begin, source.substring(open, open + 2), open);
    moveTo(inside);
    if (!readExpression(closing)) {
      throw error(open, "'" + source.substring(open, open + 2) + "' opened here is not closed");
    }
    int at = position;
    trimNext = charAt(at) == '-';
    if (trimNext || charAt(at) == '+') {
      at++;
    }
    add(end, closing, position);
    moveTo(at + 2);
  }

  /**
   * Reads tokens up to {@code closing} outside of braces, or to the end when it is null.
   *
   * @return whether {@code closing} was found; the position is then at it or its sign
   */
  private boolean readExpression(String closing) {
    int braces = 0;
    while (true) {
      moveTo(skipWhitespace(position));
      if (position >= source.length()) {
        return closing == null;
      }
      if (closing != null && braces == 0 && isAtClosing(closing)) {
        return true;
      }
      char c = source.charAt(position);
      if (Character.isUnicodeIdentifierStart(c) || c == '_') {
        readName();
      } else if (c >= '0' && c <= '9') {
        readNumber();
      } else if (c == '\'' || c == '"') {
        readString(c);
      } else {
        String operator = readOperator();
        braces += operator.equals("{") ? 1 : operator.equals("}") && braces > 0 ? -1 : 0;
      }
    }
  }

  private boolean isAtClosing(String closing) {
    char c = source.charAt(position);
    return source.startsWith(closing, position)
        || ((c == '-' || c == '+') && source.startsWith(closing, position + 1));
  }

  private void readName() {
    int end = position + 1;
    while (end < source.length()
        && (Character.isUnicodeIdentifierPart(source.charAt(end))
            && !Character.isIdentifierIgnorable(source.charAt(end)))) {
      end++;
    }
    if (end - position > MAX_NAME_CHARACTERS) {
      throw error(position, "a name is longer than " + MAX_NAME_CHARACTERS + " characters");
    }
    addAndMove(Kind.NAME, source.substring(position, end), end);
  }

  private void readNumber() {
    int end = digits(position);
    boolean afterDot = !tokens.isEmpty() && tokens.get(tokens.size() - 1).isOperator(".");
    Kind kind = Kind.INTEGER;
    if (!afterDot) {
      if (charAt(end) == '.' && isDigit(charAt(end + 1))) {
        end = digits(end + 1);
        kind = Kind.FLOAT;
      }
      char exponent = charAt(end);
      if (exponent == 'e' || exponent == 'E') {
        int digits = end + 1 + (charAt(end + 1) == '+' || charAt(end + 1) == '-' ? 1 : 0);
        if (isDigit(charAt(digits))) {
          end = digits(digits);
          kind = Kind.FLOAT;
        }
      }
    }
    if (end - position > MAX_NUMBER_CHARACTERS) {
      throw error(position, "a number is longer than " + MAX_NUMBER_CHARACTERS + " characters");
    }
    addAndMove(kind, source.substring(position, end).replace("_", ""), end);
  }

  private int digits(int from) {
    int at = from;
    while (isDigit(charAt(at)) || (charAt(at) == '_' && isDigit(charAt(at + 1)))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void readString(char quote) {
    StringBuilder value = new StringBuilder();
    int at = position + 1;
    while (charAt(at) != quote) {
      if (at >= source.length()) {
        throw error(position, "the text in quotes that starts here has no closing " + quote);
      }
      char c = source.charAt(at++);
      if (c == '\\' && at < source.length()) {
        at = readEscape(at, value);
      } else {
        value.append(c);
      }
    }
    addAndMove(Kind.STRING, value.toString(), at + 1);
  }

  /** Python's escapes; an unknown one stays as it is. */
  private int readEscape(int at, StringBuilder value) {
    char c = source.charAt(at);
    switch (c) {
      case '\n' -> {}
      case '\\', '\'', '"' -> value.append(c);
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'x' -> {
        return readCodePoint(at, 2, value);
      }
      case 'u' -> {
        return readCodePoint(at, 4, value);
      }
      default -> value.append('\\').append(c);
    }
    return at + 1;
  }

  private int readCodePoint(int at, int length, StringBuilder value) {
    int code = 0;
    for (int i = at + 1; i <= at + length; i++) {
      int digit = Character.digit(charAt(i), 16);
      if (digit < 0) {
        throw error(
            at - 1,
            "'\\" + source.charAt(at) + "' needs " + length + " hexadecimal digits after it");
      }
      code = code * 16 + digit;
    }
    value.append((char) code);
    return at + 1 + length;
  }

  private String readOperator() {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, position)) {
        addAndMove(Kind.OPERATOR, operator, position + operator.length());
        return operator;
      }
    }
    throw error(
        position,
        "unexpected character '" + Character.toString(source.codePointAt(position)) + "'");
  }

  private char charAt(int index) {
    return index < source.length() ? source.charAt(index) : '\0';
  }

  private void addAndMove(Kind kind, String text, int end) {
    add(kind, text, position);
    moveTo(end);
  }

  private void add(Kind kind, String text, int at) {
    tokens.add(new Token(kind, text, line, at - lineStart + 1));
  }

  /** Moves on, counting lines. */
  private void moveTo(int end) {
    for (; position < end; position++) {
      if (source.charAt(position) == '\n') {
        line++;
        lineStart = position + 1;
      }
    }
  }

  /** At any position, also one on an earlier line, where what is not closed was opened. */
  private TemplateSyntaxException error(int at, String message) {
    int errorLine = 1;
    int start = 0;
    int newline = source.indexOf('\n');
    while (newline >= 0 && newline < at) {
      errorLine++;
      start = newline + 1;
      newline = source.indexOf('\n', start);
    }
    return new TemplateSyntaxException(errorLine, at - start + 1, message);
  }
}
