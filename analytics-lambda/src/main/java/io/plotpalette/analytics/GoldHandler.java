package io.plotpalette.analytics;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.lake.DayPartition;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.sql.SqlFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Makes the gold copies of a day: every folder is emptied and then written by Athena from {@code
 * sql/gold}. So a day can be made any number of times, and one that was cut off is put right by the
 * next run.
 *
 * <p>The event is {@code {"time": "2026-11-21T03:00:00Z"}}, for the days before that moment, or
 * {@code {"day": "2026-11-20"}} for one day.
 */
public final class GoldHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GoldHandler.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** What is left of the function's time to stop what it has started. */
  private static final Duration FOR_THE_END = Duration.ofSeconds(20);

  /** Yesterday, and once more the day before: corrections still came while it was made. */
  private static final int DAYS_BACK = 2;

  private final AnalyticsConfig config;
  private final AthenaStatements athena;
  private final S3Client s3;
  private final InstantSource clock;

  /** For Lambda: configured by the environment. */
  public GoldHandler() {
    this(
        AnalyticsConfig.read(System::getenv),
        AnalyticsClients.athena(),
        AnalyticsClients.s3(),
        InstantSource.system(),
        PAUSE);
  }

  GoldHandler(
      AnalyticsConfig config,
      AthenaClient client,
      S3Client s3,
      InstantSource clock,
      Duration pause) {
    this.config = config;
    this.athena = new AthenaStatements(client, config, clock, pause);
    this.s3 = s3;
    this.clock = clock;
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    List<LocalDate> days = days(JSON.readTree(input));
    Instant deadline =
        clock.instant().plusMillis(context.getRemainingTimeInMillis()).minus(FOR_THE_END);
    try {
      // Or what a run that was cut off still writes would lie beside what this one does.
      athena.stopAll(deadline);
      Map<String, String> unloads = new TreeMap<>();
      for (LocalDate day : days) {
        for (LakeTable table : LakeTable.values()) {
          empty(folder(table, day));
          unloads.put("gold of %s, %s".formatted(table.sqlName(), day), unload(table, day));
        }
      }
      athena.runAll(unloads, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while gold of " + days + " was made", e);
    }
    JSON.writeValue(output, Map.of("days", days.stream().map(LocalDate::toString).toList()));
  }

  private static List<LocalDate> days(JsonNode event) {
    if (event.hasNonNull("day")) {
      return List.of(LocalDate.parse(event.path("day").asText()));
    }
    if (!event.hasNonNull("time")) {
      throw new IllegalArgumentException(
          "the event is %s, but must have a time or a day: {\"day\": \"2026-11-20\"}"
              .formatted(event));
    }
    LocalDate today =
        Instant.parse(event.path("time").asText()).atOffset(ZoneOffset.UTC).toLocalDate();
    List<LocalDate> days = new ArrayList<>();
    for (int back = DAYS_BACK; back >= 1; back--) {
      days.add(today.minusDays(back));
    }
    return days;
  }

  private static String folder(LakeTable table, LocalDate day) {
    return "%s/%s/"
        .formatted(table.goldPath(), DayPartition.of(day.atStartOfDay().toInstant(ZoneOffset.UTC)));
  }

  private String unload(LakeTable table, LocalDate day) {
    String rows =
        SqlFiles.GOLD
            .find(table.sqlName())
            .orElseThrow(() -> new IllegalStateException("no sql/gold for " + table.sqlName()));
    return """
        UNLOAD (
        %s
        ) TO 's3://%s/%s' WITH (format = 'PARQUET', compression = 'ZSTD')"""
        .formatted(
            SqlFiles.withoutHeader(rows).replace("${day}", day.toString()).strip(),
            config.dataBucket(),
            folder(table, day));
  }

  /** Athena refuses to unload into a folder that has files. */
  private void empty(String folder) {
    for (ListObjectsV2Response page :
        s3.listObjectsV2Paginator(list -> list.bucket(config.dataBucket()).prefix(folder))) {
      List<ObjectIdentifier> keys =
          page.contents().stream()
              .map(object -> ObjectIdentifier.builder().key(object.key()).build())
              .toList();
      if (!keys.isEmpty()) {
        delete(folder, keys);
      }
    }
  }

  private void delete(String folder, List<ObjectIdentifier> keys) {
    DeleteObjectsResponse deleted =
        s3.deleteObjects(
            request ->
                request.bucket(config.dataBucket()).delete(all -> all.objects(keys).quiet(true)));
    if (deleted.hasErrors()) {
      throw S3Exception.builder()
          .message("%s cannot be emptied: %s".formatted(folder, deleted.errors().get(0)))
          .build();
    }
    LOG.info("emptied {} of {} files", folder, keys.size());
  }
}
