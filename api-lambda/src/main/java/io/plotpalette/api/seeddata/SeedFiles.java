package io.plotpalette.api.seeddata;

import com.fasterxml.jackson.core.JsonGenerator;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.TransferBucket.Content;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.seed.SeedCheck;
import io.plotpalette.model.seed.SeedFormat;
import io.plotpalette.model.template.CompiledTemplate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Looks at files of seed data, in memory bounded by an entry and a part. */
public final class SeedFiles {
  /** Of an upload in parts, the least S3 takes is 5 MiB. */
  private static final int PART_BYTES = 8 * 1024 * 1024;

  private final TransferBucket bucket;

  public SeedFiles(TransferBucket bucket) {
    this.bucket = bucket;
  }

  /**
   * What was found.
   *
   * @param check its {@code sha256} is that of the bytes jobs read
   * @param objectVersion of what jobs read; null where the bucket keeps none
   */
  public record Look(SeedCheck check, String objectVersion) {}

  /** Reads an upload, and writes the entries of one that is not JSON as JSON beside it. */
  Optional<Look> look(SeedData seedData, CompiledTemplate template) {
    return seedData.format() == SeedFormat.JSON
        ? entries(seedData, template)
        : bucket.open(seedData.uploadKey()).map(content -> converted(seedData, content, template));
  }

  /** Reads what jobs read. */
  public Optional<Look> entries(SeedData seedData, CompiledTemplate template) {
    return entries(seedData, template, entry -> {});
  }

  /** The same, and hands on each entry. */
  public Optional<Look> entries(
      SeedData seedData, CompiledTemplate template, SeedCheck.EntryConsumer consumer) {
    return bucket
        .open(seedData.entriesKey())
        .map(
            content -> {
              try {
                return new Look(
                    SeedCheck.run(content.bytes(), SeedFormat.JSON, template, consumer),
                    content.version());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private Look converted(SeedData seedData, Content content, CompiledTemplate template) {
    String key = seedData.entriesKey();
    String upload = bucket.begin(key);
    MessageDigest digest = sha256();
    ByteArrayOutputStream part = new ByteArrayOutputStream(PART_BYTES + PART_BYTES / 8);
    List<String> etags = new ArrayList<>();
    try {
      JsonGenerator json =
          Json.MAPPER.getFactory().createGenerator(new DigestOutputStream(part, digest));
      json.writeStartArray();
      SeedCheck check =
          SeedCheck.run(
              content.bytes(),
              seedData.format(),
              template,
              entry -> {
                json.writeTree(entry);
                if (part.size() >= PART_BYTES) {
                  etags.add(bucket.writePart(key, upload, etags.size() + 1, part.toByteArray()));
                  part.reset();
                }
              });
      if (!check.isReadable()) {
        bucket.abandon(key, upload);
        return new Look(check, null);
      }
      json.writeEndArray();
      json.close();
      etags.add(bucket.writePart(key, upload, etags.size() + 1, part.toByteArray()));
      String version = bucket.finish(key, upload, etags);
      String written = HexFormat.of().formatHex(digest.digest());
      return new Look(new SeedCheck(check.entries(), written, check.problems()), version);
    } catch (IOException e) {
      bucket.abandon(key, upload);
      throw new UncheckedIOException(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
