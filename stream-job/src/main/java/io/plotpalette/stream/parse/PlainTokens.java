package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.model.task.TaskAttribute;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The JSON that the source writes, which is nearly all there is: read from bytes, without looking
 * names up among all names ever seen, and with no text made that nobody asks for. It takes a third
 * of the time of Jackson's parser. Where a record is anything but plain, it gives up by {@link
 * NotPlainException}, and Jackson reads the record from its beginning; so what it takes is a part
 * of JSON, and it never judges.
 */
final class PlainTokens implements RecordTokens {
  private static final int MAX_DEPTH = 60;

  /** Of a number; so many always fit. */
  private static final int MAX_DIGITS = 18;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long SPACES = ' ' * ONES;
  private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

  /** Between the name of an attribute and its text. */
  private static final long BEFORE_TEXT = eightBytes("\":{\"S\":\"");

  private static final long BEFORE_NUMBER = eightBytes("\":{\"N\":\"");

  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  /** What names are looked for first, by length. */
  private static final Name[][] NAMES = names();

  /** A record that is not plain, or no JSON. */
  static final class NotPlainException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // It has no stack trace and says nothing of a record, so one serves them all.
    @SuppressWarnings("StaticAssignmentOfThrowable")
    private static final NotPlainException INSTANCE = new NotPlainException();

