package io.plotpalette.local.bench.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a hand-written loop reads of a stream record: slices of the line's own bytes, found in one
 * pass. Escaped texts are the only ones that are copied.
 */
final class LoopRecord {
  static final int TASK_ID = 0;
  static final int USER_ID = 1;
  static final int TITLE = 2;
  static final int DESCRIPTION = 3;
  static final int STATUS = 4;
  static final int PRIORITY = 5;
  static final int DUE_DATE = 6;
  static final int DUE_AT = 7;
  static final int TIME_ZONE = 8;
  static final int ESTIMATE = 9;
  static final int PARENT_ID = 10;
  static final int CREATED_AT = 11;
  static final int UPDATED_AT = 12;
  static final int COMPLETED_AT = 13;
  static final int VERSION = 14;
  private static final int ATTRIBUTES = 15;

  private static final byte[][] NAMES = names();
  private static final byte[] LABELS = ascii("labels");
  private static final byte[] METADATA = ascii("metadata");

  /** A text: where its bytes are. */
  static final class Slice {
    byte[] bytes;
    int start;
    int length;

    boolean is(byte[] text) {
      return length == text.length && Arrays.equals(bytes, start, start + length, text, 0, length);
    }

    long number() {
      long number = 0;
      for (int i = start; i < start + length; i++) {
        number = 10 * number + (bytes[i] - '0');
      }
      return number;
    }

    String text() {
      return new String(bytes, start, length, StandardCharsets.UTF_8);
    }
  }

  /** An image; only what was in it has {@code present}. */
  static final class Image {
    final Slice[] attributes = slices(ATTRIBUTES);
    final boolean[] present = new boolean[ATTRIBUTES];
    Slice[] labels = slices(20);
    int labelCount;
    Slice[] pairs = slices(40);
    int pairCount;

    private void clear() {
      Arrays.fill(present, false);
      labelCount = 0;
      pairCount = 0;
    }
  }

  final Slice changeId = new Slice();
  final Slice event = new Slice();
  final Slice sequenceNumber = new Slice();
  long streamMillis;
  boolean hasOld;
  final Image newImage = new Image();
  final Image oldImage = new Image();

  private final Slice name = new Slice();
  private final Slice tag = new Slice();
  private byte[] buffer;
  private int at;

  /** Reads the line that begins at {@code start}; what it had before is gone. */
  void read(byte[] bytes, int start) {
    buffer = bytes;
    at = start;
    hasOld = false;
    expect('{');
    while (more('}')) {
      string(name);
      expect(':');
      byte first = name.bytes[name.start];
      if (first == 'e' && name.length == 7) {
        string(changeId);
      } else if (first == 'e' && name.length == 9) {
        string(event);
      } else if (first == 'd' && name.length == 8) {
        change();
      } else {
        skip();
      }
    }
  }

  /** Behind the record. */
  int end() {
    return at;
  }

  private void change() {
    expect('{');
    while (more('}')) {
      string(name);
      expect(':');
      switch (name.bytes[name.start]) {
        case 'A' -> streamMillis = digits();
        case 'N' -> image(newImage);
        case 'O' -> {
          hasOld = true;
          image(oldImage);
        }
        case 'S' -> {
          if (name.length == 14 && name.bytes[name.start + 1] == 'e') {
            string(sequenceNumber);
          } else {
            skip();
          }
        }
        default -> skip();
      }
    }
  }

  private void image(Image image) {
    image.clear();
    expect('{');
    while (more('}')) {
      string(name);
      expect(':');
      int attribute = attribute();
      if (attribute >= 0) {
        expect('{');
        string(tag);
        expect(':');
        if (tag.bytes[tag.start] == 'S' || (tag.length == 1 && tag.bytes[tag.start] == 'N')) {
          string(image.attributes[attribute]);
          image.present[attribute] = true;
        } else {
          skip();
        }
        expect('}');
      } else if (name.is(LABELS)) {
        labels(image);
      } else if (name.is(METADATA)) {
        metadata(image);
      } else {
        skip();
      }
    }
  }

  /** The attribute the name stands for, or -1; lengths and first letters tell nearly all apart. */
  private int attribute() {
    byte first = name.bytes[name.start];
    int found =
        switch (name.length) {
          case 5 -> TITLE;
          case 6 -> first == 's' ? STATUS : first == 'd' ? DUE_AT : -1;
          case 7 -> first == 't' ? TASK_ID : first == 'u' ? USER_ID : first == 'v' ? VERSION : -1;
          case 8 -> first == 'p' ? PRIORITY : first == 'd' ? DUE_DATE : -1;
          case 9 -> first == 'p' ? PARENT_ID : TIME_ZONE;
          case 10 -> first == 'c' ? CREATED_AT : UPDATED_AT;
          case 11 -> DESCRIPTION;
          case 12 -> COMPLETED_AT;
          case 16 -> ESTIMATE;
          default -> -1;
        };
    return found >= 0 && name.is(NAMES[found]) ? found : -1;
  }

