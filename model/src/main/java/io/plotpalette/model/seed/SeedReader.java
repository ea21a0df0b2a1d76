package io.plotpalette.model.seed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads seed data entry by entry. Memory is bounded by one entry ({@link SeedLimits}), however
 * large the file is. Not thread-safe.
 */
public final class SeedReader implements Closeable {
  /** Parsers read ahead by one buffer. */
  private static final int READ_AHEAD_BYTES = 64 * 1024;

  private static final int SNIFFED_BYTES = 4;

  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          // The array around the entries is one more.
          .maxNestingDepth(SeedLimits.MAX_DEPTH + 1)
          .maxStringLength(SeedLimits.MAX_ENTRY_BYTES)
          .maxNameLength(1_000)
          .maxNumberLength(100)
          .build();

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(CONSTRAINTS)
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build());

  private static final CsvMapper CSV =
      CsvMapper.builder(CsvFactory.builder().streamReadConstraints(CONSTRAINTS).build())
          .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
          .enable(CsvParser.Feature.FAIL_ON_MISSING_HEADER_COLUMNS)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  private final JsonParser parser;
  private final ObjectReader entries;
  private final MeteredInput input;
  private final boolean isCsv;

  private boolean begun;
  private long next;

  private SeedReader(JsonParser parser, ObjectReader entries, MeteredInput input, boolean isCsv) {
    this.parser = parser;
    this.entries = entries;
    this.input = input;
    this.isCsv = isCsv;
  }

  /**
   * Starts to read.
   *
   * @param in UTF-8 without a byte-order mark; closed with the reader
   * @throws InvalidSeedException when its first bytes are not such a text, or a CSV has no names
   */
  public static SeedReader open(InputStream in, SeedFormat format)
      throws IOException, InvalidSeedException {
    byte[] first = in.readNBytes(SNIFFED_BYTES);
    refuseOtherEncodings(first);
    MeteredInput input =
        new MeteredInput(new SequenceInputStream(new ByteArrayInputStream(first), in));
    if (format == SeedFormat.JSON) {
      return new SeedReader(
          JSON.getFactory().createParser(input), JSON.readerFor(ObjectNode.class), input, false);
    }
    try {
      CsvParser parser =
          CSV.getFactory()
              .createParser(
                  new InputStreamReader(
                      input,
                      StandardCharsets.UTF_8
                          .newDecoder()
                          .onMalformedInput(CodingErrorAction.REPORT)
                          .onUnmappableCharacter(CodingErrorAction.REPORT)));
      parser.setSchema(CsvSchema.emptySchema().withHeader());
      SeedReader reader = new SeedReader(parser, CSV.readerFor(ObjectNode.class), input, true);
      reader.readNames();
      return reader;
    } catch (JsonProcessingException e) {
      throw invalid(0, e);
    } catch (CharacterCodingException e) {
      throw notUtf8(0, 1, 1);
    }
  }

  private static void refuseOtherEncodings(byte[] first) throws InvalidSeedException {
    if (first.length >= 3
        && first[0] == (byte) 0xEF
        && first[1] == (byte) 0xBB
        && first[2] == (byte) 0xBF) {
      throw new InvalidSeedException(
          0, 1, 1, "the file begins with a byte-order mark; save it as UTF-8 without one");
    }
    boolean isWide = first.length >= 2 && (first[0] & 0xFE) == 0xFE && (first[1] & 0xFE) == 0xFE;
    for (byte b : first) {
      isWide |= b == 0;
    }
    if (isWide) {
      throw new InvalidSeedException(
          0, 1, 1, "the file is not UTF-8 but looks like UTF-16 or UTF-32; save it as UTF-8");
    }
  }

  /** The parser takes the names of the columns when the first value is asked for. */
  private void readNames() throws IOException, InvalidSeedException {
    parser.nextToken();
    begun = true;
    Set<String> names = new HashSet<>();
    for (CsvSchema.Column column : ((CsvParser) parser).getSchema()) {
      if (column.getName().isBlank()) {
        throw new InvalidSeedException(0, 1, 1, "a column has no name in the first line");
      }
      if (!names.add(column.getName())) {
        throw new InvalidSeedException(
            0, 1, 1, "the column '" + column.getName() + "' is in the first line twice");
      }
    }
  }

  /**
   * The next entry, or null at the end.
   *
   * @throws InvalidSeedException with the place; nothing can be read after it
   */
  public ObjectNode next() throws IOException, InvalidSeedException {
    input.allow(SeedLimits.MAX_ENTRY_BYTES + READ_AHEAD_BYTES);
    try {
      if (!isAtEntry()) {
        return null;
      }
      JsonLocation start = parser.currentTokenLocation();
      if (next == SeedLimits.MAX_ENTRIES) {
        throw invalid(start, "is more than the " + SeedLimits.MAX_ENTRIES + " there may be");
      }
      ObjectNode entry = entries.readValue(parser);
      next++;
      return entry;
    } catch (StreamConstraintsException e) {
      throw beyondLimits(e);
    } catch (JsonProcessingException e) {
      throw invalid(next, e);
    } catch (CharacterCodingException e) {
      throw notUtf8(next, parser.currentLocation());
    } catch (EntryTooLongException e) {
      throw invalid(
          parser.currentLocation(),
          "is longer than " + SeedLimits.MAX_ENTRY_BYTES + " bytes, the most an entry may have");
    }
  }

  /** Moves to the beginning of the next entry; false at the end. */
  private boolean isAtEntry() throws IOException, InvalidSeedException {
    if (isCsv) {
      JsonToken token = next == 0 ? parser.currentToken() : parser.nextToken();
      return token != null;
    }
    JsonToken token = parser.nextToken();
    if (!begun) {
      begun = true;
      if (token != JsonToken.START_ARRAY) {
        throw invalid(
            token == null ? parser.currentLocation() : parser.currentTokenLocation(),
            token == null ? "the file is empty" : "the file must be an array of objects");
      }
      token = parser.nextToken();
    }
    if (token == JsonToken.END_ARRAY) {
      if (parser.nextToken() != null) {
        throw invalid(parser.currentTokenLocation(), "follows after the end of the array");
      }
      return false;
    }
    if (token != JsonToken.START_OBJECT) {
      throw invalid(
          token == null ? parser.currentLocation() : parser.currentTokenLocation(),
          token == null ? "the array does not end" : "must be an object");
    }
    return true;
  }

  /** Entries read so far. */
  public long count() {
    return next;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private InvalidSeedException beyondLimits(StreamConstraintsException e) {
    String message = e.getOriginalMessage();
    return invalid(
        e.getLocation() == null ? parser.currentLocation() : e.getLocation(),
        message.contains("nesting depth")
            ? "is nested deeper than " + SeedLimits.MAX_DEPTH + " objects and lists"
            : "holds a name, number or text longer than an entry may have");
  }

  private InvalidSeedException invalid(JsonLocation place, String reason) {
    return new InvalidSeedException(next, place.getLineNr(), place.getColumnNr(), reason);
  }

  private static InvalidSeedException invalid(long entry, JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    // Jackson puts the start of what does not end in brackets, with the source it does not show.
    String reason = e.getOriginalMessage().replaceAll("\\[Source: [^;]*; ([^]]*)]", "$1");
    if (reason.contains("UTF-8")) {
      return notUtf8(entry, place);
    }
    return new InvalidSeedException(
        entry,
        place == null ? 0 : place.getLineNr(),
        place == null ? 0 : place.getColumnNr(),
        reason.startsWith("Duplicate") ? "names a field twice: " + reason : reason);
  }

  private static InvalidSeedException notUtf8(long entry, JsonLocation place) {
    return notUtf8(
        entry, place == null ? 0 : place.getLineNr(), place == null ? 0 : place.getColumnNr());
  }

  private static InvalidSeedException notUtf8(long entry, int line, int column) {
    return new InvalidSeedException(entry, line, column, "is not UTF-8; save the file as UTF-8");
  }

  /** An entry goes on for longer than it may. */
  private static final class EntryTooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Ends an entry before all of it is in memory. */
  private static final class MeteredInput extends FilterInputStream {
    private long left = Long.MAX_VALUE;

    MeteredInput(InputStream in) {
      super(in);
    }

    void allow(long bytes) {
      left = bytes;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int bytes) throws IOException {
      left -= bytes;
      if (left < 0) {
        throw new EntryTooLongException();
      }
    }
  }
}