    private NotPlainException() {
      super("not plain", null, false, false);
    }
  }

  /**
   * A name and what tells it from others of its length.
   *
   * @param head its first eight bytes, or fewer and zeros
   * @param tail its last eight bytes; the head if it has no more
   */
  // Compared byte by byte and never as a record.
  @SuppressWarnings("ArrayRecordComponent")
  private record Name(byte[] bytes, long head, long tail, String text, Slot slot) {
    static Name of(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      int length = bytes.length;
      long head = (long) EIGHT_BYTES.get(Arrays.copyOf(bytes, Math.max(length, Long.BYTES)), 0);
      long tail = length > Long.BYTES ? (long) EIGHT_BYTES.get(bytes, length - Long.BYTES) : head;
      return new Name(bytes, head, tail, text, Slot.of(text));
    }
  }

  private final byte[] json;
  private int at;
  private JsonToken token;

  /** How many objects and lists are open, and a bit for each that is an object. */
  private int depth;

  private long objects;

  /** Whether a comma must come before the next name or element. */
  private boolean comma;

  // Of the last text or number, and of the last name.
  private int start;
  private int end;
  private boolean escaped;
  private int nameStart;
  private int nameEnd;
  private boolean nameEscaped;

  /**
   * Reads a record.
   *
   * @param record JSON in UTF-8, not changed while it is read
   */
  PlainTokens(byte[] record) {
    json = record;
  }

  @Override
  public JsonToken current() {
    return token;
  }

  @Override
  public JsonToken next() {
    token = token == JsonToken.FIELD_NAME ? value(pastSpace()) : afterValue();
    return token;
  }

  private JsonToken afterValue() {
    if (depth == 0) {
      if (token == null) {
        return value(pastSpace());
      }
      while (at < json.length && isSpace(json[at])) {
        at++;
      }
      if (at < json.length) {
        throw NotPlainException.INSTANCE;
      }
      return null;
    }
    boolean inObject = (objects & 1) != 0;
    byte next = pastSpace();
    if (next == (inObject ? '}' : ']')) {
      at++;
      depth--;
      objects >>>= 1;
      comma = true;
      return inObject ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
    }
    if (comma) {
      if (next != ',') {
        throw NotPlainException.INSTANCE;
      }
      at++;
      next = pastSpace();
    }
    if (!inObject) {
      return value(next);
    }
    if (next != '"') {
      throw NotPlainException.INSTANCE;
    }
    string();
    nameStart = start;
    nameEnd = end;
    nameEscaped = escaped;
    if (pastSpace() != ':') {
      throw NotPlainException.INSTANCE;
    }
    at++;
    return JsonToken.FIELD_NAME;
  }

  private JsonToken value(byte first) {
    comma = true;
    switch (first) {
      case '"' -> {
        string();
        return JsonToken.VALUE_STRING;
      }
      case '{' -> {
        open(1);
        return JsonToken.START_OBJECT;
      }
      case '[' -> {
        open(0);
        return JsonToken.START_ARRAY;
      }
      case 't' -> {
        word(TRUE);
        return JsonToken.VALUE_TRUE;
      }
      case 'f' -> {
        word(FALSE);
        return JsonToken.VALUE_FALSE;
      }
      case 'n' -> {
        word(NULL);
        return JsonToken.VALUE_NULL;
      }
      default -> {
        number();
        return JsonToken.VALUE_NUMBER_INT;
      }
    }
  }

  private void open(int object) {
    if (depth == MAX_DEPTH) {
      throw NotPlainException.INSTANCE;
    }
    at++;
    depth++;
    objects = objects << 1 | object;
    comma = false;
  }

  private void string() {
    byte[] bytes = json;
    int i = at + 1;
    start = i;
    escaped = false;
    while (true) {
      i = passPlain(bytes, i);
      if (i == bytes.length) {
        throw NotPlainException.INSTANCE;
      }
      byte b = bytes[i];
      if (b == '"') {
        end = i;
        at = i + 1;
        return;
      }
      if (b != '\\' || i + 1 == bytes.length || unescaped(bytes[i + 1]) < 0) {
        throw NotPlainException.INSTANCE;
      }
      escaped = true;
      i += 2;
    }
  }

  /** Where the next quote, backslash or control character is; eight bytes at a time. */
  private static int passPlain(byte[] bytes, int from) {
    int i = from;
    for (; i + Long.BYTES <= bytes.length; i += Long.BYTES) {
      long eight = (long) EIGHT_BYTES.get(bytes, i);
      long quotes = eight ^ QUOTES;
      long backslashes = eight ^ BACKSLASHES;
      // The highest bit of a byte is set where it is what is looked for; bytes above the first that
      // is found can be wrong. Beyond ASCII, bytes have it themselves and are nothing of the kind.
      long found =
          ((quotes - ONES) & ~quotes)
              | ((backslashes - ONES) & ~backslashes)
              | ((eight - SPACES) & ~eight);
      found &= HIGHEST_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < bytes.length && bytes[i] != '"' && bytes[i] != '\\' && (bytes[i] & 0xff) >= ' ') {
      i++;
    }
    return i;
  }

  /** What the letter behind a backslash stands for; -1 if it takes more than a letter to say. */
  private static int unescaped(byte letter) {
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> -1;
    };
  }

  private void word(byte[] word) {
    int wordEnd = at + word.length;
    if (wordEnd > json.length || !Arrays.equals(json, at, wordEnd, word, 0, word.length)) {
      throw NotPlainException.INSTANCE;
    }
    at = wordEnd;
    requireEndOfWord();
  }

  private void number() {
    start = at;
    while (at < json.length && json[at] >= '0' && json[at] <= '9') {
      at++;
    }
    end = at;
    int digits = end - start;
    if (digits == 0 || digits > MAX_DIGITS || (digits > 1 && json[start] == '0')) {
      throw NotPlainException.INSTANCE;
    }
    requireEndOfWord();
  }

  private void requireEndOfWord() {
    if (at < json.length) {
      byte behind = json[at];
      if (behind != ',' && behind != '}' && behind != ']' && !isSpace(behind)) {
        throw NotPlainException.INSTANCE;
      }
    }
  }

  private byte pastSpace() {
    byte[] bytes = json;
    int i = at;
    while (i < bytes.length && isSpace(bytes[i])) {
      i++;
    }
    at = i;
    if (i == bytes.length) {
      throw NotPlainException.INSTANCE;
    }
    return bytes[i];
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  @Override
  public String name() {
    Name name = knownName();
    return name == null ? text(nameStart, nameEnd, nameEscaped) : name.text();
  }

  @Override
  public Slot slot() {
    Name name = knownName();
    return name == null ? Slot.of(text(nameStart, nameEnd, nameEscaped)) : name.slot();
  }

  /** Null if it is none of {@link #NAMES}. */
  private Name knownName() {
    int length = nameEnd - nameStart;
    if (length > 0 && length < NAMES.length && nameStart + Long.BYTES <= json.length) {
      long head = (long) EIGHT_BYTES.get(json, nameStart);
      long tail = head;
      if (length < Long.BYTES) {
        head &= (1L << (length << 3)) - 1;
        tail = head;
      } else if (length > Long.BYTES) {
        tail = (long) EIGHT_BYTES.get(json, nameEnd - Long.BYTES);
      }
      for (Name name : NAMES[length]) {
        if (name.head() == head && name.tail() == tail && hasMiddle(name.bytes(), length)) {
          return name;
        }
      }
    }
    return null;
  }

  /** Between the head and the tail of a name. */
  private boolean hasMiddle(byte[] name, int length) {
    return length <= 2 * Long.BYTES || Arrays.equals(json, nameStart, nameEnd, name, 0, length);
  }

  @Override
  public byte[] textBytes() {
    return json;
  }

  @Override
  public int textStart() {
    return start;
  }

  @Override
  public int textEnd() {
    return end;
  }

  @Override
  public String textAttribute() {
    if ((objects & 1) == 0 || token == JsonToken.FIELD_NAME) {
      return null;
    }
    byte[] bytes = json;
    int i = at;
    if (comma) {
      if (i == bytes.length || bytes[i] != ',') {
        return null;
      }
      i++;
    }
    if (i == bytes.length || bytes[i] != '"') {
      return null;
    }
    int name = i + 1;
    int behindName = passPlain(bytes, name);
    if (behindName + Long.BYTES > bytes.length) {
      return null;
    }
    long between = (long) EIGHT_BYTES.get(bytes, behindName);
    if (between != BEFORE_TEXT && between != BEFORE_NUMBER) {
      return null;
    }
    int text = behindName + Long.BYTES;
    int behindText = passPlain(bytes, text);
    if (behindText + 1 >= bytes.length
        || bytes[behindText] != '"'
        || bytes[behindText + 1] != '}') {
      return null;
    }
    nameStart = name;
    nameEnd = behindName;
    nameEscaped = false;
    start = text;
    end = behindText;
    escaped = false;
    at = behindText + 2;
    comma = true;
    token = JsonToken.END_OBJECT;
    return between == BEFORE_TEXT ? "S" : "N";
  }

  @Override
  public String text() {
    return text(start, end, escaped);
  }

  private String text(int from, int to, boolean hasEscapes) {
    if (!hasEscapes) {
      return new String(json, from, to - from, StandardCharsets.UTF_8);
    }
    byte[] plain = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      plain[length++] = json[i] == '\\' ? (byte) unescaped(json[++i]) : json[i];
    }
    return new String(plain, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public Long wholeNumber() {
    long number = 0;
    for (int i = start; i < end; i++) {
      number = 10 * number + (json[i] - '0');
    }
    return number;
  }

  @Override
  public void skipChildren() {
    if (token != JsonToken.START_OBJECT && token != JsonToken.START_ARRAY) {
      return;
    }
    int outside = depth - 1;
    while (depth > outside) {
      next();
    }
  }

  private static long eightBytes(String text) {
    return (long) EIGHT_BYTES.get(text.getBytes(StandardCharsets.US_ASCII), 0);
  }

  private static Name[][] names() {
    List<String> known =
        List.of(
            // By how often they are met.
            "S",
            "N",
            "L",
            "M",
            TaskAttribute.TASK_ID,
            TaskAttribute.USER_ID,
            TaskAttribute.VERSION,
            TaskAttribute.TITLE,
            TaskAttribute.DESCRIPTION,
            TaskAttribute.STATUS,
            TaskAttribute.PRIORITY,
            TaskAttribute.CREATED_AT,
            TaskAttribute.UPDATED_AT,
            TaskAttribute.COMPLETED_AT,
            TaskAttribute.LABELS,
            TaskAttribute.METADATA,
            TaskAttribute.DUE_AT,
            TaskAttribute.DUE_DATE,
            TaskAttribute.DUE_KEY,
            TaskAttribute.TIME_ZONE,
            TaskAttribute.ESTIMATE_MINUTES,
            TaskAttribute.PARENT_ID,
            "eventID",
            "eventName",
            "eventVersion",
            "dynamodb",
            "ApproximateCreationDateTime",
            "SequenceNumber",
            "Keys",
            "NewImage",
            "OldImage",
            "SizeBytes",
            "StreamViewType");
    int longest = known.stream().mapToInt(String::length).max().orElseThrow();
    Name[][] names = new Name[longest + 1][];
    for (int length = 0; length <= longest; length++) {
      int wanted = length;
      names[length] =
          known.stream().filter(name -> name.length() == wanted).map(Name::of).toArray(Name[]::new);
    }
    return names;
  }
}