  private void labels(Image image) {
    expect('{');
    string(tag);
    expect(':');
    expect('[');
    while (more(']')) {
      if (image.labelCount == image.labels.length) {
        image.labels = grown(image.labels);
      }
      element(image.labels[image.labelCount++]);
    }
    expect('}');
  }

  private void metadata(Image image) {
    expect('{');
    string(tag);
    expect(':');
    expect('{');
    while (more('}')) {
      if (image.pairCount + 1 >= image.pairs.length) {
        image.pairs = grown(image.pairs);
      }
      string(image.pairs[image.pairCount++]);
      expect(':');
      element(image.pairs[image.pairCount++]);
    }
    expect('}');
  }

  private void element(Slice text) {
    expect('{');
    string(tag);
    expect(':');
    string(text);
    expect('}');
  }

  private static Slice[] grown(Slice[] slices) {
    Slice[] more = Arrays.copyOf(slices, 2 * slices.length);
    for (int i = slices.length; i < more.length; i++) {
      more[i] = new Slice();
    }
    return more;
  }

  private byte token() {
    byte[] bytes = buffer;
    int i = at;
    while (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r') {
      i++;
    }
    at = i;
    return bytes[i];
  }

  private void expect(char token) {
    if (token() != token) {
      throw new IllegalArgumentException(
          "'%c' expected, is '%c'".formatted(token, (char) buffer[at]));
    }
    at++;
  }

  /** Whether another element comes, of an object or a list; takes the comma or the end. */
  private boolean more(char end) {
    byte token = token();
    if (token == end) {
      at++;
      return false;
    }
    if (token == ',') {
      at++;
    }
    return true;
  }

  private long digits() {
    token();
    long number = 0;
    while (buffer[at] >= '0' && buffer[at] <= '9') {
      number = 10 * number + (buffer[at++] - '0');
    }
    return number;
  }

  private void string(Slice slice) {
    expect('"');
    byte[] bytes = buffer;
    int start = at;
    int i = start;
    while (bytes[i] != '"') {
      if (bytes[i] == '\\') {
        unescape(slice, start, i);
        return;
      }
      i++;
    }
    slice.bytes = bytes;
    slice.start = start;
    slice.length = i - start;
    at = i + 1;
  }

  private void unescape(Slice slice, int start, int firstEscape) {
    StringBuilder text = new StringBuilder();
    text.append(new String(buffer, start, firstEscape - start, StandardCharsets.UTF_8));
    int i = firstEscape;
    while (buffer[i] != '"') {
      if (buffer[i] != '\\') {
        int plain = i;
        while (buffer[i] != '"' && buffer[i] != '\\') {
          i++;
        }
        text.append(new String(buffer, plain, i - plain, StandardCharsets.UTF_8));
        continue;
      }
      byte escaped = buffer[i + 1];
      i += 2;
      switch (escaped) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'u' -> {
          text.append(
              (char) Integer.parseInt(new String(buffer, i, 4, StandardCharsets.US_ASCII), 16));
          i += 4;
        }
        default -> text.append((char) escaped);
      }
    }
    slice.bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    slice.start = 0;
    slice.length = slice.bytes.length;
    at = i + 1;
  }

  /** Passes over any value. */
  private void skip() {
    byte token = token();
    int depth = 0;
    do {
      switch (token) {
        case '{', '[' -> {
          depth++;
          at++;
        }
        case '}', ']' -> {
          depth--;
          at++;
        }
        case '"' -> skipString();
        case ',', ':' -> at++;
        default -> skipWord();
      }
      token = depth > 0 ? token() : 0;
    } while (depth > 0);
  }

  private void skipString() {
    int i = at + 1;
    while (buffer[i] != '"') {
      i += buffer[i] == '\\' ? 2 : 1;
    }
    at = i + 1;
  }

  private void skipWord() {
    while (buffer[at] != ',' && buffer[at] != '}' && buffer[at] != ']' && buffer[at] != ' ') {
      at++;
    }
  }

  private static Slice[] slices(int count) {
    Slice[] slices = new Slice[count];
    for (int i = 0; i < count; i++) {
      slices[i] = new Slice();
    }
    return slices;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[][] names() {
    byte[][] names = new byte[ATTRIBUTES][];
    names[TASK_ID] = ascii("task_id");
    names[USER_ID] = ascii("user_id");
    names[TITLE] = ascii("title");
    names[DESCRIPTION] = ascii("description");
    names[STATUS] = ascii("status");
    names[PRIORITY] = ascii("priority");
    names[DUE_DATE] = ascii("due_date");
    names[DUE_AT] = ascii("due_at");
    names[TIME_ZONE] = ascii("time_zone");
    names[ESTIMATE] = ascii("estimate_minutes");
    names[PARENT_ID] = ascii("parent_id");
    names[CREATED_AT] = ascii("created_at");
    names[UPDATED_AT] = ascii("updated_at");
    names[COMPLETED_AT] = ascii("completed_at");
    names[VERSION] = ascii("version");
    return names;
  }
}
